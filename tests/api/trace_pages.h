#ifndef VITALS_TESTS_API_TRACE_PAGES_H_
#define VITALS_TESTS_API_TRACE_PAGES_H_

#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/get.h"
#include "tests/trace/spans.h"
#include "vitals/api/trace_routes.h"
#include "vitals/export/resource.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/trace/tracer_provider.h"

namespace vitals_test {

/// The trace pages of a store and a provider whose clocks the test moves, asked without a server.
struct TracePages {
  using Json = nlohmann::json;

  explicit TracePages(
      const vitals::TraceStoreOptions& options = {.keeping = vitals::testing::Everything()})
      : store(options) {
    resource.Set("service.name", std::string("pages"));
    const absl::Status status = vitals::api::AddTraceRoutes(
        {.store = store.store, .provider = provider, .resource = resource}, router);
    EXPECT_TRUE(status.ok()) << status;
  }

  /// The page, read as JSON.
  Json Page(std::string_view target, int status = 200) const {
    const vitals::net::HttpResponse response = Get(router, target);
    EXPECT_EQ(response.status, status) << target << '\n' << response.content();
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_TRUE(response.allow_gzip);
    return Json::parse(response.content());
  }

  /// `data` of the envelope of Prometheus's HTTP API.
  Json Data(std::string_view target) const {
    Json page = Page(target);
    EXPECT_EQ(page.size(), 2u);
    EXPECT_EQ(page.at("status"), "success");
    return page.at("data");
  }

  /// `error` of the envelope.
  std::string Error(std::string_view target, int status, std::string_view type) const {
    const Json page = Page(target, status);
    EXPECT_EQ(page.size(), 3u);
    EXPECT_EQ(page.at("status"), "error");
    EXPECT_EQ(page.at("errorType"), type) << target;
    return page.at("error");
  }

  vitals::testing::StoreWithClock store;
  std::shared_ptr<vitals::testing::FakeClock> clock =
      std::make_shared<vitals::testing::FakeClock>();
  std::shared_ptr<vitals::TracerProvider> provider =
      vitals::TracerProvider::Create(
          {.drain_interval = std::chrono::milliseconds(0), .clock = clock})
          .value();
  vitals::Resource resource = vitals::Resource::Default();
  vitals::net::HttpRouter router;
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_TRACE_PAGES_H_
