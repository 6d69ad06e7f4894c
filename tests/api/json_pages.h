#ifndef VITALS_TESTS_API_JSON_PAGES_H_
#define VITALS_TESTS_API_JSON_PAGES_H_

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/get.h"
#include "vitals/net/http_router.h"

namespace vitals_test {

/// Pages of JSON, asked without a server.
struct JsonPages {
  using Json = nlohmann::json;

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

  vitals::net::HttpRouter router;
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_JSON_PAGES_H_
