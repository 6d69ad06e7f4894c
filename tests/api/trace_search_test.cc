#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/api/trace_pages.h"
#include "tests/trace/spans.h"
#include "vitals/api/trace_routes.h"

/// \file
/// What a search by URL finds, and what it refuses.

namespace vitals::api {
namespace {

using testing::Id;
using testing::SpanBuilder;
using ::testing::StartsWith;
using vitals_test::TracePages;

using Json = nlohmann::json;
using Ids = std::vector<std::uint64_t>;

// 2023-11-14T22:13:20.123456789Z
constexpr std::uint64_t kStart = 1'700'000'000'123'456'789;
constexpr std::uint64_t kSecond = 1'000'000'000;

// Three traces that start a second apart and take 1 us, 10 ms and 1.5 s.
TracePages ThreeTraces() {
  TracePages pages;
  pages.store.End({SpanBuilder(1, 2, 1)
                       .Component("storage")
                       .Name("write")
                       .Error()
                       .Times(kStart + 100, kStart + 400)
                       .Attribute("bytes", std::int64_t{4'096})
                       .Attribute("path", std::string("a b")),
                   SpanBuilder(1, 1).Component("api").Name("GET").Times(kStart, kStart + 1'000)});
  pages.store.End({SpanBuilder(2, 1)
                       .Component("worker")
                       .Name("job")
                       .Status(SpanStatus::kOk)
                       .Times(kStart + kSecond, kStart + kSecond + 10'000'000)
                       .Attribute("job.kind", std::string("compress"))
                       .Attribute("expression", std::string("a=b"))
                       .Attribute("empty", std::string())});
  pages.store.End({SpanBuilder(3, 1).Component("worker").Name("job").Times(
      kStart + 2 * kSecond, kStart + 3 * kSecond + kSecond / 2)});
  pages.store.Pass(std::chrono::seconds(1));
  return pages;
}

Ids Found(const TracePages& pages, const std::string& query) {
  Ids ids;
  for (const Json& trace : pages.Data("/api/v1/traces?" + query)) {
    const std::string id = trace.at("trace_id");
    ids.push_back(TraceId::FromHex(id).value().low);
  }
  return ids;
}

TEST(TraceSearchTest, ShowsALineForEachTrace) {
  const TracePages pages = ThreeTraces();
  EXPECT_EQ(pages.Page("/api/v1/traces?end=1700000000.5"), Json::parse(R"({
    "status": "success",
    "data": [
      {"trace_id": "000000000000abcd0000000000000001",
       "root_name": "GET", "root_component": "api",
       "start_unix_ns": "1700000000123456789", "duration_ns": 1000,
       "span_count": 2, "error_count": 1, "refused_spans": 0,
       "kept_for": "everything", "marks": []}
    ]})"));
  EXPECT_EQ(pages.Page("/api/v1/traces?name=nonesuch"),
            Json::parse(R"({"status": "success", "data": []})"));
}

TEST(TraceSearchTest, FindsByEachFieldAndByAllTogether) {
  const TracePages pages = ThreeTraces();
  const std::pair<const char*, Ids> cases[] = {
      {"", {3, 2, 1}},
      {"name=job", {3, 2}},
      {"name=j%6Fb", {3, 2}},
      {"&name=job&", {3, 2}},
      {"name=write", {1}},
      {"name=", {}},
      {"component=worker", {3, 2}},
      {"component=storage", {1}},
      {"status=error", {1}},
      {"status=ok", {2}},
      {"status=unset", {3, 1}},
      {"attribute=bytes=4096", {1}},
      {"attribute=bytes%3D4096", {1}},
      {"attribute=path=a+b", {1}},
      {"attribute=path=a%20b", {1}},
      {"attribute=expression=a=b", {2}},
      {"attribute=empty=", {2}},
      {"attribute=bytes=4096&attribute=path=a+b", {1}},
      {"attribute=bytes=4096&attribute=job.kind=compress", {}},
      // One span has it all, or the trace does not match.
      {"name=write&status=error", {1}},
      {"name=GET&status=error", {}},
      {"component=storage&name=write&status=error&attribute=bytes=4096&min_duration=1us&"
       "max_duration=1us&start=1700000000&end=1700000001&limit=5",
       {1}},
  };
  for (const auto& [query, ids] : cases) EXPECT_EQ(Found(pages, query), ids) << query;
}

TEST(TraceSearchTest, FindsByDurationWithBothEnds) {
  const TracePages pages = ThreeTraces();
  const std::pair<const char*, Ids> cases[] = {
      {"min_duration=0", {3, 2, 1}},
      {"min_duration=10ms", {3, 2}},
      {"min_duration=10.000001ms", {3}},
      {"max_duration=10ms", {2, 1}},
      {"max_duration=9999999ns", {1}},
      {"min_duration=1.5s", {3}},
      {"min_duration=1s500ms", {3}},
      {"min_duration=1us&max_duration=1us", {1}},
      {"min_duration=2us&max_duration=1s", {2}},
      {"min_duration=8760h", {}},
  };
  for (const auto& [query, ids] : cases) EXPECT_EQ(Found(pages, query), ids) << query;
}

TEST(TraceSearchTest, FindsByTimeToTheNanosecond) {
  const TracePages pages = ThreeTraces();
  const std::pair<const char*, Ids> cases[] = {
      {"start=0", {3, 2, 1}},
      {"start=1700000001.123456789", {3, 2}},
      {"start=1700000001.12345679", {3}},
      {"start=1700000001.1234567890999", {3, 2}},
      {"start=1700000002", {3}},
      {"start=1700000002.", {3}},
      {"end=1700000001.123456789", {2, 1}},
      {"end=1700000001.123456788", {1}},
      {"end=1700000000", {}},
      {"end=8999999999.999999999", {3, 2, 1}},
      {"start=1700000001.123456789&end=1700000001.123456789", {2}},
      {"start=2023-11-14T22:13:21.123456789Z", {3, 2}},
      {"start=2023-11-14T22:13:21.12345679Z", {3}},
      {"start=2023-11-14T23:13:21.123456789%2B01:00", {3, 2}},
      {"end=2023-11-14T22:13:21Z", {1}},
  };
  for (const auto& [query, ids] : cases) EXPECT_EQ(Found(pages, query), ids) << query;
}

TEST(TraceSearchTest, ShowsTwentyUnlessALimitIsGiven) {
  TracePages pages;
  for (std::uint64_t i = 1; i <= 1'010; ++i) {
    pages.store.End({SpanBuilder(i, 1).Times(1'000 + i, 2'000 + i)});
  }
  EXPECT_EQ(Found(pages, "").size(), 20u);
  EXPECT_EQ(Found(pages, "limit=3"), (Ids{1'010, 1'009, 1'008}));
  EXPECT_EQ(Found(pages, "limit=1000").size(), 1'000u);
}

TEST(TraceSearchTest, RefusesWhatItCannotReadAndNamesTheField) {
  const TracePages pages;
  constexpr std::string_view kDuration = "write a duration with its unit, as 250us, 10ms or 1.5s";
  constexpr std::string_view kTime =
      "write seconds since 1970, as 1700000000.5, or a time as 2030-01-31T12:00:00Z";
  const auto quoted = [](std::string_view field, std::string_view value, std::string_view right) {
    return std::string(field) + " '" + std::string(value) + "': " + std::string(right);
  };
  std::vector<std::pair<std::string, std::string>> cases = {
      {"status=Error", "status 'Error': write unset, ok or error"},
      {"status=", "status '': write unset, ok or error"},
      {"attribute=bytes", "attribute 'bytes': write key=value, as job.kind=compress"},
      {"attribute==4096", "attribute '=4096': write key=value, as job.kind=compress"},
      {"nme=job",
       "there is no field 'nme': a search takes name, component, status, attribute, min_duration, "
       "max_duration, start, end, limit"},
      {"=job", "there is no field '': a search takes "},
      {"name=a&component=b&name=c", "name is there twice: name it once"},
      {"limit=1&limit=1", "limit is there twice: name it once"},
      {"start=2&end=1", "start is after end: swap them"},
      {"min_duration=2s&max_duration=1s", "min_duration is above max_duration: swap them"},
      {"name=%zz", "the query cannot be decoded: write a byte as % and two hexadecimal digits"},
      {"%=job", "the query cannot be decoded: "},
      // What is shown of a value is JSON whatever it is.
      {"limit=%22%0A%5C", "limit '\"\n\\': write a number from 1 to 1000"},
      {"limit=%FF", "limit '\xEF\xBF\xBD': write a number from 1 to 1000"},
  };
  for (const char* const value :
       {"", "0", "-1", "1001", "1.5", "2x", "ten", "99999999999999999999"}) {
    cases.emplace_back(std::string("limit=") + value,
                       quoted("limit", value, "write a number from 1 to 1000"));
  }
  for (const std::string field : {"min_duration", "max_duration"}) {
    for (const char* const value : {"", "10", "-1s", "inf", "1 s", "soon", "8760h1ns"}) {
      cases.emplace_back(field + "=" + value, quoted(field, value, kDuration));
    }
  }
  for (const std::string field : {"start", "end"}) {
    for (const char* const value :
         {"", "-1", "1e9", "1.2.3", "1.5x", ".5", "9000000000", "99999999999999999999", "inf",
          "nan", "now", "2023-11-14", "2023-13-14T22:13:21Z", "1969-12-31T23:59:59Z",
          "2255-03-14T16:00:00Z", "infinite-future", "infinite-past"}) {
      cases.emplace_back(field + "=" + value, quoted(field, value, kTime));
    }
  }
  for (const auto& [query, message] : cases) {
    for (const std::string path : {"/api/v1/traces?", "/api/v1/traces/summary?"}) {
      EXPECT_THAT(pages.Error(path + query, 400, "bad_data"), StartsWith(message)) << query;
    }
  }
}

TEST(TraceSearchTest, TakesSixteenAttributesAndNoMore) {
  const TracePages pages;
  std::string query = "/api/v1/traces?attribute=a=1";
  for (int i = 1; i < 16; ++i) query += "&attribute=a=1";
  EXPECT_EQ(pages.Data(query), Json::array());
  EXPECT_EQ(pages.Error(query + "&attribute=b=2", 400, "bad_data"),
            "attribute 'b=2': ask for at most 16");
}

}  // namespace
}  // namespace vitals::api
