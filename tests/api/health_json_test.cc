#include <chrono>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/health_pages.h"

/// \file
/// application/health+json: who gets it, and what is in it.

namespace vitals::api {
namespace {

using std::chrono::milliseconds;
using vitals_test::Get;
using vitals_test::HealthPages;
using vitals_test::NamesIn;

using Json = nlohmann::json;

constexpr std::string_view kHealthJson = "application/health+json";

TEST(HealthJsonTest, IsForWhoNamesItAndLikesNothingBetter) {
  HealthPages pages;
  const std::pair<std::string_view, bool> cases[] = {
      {"", false},
      {"*/*", false},
      {"application/*", false},
      {"application/json", false},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
      {"application/health+json", true},
      {"Application/Health+JSON ; charset=utf-8", true},
      {"application/health+json, application/json", true},
      {"application/json, application/health+json", true},
      {"application/health+json, */*", true},
      {"application/health+json;q=0.9, application/json;q=0.8", true},
      {"application/health+json;q=0.8, application/json;q=0.9", false},
      {"application/health+json;q=0.5, application/*", false},
      {"application/health+json;q=0.5, text/html", true},
      {"application/health+json;q=0", false},
      {"application/health+json;q=x", false},
      {"application/healthy+json", false},
  };
  for (const auto& [accept, is_health_json] : cases) {
    for (const char* const target : {"/health", "/readyz"}) {
      const net::HttpResponse response = Get(pages.router, target, accept);
      EXPECT_EQ(response.status, 200);
      EXPECT_EQ(response.content_type, is_health_json ? kHealthJson : "application/json") << accept;
      EXPECT_EQ(response.content(),
                is_health_json ? R"({"status":"pass","checks":{}})" : R"({"status":"healthy"})");
    }
  }
}

TEST(HealthJsonTest, ShowsEachComponentAsTheDraftHasIt) {
  HealthPages pages;
  ASSERT_TRUE(pages.monitor
                  ->AddCheck("disk",
                             [&pages] {
                               pages.clock->Advance(milliseconds(12));
                               return true;
                             })
                  .ok());
  pages.monitor->Poll();
  pages.Report("queue", HealthStatus::kDegraded, "filling up");
  const auto page = [&](const char* target, int status) {
    const net::HttpResponse response = Get(pages.router, target, kHealthJson);
    EXPECT_EQ(response.status, status) << target;
    EXPECT_EQ(response.content_type, kHealthJson);
    return Json::parse(response.content());
  };
  const Json warn = Json::parse(R"({
    "status": "warn",
    "output": "queue: filling up",
    "checks": {
      "disk": [{"componentId": "disk", "componentType": "component", "status": "pass",
                "time": "2000-01-01T00:00:00.012000000Z",
                "observedValue": 0.012, "observedUnit": "s"}],
      "queue": [{"componentId": "queue", "componentType": "component", "status": "warn",
                 "output": "filling up", "time": "2000-01-01T00:00:00.012000000Z"}]
    }})");
  EXPECT_EQ(page("/health", 200), warn);
  EXPECT_EQ(page("/health?verbose", 200), warn);

  pages.Add("net/peer");
  const Json unknown = page("/health", 503);
  EXPECT_EQ(unknown.at("status"), "fail");
  EXPECT_EQ(unknown.at("output"), "not yet known: net/peer");
  EXPECT_EQ(unknown.at("checks").at("net/peer"), Json::parse(R"([
      {"componentId": "net/peer", "componentType": "component", "status": "fail",
       "output": "not yet known"}])"));

  pages.monitor->GetReporter("net/peer")->Report(HealthStatus::kUnhealthy, "refused");
  const Json fail = page("/readyz", 503);
  EXPECT_EQ(fail.at("status"), "fail");
  EXPECT_EQ(fail.at("output"), "net/peer: refused");
  EXPECT_EQ(NamesIn(page("/health/net", 503).at("checks")), std::vector<std::string>{"net/peer"});
  EXPECT_EQ(NamesIn(page("/health/disk", 200).at("checks")), std::vector<std::string>{"disk"});
  EXPECT_EQ(page("/readyz?exclude=net", 200), warn);
}

TEST(HealthJsonTest, AComponentAloneIsShownAsItIs) {
  HealthPages pages;
  pages.Report("cache", HealthStatus::kUnhealthy, "gone", {.critical = false});
  for (const std::string_view accept : {std::string_view("application/json"), kHealthJson}) {
    EXPECT_EQ(Get(pages.router, "/health/cache", accept).status, 503) << accept;
    EXPECT_EQ(Get(pages.router, "/health", accept).status, 200) << accept;
  }
  const Json page = Json::parse(Get(pages.router, "/health/cache", kHealthJson).content());
  EXPECT_EQ(page.at("status"), "fail");
  EXPECT_EQ(page.at("output"), "cache: gone");
}

TEST(HealthJsonTest, ErrorsAreThoseOfAllPages) {
  HealthPages pages;
  const net::HttpResponse response = Get(pages.router, "/health/nonesuch", kHealthJson);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(Get(pages.router, "/livez", kHealthJson).content_type, "application/json");
}

}  // namespace
}  // namespace vitals::api
