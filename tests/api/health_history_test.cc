#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/health_pages.h"

/// \file
/// What /api/v1/health/history finds, and what it refuses.

namespace vitals::api {
namespace {

using std::chrono::milliseconds;
using vitals_test::HealthPages;

using Json = nlohmann::json;
using Numbers = std::vector<std::uint64_t>;

constexpr const char* kHistory = "/api/v1/health/history";

// Three transitions, half a second apart: 1 of "api", then 2 and 3 of "storage/wal".
HealthPages ThreeTransitions() {
  HealthPages pages;
  pages.Report("api", HealthStatus::kHealthy);
  const HealthReporter wal = pages.Add("storage/wal");
  pages.clock->Advance(milliseconds(500));
  wal.Report(HealthStatus::kHealthy);
  pages.clock->Advance(milliseconds(500));
  wal.Report(HealthStatus::kUnhealthy, "full");
  return pages;
}

Numbers Found(const HealthPages& pages, const std::string& query) {
  Numbers sequences;
  for (const Json& transition : pages.Data(kHistory + ("?" + query))) {
    sequences.push_back(transition.at("sequence"));
  }
  return sequences;
}

TEST(HealthHistoryTest, ShowsTransitionsNewestFirst) {
  const HealthPages pages = ThreeTransitions();
  EXPECT_EQ(pages.Data(kHistory), Json::parse(R"([
    {"sequence": 3, "component": "storage/wal", "from": "healthy", "to": "unhealthy",
     "reason": "full", "critical": true, "flapping": false, "consecutive_failures": 1,
     "time": "2000-01-01T00:00:01.000000000Z"},
    {"sequence": 2, "component": "storage/wal", "from": "unknown", "to": "healthy",
     "critical": true, "flapping": false, "consecutive_failures": 0,
     "time": "2000-01-01T00:00:00.500000000Z"},
    {"sequence": 1, "component": "api", "from": "unknown", "to": "healthy",
     "critical": true, "flapping": false, "consecutive_failures": 0,
     "time": "2000-01-01T00:00:00.000000000Z"}
    ])"));
}

TEST(HealthHistoryTest, FindsByEachField) {
  const HealthPages pages = ThreeTransitions();
  const std::pair<const char*, Numbers> cases[] = {
      {"", {3, 2, 1}},
      {"component=storage", {3, 2}},
      {"component=storage%2Fwal", {3, 2}},
      {"component=api", {1}},
      {"component=nonesuch", {}},
      {"component=", {3, 2, 1}},
      {"limit=1", {3}},
      {"limit=100000", {3, 2, 1}},
      {"start=946684800.5", {3, 2}},
      {"start=2000-01-01T00:00:00.500000001Z", {3}},
      {"end=2000-01-01T00:00:00.499Z", {1}},
      {"start=946684800&end=2000-01-01T01:00:00%2B01:00", {1}},
      {"start=2001-01-01T00:00:00Z", {}},
      {"component=storage&end=946684800.5&limit=5", {2}},
  };
  for (const auto& [query, sequences] : cases) EXPECT_EQ(Found(pages, query), sequences) << query;
}

TEST(HealthHistoryTest, RefusesWhatItCannotReadAndNamesTheField) {
  const HealthPages pages;
  const std::pair<const char*, const char*> cases[] = {
      {"limit=0", "limit '0': write a number from 1 to 100000"},
      {"limit=100001", "limit '100001': write a number from 1 to 100000"},
      {"start=now",
       "start 'now': write seconds since 1970, as 1700000000.5, or a time as "
       "2030-01-31T12:00:00Z"},
      {"end=-1",
       "end '-1': write seconds since 1970, as 1700000000.5, or a time as 2030-01-31T12:00:00Z"},
      {"start=2&end=1", "start is after end: swap them"},
      {"component=a&component=b", "component is there twice: name it once"},
      {"compnent=a", "there is no field 'compnent': this page takes component, start, end, limit"},
      {"component=%", "the query cannot be decoded: write a byte as % and two hexadecimal digits"},
  };
  for (const auto& [query, message] : cases) {
    EXPECT_EQ(pages.Error(kHistory + ("?" + std::string(query)), 400, "bad_data"), message);
  }
}

}  // namespace
}  // namespace vitals::api
