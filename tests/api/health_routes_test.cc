#include "vitals/api/health_routes.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/health_pages.h"
#include "tests/net/server_test.h"

namespace vitals::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using vitals_test::Get;
using vitals_test::HealthPages;
using vitals_test::JsonPages;
using vitals_test::NamesIn;
using vitals_test::RawClient;

using Json = nlohmann::json;
using Groups = std::vector<std::string>;

constexpr std::string_view kHealthy = R"({"status":"healthy"})";

TEST(HealthRoutesTest, NeedTheirPaths) {
  HealthPages pages;
  EXPECT_EQ(AddHealthRoutes(pages.monitor, pages.router).code(), absl::StatusCode::kAlreadyExists);
}

TEST(HealthRoutesTest, AreNeverCached) {
  HealthPages pages;
  pages.Report("a", HealthStatus::kHealthy);
  for (const char* const target :
       {"/livez", "/health", "/health?verbose", "/health?nonesuch", "/readyz", "/health/a",
        "/health/nonesuch", "/api/v1/health/history", "/api/v1/health/history?limit=0"}) {
    const net::HttpResponse response = Get(pages.router, target);
    ASSERT_EQ(response.headers.size(), 1u) << target;
    EXPECT_EQ(response.headers.front(),
              std::pair(std::string("Cache-Control"), std::string("no-store")));
  }
}

TEST(HealthRoutesTest, AProcessWithoutAMonitorIsHealthy) {
  JsonPages pages;
  ASSERT_TRUE(AddHealthRoutes(nullptr, pages.router).ok());
  for (const char* const target :
       {"/livez", "/health", "/health?group=ready", "/readyz", "/readyz?exclude=a"}) {
    EXPECT_EQ(Get(pages.router, target).content(), kHealthy) << target;
  }
  EXPECT_EQ(Get(pages.router, "/readyz?verbose").content(),
            R"({"status":"healthy","components":{}})");
  EXPECT_EQ(Get(pages.router, "/health", "application/health+json").content(),
            R"({"status":"pass","checks":{}})");
  EXPECT_EQ(pages.Data("/api/v1/health/history"), Json::array());
  EXPECT_EQ(pages.Error("/health/a", 404, "not_found"),
            "there is no component 'a', and none below it");
}

TEST(HealthRoutesTest, LivezDependsOnNothing) {
  HealthPages pages;
  pages.Report("a", HealthStatus::kUnhealthy, "gone", {.groups = {kLiveGroup, kReadyGroup}});
  for (const char* const target : {"/livez", "/livez?verbose", "/livez?nonesuch=%zz"}) {
    const net::HttpResponse response = Get(pages.router, target);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.content(), kHealthy);
  }
  EXPECT_EQ(pages.Page("/health?group=live", 503).at("status"), "unhealthy");
}

TEST(HealthRoutesTest, HealthAnswersForAllByItsStatus) {
  HealthPages pages;
  const auto expect = [&](int status, std::string_view page) {
    for (const char* const target : {"/health", "/readyz"}) {
      const net::HttpResponse response = Get(pages.router, target);
      EXPECT_EQ(response.status, status);
      EXPECT_EQ(response.content_type, "application/json");
      EXPECT_EQ(response.content(), page);
    }
  };
  expect(200, kHealthy);
  const HealthReporter wal = pages.Add("storage/wal");
  expect(503, R"({"status":"unknown","reason":"storage/wal"})");
  wal.Report(HealthStatus::kHealthy, "all is well");
  expect(200, kHealthy);
  wal.Report(HealthStatus::kDegraded, "a segment is 3 s behind");
  expect(200, R"({"status":"degraded","reason":"storage/wal: a segment is 3 s behind"})");
  wal.Report(HealthStatus::kUnhealthy);
  expect(503, R"({"status":"unhealthy","reason":"storage/wal"})");
}

TEST(HealthRoutesTest, ComponentsThatAreNotCriticalDegradeAtWorst) {
  HealthPages pages;
  pages.Report("cache", HealthStatus::kUnhealthy, "gone", {.critical = false});
  EXPECT_EQ(pages.Page("/health"),
            Json::parse(R"({"status": "degraded", "reason": "cache: gone"})"));
  EXPECT_EQ(pages.Page("/health/cache", 503).at("status"), "unhealthy");
}

TEST(HealthRoutesTest, VerboseShowsEachComponent) {
  HealthPages pages;
  ASSERT_TRUE(pages.monitor
                  ->AddCheck("storage/wal",
                             [&pages] {
                               pages.clock->Advance(milliseconds(250));
                               return HealthResult::Degraded("slow");
                             })
                  .ok());
  const HealthReporter queue = pages.Add("queue", {.critical = false});
  queue.Report(HealthStatus::kHealthy);
  pages.Add("cache");
  pages.clock->Advance(seconds(1));
  pages.monitor->Poll();
  queue.Report(HealthStatus::kUnhealthy, "stuck");
  queue.Report(HealthStatus::kUnhealthy, "stuck");
  pages.clock->Advance(milliseconds(1500));
  EXPECT_EQ(pages.Page("/health?verbose", 503), Json::parse(R"({
    "status": "unknown",
    "reason": "cache",
    "components": {
      "cache": {
        "status": "unknown", "critical": true, "flapping": false,
        "since": "2000-01-01T00:00:00.000000000Z", "age_seconds": 2.75, "consecutive_failures": 0
      },
      "queue": {
        "status": "unhealthy", "reason": "stuck", "critical": false, "flapping": false,
        "since": "2000-01-01T00:00:01.250000000Z", "age_seconds": 1.5, "consecutive_failures": 2,
        "last_result": {"status": "unhealthy", "outcome": "failed", "reason": "stuck",
                        "time": "2000-01-01T00:00:01.250000000Z", "duration_seconds": 0}
      },
      "storage/wal": {
        "status": "degraded", "reason": "slow", "critical": true, "flapping": false,
        "since": "2000-01-01T00:00:01.250000000Z", "age_seconds": 1.5, "consecutive_failures": 0,
        "last_result": {"status": "degraded", "outcome": "passed", "reason": "slow",
                        "time": "2000-01-01T00:00:01.250000000Z", "duration_seconds": 0.25}
      }
    }})"));
}

TEST(HealthRoutesTest, VerboseMayBeSaidInSeveralWays) {
  HealthPages pages;
  pages.Report("a", HealthStatus::kHealthy);
  for (const char* const query : {"verbose", "verbose=", "verbose=1", "verbose=true"}) {
    EXPECT_THAT(NamesIn(pages.Page(std::string("/health?") + query).at("components")),
                ElementsAre("a"))
        << query;
  }
  for (const char* const query : {"verbose=0", "verbose=false", "&"}) {
    EXPECT_EQ(Get(pages.router, std::string("/health?") + query).content(), kHealthy) << query;
  }
}

TEST(HealthRoutesTest, AGroupAnswersForItsComponents) {
  HealthPages pages;
  pages.Report("a", HealthStatus::kHealthy);
  pages.Report("b", HealthStatus::kUnhealthy, "gone", {.groups = {"batch", kLiveGroup}});
  EXPECT_EQ(pages.Page("/health", 503).at("reason"), "b: gone");
  EXPECT_EQ(Get(pages.router, "/readyz").content(), kHealthy);
  EXPECT_EQ(Get(pages.router, "/health?group=ready").content(), kHealthy);
  EXPECT_EQ(pages.Page("/health?group=batch", 503),
            Json::parse(R"({"status": "unhealthy", "reason": "b: gone"})"));
  EXPECT_THAT(NamesIn(pages.Page("/health?group=batch&verbose", 503).at("components")),
              ElementsAre("b"));
  EXPECT_THAT(NamesIn(pages.Page("/readyz?verbose").at("components")), ElementsAre("a"));
  EXPECT_EQ(pages.Error("/health?group=bacth", 404, "not_found"),
            "no component is in the group 'bacth': name it in the options of a check or reporter, "
            "or ask for another");
}

TEST(HealthRoutesTest, GroupsThatProbesAskForMayBeEmpty) {
  HealthPages pages;
  pages.Report("b", HealthStatus::kUnhealthy, "gone", {.groups = {}});
  EXPECT_EQ(pages.Page("/health?group=live"), Json::parse(kHealthy));
  EXPECT_EQ(pages.Page("/readyz"), Json::parse(kHealthy));
  EXPECT_EQ(pages.Page("/readyz?verbose").at("components"), Json::object());
}

TEST(HealthRoutesTest, ExcludedComponentsAndThoseBelowAreLeftOut) {
  HealthPages pages;
  pages.Report("api", HealthStatus::kDegraded, "slow");
  pages.Report("storage", HealthStatus::kUnhealthy, "full");
  pages.Report("storage/wal", HealthStatus::kUnhealthy, "full");
  pages.Report("storage-2", HealthStatus::kHealthy);
  const auto shown = [&](const std::string& query, int status) {
    return NamesIn(pages.Page("/health?verbose&" + query, status).at("components"));
  };
  EXPECT_THAT(shown("exclude=storage", 200), ElementsAre("api", "storage-2"));
  EXPECT_THAT(shown("exclude=storage%2Fwal", 503), ElementsAre("api", "storage", "storage-2"));
  EXPECT_THAT(shown("exclude=storage&exclude=api", 200), ElementsAre("storage-2"));
  EXPECT_EQ(pages.Page("/readyz?exclude=storage"),
            Json::parse(R"({"status": "degraded", "reason": "api: slow"})"));
  EXPECT_EQ(Get(pages.router, "/readyz?exclude=storage&exclude=api").content(), kHealthy);
  // As in Kubernetes: a component that has been removed since does not take the pod out of service.
  EXPECT_THAT(shown("exclude=nonesuch&exclude=sto", 503),
              ElementsAre("api", "storage", "storage-2", "storage/wal"));
  EXPECT_EQ(pages.Page("/health/storage?exclude=storage/wal", 503).at("reason"), "full");
  EXPECT_EQ(Get(pages.router, "/health/storage?exclude=storage").content(), kHealthy);
}

TEST(HealthRoutesTest, AComponentHasAPageOfItsOwn) {
  HealthPages pages;
  const HealthReporter wal = pages.Add("storage/wal");
  pages.clock->Advance(seconds(1));
  wal.Report(HealthStatus::kHealthy);
  pages.clock->Advance(seconds(1));
  wal.Report(HealthStatus::kUnhealthy, "full");
  pages.clock->Advance(seconds(1));
  Json expected = Json::parse(R"({
    "status": "unhealthy", "reason": "full", "critical": true, "flapping": false,
    "since": "2000-01-01T00:00:02.000000000Z", "age_seconds": 1.0, "consecutive_failures": 1,
    "last_result": {"status": "unhealthy", "outcome": "failed", "reason": "full",
                    "time": "2000-01-01T00:00:02.000000000Z", "duration_seconds": 0}
    })");
  EXPECT_EQ(pages.Page("/health/storage/wal", 503), expected);
  EXPECT_EQ(pages.Page("/health/storage%2Fw%61l", 503), expected);
  expected["results"] = Json::parse(R"([
    {"status": "unhealthy", "outcome": "failed", "reason": "full",
     "time": "2000-01-01T00:00:02.000000000Z", "duration_seconds": 0},
    {"status": "healthy", "outcome": "passed",
     "time": "2000-01-01T00:00:01.000000000Z", "duration_seconds": 0}
    ])");
  EXPECT_EQ(pages.Page("/health/storage/wal?verbose", 503), expected);
}

TEST(HealthRoutesTest, ANameStandsForTheComponentsBelowIt) {
  HealthPages pages;
  pages.Report("storage/wal", HealthStatus::kUnhealthy, "full");
  pages.Report("storage/index", HealthStatus::kHealthy);
  pages.Report("storages", HealthStatus::kHealthy);
  EXPECT_EQ(pages.Page("/health/storage", 503),
            Json::parse(R"({"status": "unhealthy", "reason": "storage/wal: full"})"));
  EXPECT_THAT(NamesIn(pages.Page("/health/storage?verbose", 503).at("components")),
              ElementsAre("storage/index", "storage/wal"));
  // Also with a component of that name.
  pages.Report("storage", HealthStatus::kHealthy);
  EXPECT_THAT(NamesIn(pages.Page("/health/storage?verbose", 503).at("components")),
              ElementsAre("storage", "storage/index", "storage/wal"));
  EXPECT_EQ(pages.Page("/health/storage/index").at("status"), "healthy");
}

TEST(HealthRoutesTest, ThereAreOnlyTheComponentsThatAreThere) {
  HealthPages pages;
  pages.Report("storage/wal", HealthStatus::kHealthy);
  const std::pair<const char*, const char*> cases[] = {
      {"stor", "stor"},
      {"storage/", "storage/"},
      {"storage/wal/x", "storage/wal/x"},
      {"/storage", "/storage"},
      {"storage+wal", "storage+wal"},
      {"%22%3C%0A%5C", "\"<\n\\"},
      {"%C3%A4%FF%00", "\xC3\xA4\xEF\xBF\xBD"},
      {"..", ".."},
  };
  for (const auto& [path, name] : cases) {
    const std::string error = pages.Error(std::string("/health/") + path, 404, "not_found");
    EXPECT_THAT(error, HasSubstr(std::string("there is no component '") + name)) << path;
  }
  pages.Error("/health/" + std::string(5000, 'x'), 404, "not_found");
  for (const char* const path : {"/health/%", "/health/a%2", "/health/%zz"}) {
    EXPECT_EQ(pages.Error(path, 400, "bad_data"),
              "the name cannot be decoded: write a byte as % and two hexadecimal digits");
  }
  EXPECT_EQ(pages.router.Find("/health/"), nullptr);
}

TEST(HealthRoutesTest, ShowNamesAndReasonsWhateverTheyAre) {
  HealthPages pages;
  pages.Report("a.b:c_d-e/F", HealthStatus::kDegraded, "\"<\n\\\x01\xFF");
  EXPECT_EQ(pages.Page("/health/a.b:c_d-e/F").at("reason"), "\"<\n\\\x01\xEF\xBF\xBD");
  EXPECT_EQ(pages.Page("/health").at("reason"), "a.b:c_d-e/F: \"<\n\\\x01\xEF\xBF\xBD");
  EXPECT_THAT(NamesIn(pages.Page("/health?verbose").at("components")), ElementsAre("a.b:c_d-e/F"));
}

TEST(HealthRoutesTest, RefuseWhatTheyCannotReadAndNameTheField) {
  HealthPages pages;
  pages.Report("a", HealthStatus::kHealthy);
  const std::pair<const char*, const char*> of_all[] = {
      {"verbose=yes", "verbose 'yes': write verbose, verbose=true or verbose=false"},
      {"verbose&verbose", "verbose is there twice: name it once"},
      {"exclude", "exclude '': write the name of a component"},
      {"exclude=%zz", "the query cannot be decoded: write a byte as % and two hexadecimal digits"},
  };
  for (const std::string path : {"/health?", "/readyz?", "/health/a?"}) {
    for (const auto& [query, message] : of_all) {
      EXPECT_EQ(pages.Error(path + query, 400, "bad_data"), message) << path << query;
    }
  }
  EXPECT_EQ(pages.Error("/health?vebrose", 400, "bad_data"),
            "there is no field 'vebrose': this page takes verbose, group, exclude");
  EXPECT_EQ(pages.Error("/health?group=", 400, "bad_data"),
            "group '': write the name of a group, as ready");
  EXPECT_EQ(pages.Error("/health?group=a&group=b", 400, "bad_data"),
            "group is there twice: name it once");
  for (const char* const target : {"/readyz?group=ready", "/health/a?group=ready"}) {
    EXPECT_EQ(pages.Error(target, 400, "bad_data"),
              "there is no field 'group': this page takes verbose, exclude");
  }
  std::string excludes = "/health?exclude=b";
  for (int i = 1; i < 32; ++i) excludes += "&exclude=b";
  EXPECT_EQ(Get(pages.router, excludes).content(), kHealthy);
  EXPECT_EQ(pages.Error(excludes + "&exclude=c", 400, "bad_data"),
            "exclude 'c': exclude at most 32");
}

TEST(HealthRoutesTest, ShortAnswersNeedNoWorker) {
  HealthPages pages;
  const auto is_inline = [&](std::string_view target, std::string_view accept = {}) {
    net::HttpRequest request;
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
    request.headers.emplace_back("Accept", accept);
    const net::HttpRoute& route = *pages.router.Find(request.path);
    EXPECT_EQ(route.execution, net::HttpExecution::kInline);
    return !route.needs_worker || !route.needs_worker(request);
  };
  EXPECT_TRUE(is_inline("/livez?verbose"));
  for (const std::string path : {"/health", "/readyz", "/health/a"}) {
    EXPECT_TRUE(is_inline(path));
    EXPECT_TRUE(is_inline(path + "?exclude=verbose"));
    EXPECT_TRUE(is_inline(path + "?verbose=0"));
    EXPECT_TRUE(is_inline(path + "?verbose=%zz"));
    EXPECT_TRUE(is_inline(path, "application/json"));
    EXPECT_FALSE(is_inline(path + "?verbose"));
    EXPECT_FALSE(is_inline(path + "?%76erbose"));
    EXPECT_FALSE(is_inline(path, "application/health+json"));
  }
  EXPECT_EQ(pages.router.Find("/api/v1/health/history")->execution, net::HttpExecution::kWorker);
}

TEST(HealthRoutesTest, ShowAThousandComponents) {
  HealthPages pages;
  for (int i = 0; i < 1000; ++i) {
    pages.Report("shard/" + std::to_string(i),
                 i == 500 ? HealthStatus::kUnhealthy : HealthStatus::kHealthy, std::to_string(i));
  }
  EXPECT_EQ(pages.Page("/health", 503).at("reason"), "shard/500: 500");
  const Json page = pages.Page("/health?verbose", 503);
  ASSERT_EQ(page.at("components").size(), 1000u);
  EXPECT_EQ(page.at("components").at("shard/999").at("last_result").at("reason"), "999");
  EXPECT_EQ(pages.Page("/health/shard?verbose", 503).at("components").size(), 1000u);
  EXPECT_EQ(Get(pages.router, "/health?exclude=shard/500").content(), kHealthy);
}

TEST(HealthRoutesTest, AreServedOverHttp) {
  HealthPages pages;
  pages.Report("storage/wal", HealthStatus::kUnhealthy, "full");
  const auto server = vitals_test::MustCreate({}, pages.router);
  auto client = RawClient::Tcp(server->port());
  EXPECT_EQ(client.Get("/livez")->body, kHealthy);
  const auto health = client.Get("/health", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(health->status, 503);
  EXPECT_EQ(health->Header("Cache-Control"), "no-store");
  EXPECT_EQ(health->Header("Content-Encoding"), "");
  EXPECT_EQ(health->body, R"({"status":"unhealthy","reason":"storage/wal: full"})");
  const auto verbose = client.Get("/health/storage/wal?verbose", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(verbose->status, 503);
  EXPECT_EQ(verbose->Header("Content-Encoding"), "gzip");
  ASSERT_TRUE(client.Send("HEAD /readyz HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto head = client.Read(/*head=*/true);
  EXPECT_EQ(head->status, 503);
  EXPECT_EQ(head->Header("Content-Length"), std::to_string(health->body.size()));
  EXPECT_THAT(head->body, IsEmpty());
}

}  // namespace
}  // namespace vitals::api
