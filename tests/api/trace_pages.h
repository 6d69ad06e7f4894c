#ifndef VITALS_TESTS_API_TRACE_PAGES_H_
#define VITALS_TESTS_API_TRACE_PAGES_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/api/json_pages.h"
#include "tests/trace/spans.h"
#include "vitals/api/trace_routes.h"
#include "vitals/export/resource.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/trace/tracer_provider.h"

namespace vitals_test {

/// The trace pages of a store and a provider whose clocks the test moves, asked without a server.
struct TracePages : JsonPages {
  explicit TracePages(
      const vitals::TraceStoreOptions& options = {.keeping = vitals::testing::Everything()})
      : store(options) {
    resource.Set("service.name", std::string("pages"));
    const absl::Status status = vitals::api::AddTraceRoutes(
        {.store = store.store, .provider = provider, .resource = resource}, router);
    EXPECT_TRUE(status.ok()) << status;
  }

  vitals::testing::StoreWithClock store;
  std::shared_ptr<vitals::testing::FakeClock> clock =
      std::make_shared<vitals::testing::FakeClock>();
  std::shared_ptr<vitals::TracerProvider> provider =
      vitals::TracerProvider::Create(
          {.drain_interval = std::chrono::milliseconds(0), .clock = clock})
          .value();
  vitals::Resource resource = vitals::Resource::Default();
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_TRACE_PAGES_H_
