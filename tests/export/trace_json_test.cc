#include "vitals/export/trace_json.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/trace/trace_builder.h"
#include "vitals/trace/critical_path.h"

namespace vitals {
namespace {

using testing::MakeSpan;

using Json = nlohmann::json;
using Spans = std::vector<SpanData>;

std::string PageOf(const Spans& spans, const TraceJsonOptions& options = {}) {
  std::string page;
  const absl::Status status = EncodeTraceJson(spans, page, options);
  EXPECT_TRUE(status.ok()) << status;
  return page;
}

// A request that waits for a write, with everything that a span may have.
Spans Request() {
  constexpr std::uint64_t kStart = 1'700'000'000'000'000'000;
  Spans spans = {MakeSpan(2, 1, kStart + 100, kStart + 400, "write"),
                 MakeSpan(1, 9, kStart, kStart + 1'000, "request")};
  SpanData& write = spans[0];
  write.status = SpanStatus::kError;
  write.status_message = "disk full";
  write.flags = kTraceFlagSampled;
  write.thread_id = 8;
  write.thread_name = "writer";
  write.trace_state = "a=1";
  write.attributes = {{"bytes", std::int64_t{4'096}}, {"ratio", 0.25}, {"sync", false}};
  write.events = {{"retry", kStart + 200, {{"cause", std::string("EINTR")}}},
                  {"gave up", kStart + 300, {}}};
  write.links = {{{0, 7}, {6}, kTraceFlagSampled, "b=2", {{"of", std::string("batch")}}},
                 {{0, 7}, {5}, 0, "", {}}};
  write.dropped_attributes = 1;
  write.dropped_events = 2;
  write.dropped_links = 3;
  write.truncated_values = 4;
  SpanData& request = spans[1];
  request.parent_is_remote = true;
  request.kind = SpanKind::kServer;
  request.thread_id = 7;
  request.thread_name = "loop";
  return spans;
}

TEST(TraceJsonTest, ShowsATraceWithItsCriticalPath) {
  EXPECT_EQ(Json::parse(PageOf(Request())), Json::parse(R"({
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "start_unix_ns": "1700000000000000000",
    "end_unix_ns": "1700000000000001000",
    "duration_ns": 1000,
    "root_span_id": "0000000000000001",
    "critical_path": [
      {"span_id": "0000000000000001", "start_unix_ns": "1700000000000000400",
       "end_unix_ns": "1700000000000001000", "duration_ns": 600},
      {"span_id": "0000000000000002", "start_unix_ns": "1700000000000000100",
       "end_unix_ns": "1700000000000000400", "duration_ns": 300},
      {"span_id": "0000000000000001", "start_unix_ns": "1700000000000000000",
       "end_unix_ns": "1700000000000000100", "duration_ns": 100}
    ],
    "names": [
      {"component": "test", "name": "request", "count": 1, "errors": 0, "total_ns": 1000,
       "self_ns": 700, "critical_path_ns": 700},
      {"component": "test", "name": "write", "count": 1, "errors": 1, "total_ns": 300,
       "self_ns": 300, "critical_path_ns": 300}
    ],
    "spans": [
      {"span_id": "0000000000000001", "parent_span_id": "0000000000000009",
       "parent_is_remote": true, "component": "test", "name": "request", "kind": "server",
       "status": "unset", "start_unix_ns": "1700000000000000000",
       "end_unix_ns": "1700000000000001000", "duration_ns": 1000, "self_ns": 700,
       "critical_path_ns": 700, "flags": 0, "thread_id": 7, "thread_name": "loop"},
      {"span_id": "0000000000000002", "parent_span_id": "0000000000000001",
       "component": "test", "name": "write", "kind": "internal", "status": "error",
       "status_message": "disk full", "start_unix_ns": "1700000000000000100",
       "end_unix_ns": "1700000000000000400", "duration_ns": 300, "self_ns": 300,
       "critical_path_ns": 300, "flags": 1, "thread_id": 8, "thread_name": "writer",
       "trace_state": "a=1",
       "attributes": {"bytes": 4096, "ratio": 0.25, "sync": false},
       "events": [
         {"name": "retry", "time_unix_ns": "1700000000000000200",
          "attributes": {"cause": "EINTR"}},
         {"name": "gave up", "time_unix_ns": "1700000000000000300"}],
       "links": [
         {"trace_id": "00000000000000000000000000000007", "span_id": "0000000000000006",
          "flags": 1, "trace_state": "b=2", "attributes": {"of": "batch"}},
         {"trace_id": "00000000000000000000000000000007", "span_id": "0000000000000005",
          "flags": 0}],
       "dropped_attributes": 1, "dropped_events": 2, "dropped_links": 3, "truncated_values": 4}
    ],
    "omitted_sections": 0, "omitted_names": 0, "omitted_spans": 0})"));
}

TEST(TraceJsonTest, OfNoSpansHasEmptyLists) {
  EXPECT_EQ(PageOf({}), R"({"critical_path":[],"names":[],"spans":[],)"
                        R"("omitted_sections":0,"omitted_names":0,"omitted_spans":0})");
}

TEST(TraceJsonTest, ShowsSpansByStartTheLongestFirst) {
  const Json json = Json::parse(PageOf(
      {MakeSpan(4, 0, 5, 6), MakeSpan(3, 0, 2, 4), MakeSpan(2, 0, 2, 9), MakeSpan(1, 0, 2, 9)}));
  std::vector<std::string> ids;
  for (const Json& span : json.at("spans")) ids.push_back(span.at("span_id"));
  EXPECT_EQ(ids, (std::vector<std::string>{"0000000000000002", "0000000000000001",
                                           "0000000000000003", "0000000000000004"}));
}

TEST(TraceJsonTest, MarksSpansWhoseIdWasThereBefore) {
  const Json json = Json::parse(PageOf({MakeSpan(1, 0, 0, 10), MakeSpan(1, 0, 1, 9)}));
  EXPECT_FALSE(json.at("spans").at(0).contains("duplicate"));
  EXPECT_EQ(json.at("spans").at(1).at("duplicate"), true);
  EXPECT_EQ(json.at("spans").at(1).at("self_ns"), 0);
}

TEST(TraceJsonTest, CutsListsOfALongTraceAndSaysSo) {
  Spans spans;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    spans.push_back(MakeSpan(i + 1, i == 0 ? 0 : 1, i, i == 0 ? 1'000 : i + 1));
  }
  const Json whole = Json::parse(PageOf(spans));
  ASSERT_EQ(whole.at("critical_path").size(), 1'000U);

  const std::string page = PageOf(spans, {.max_bytes = 200'000});
  EXPECT_LT(page.size(), 201'000U);
  const Json without_spans = Json::parse(page);
  EXPECT_EQ(without_spans.at("critical_path"), whole.at("critical_path"));
  EXPECT_EQ(without_spans.at("omitted_sections"), 0);
  const std::size_t omitted = without_spans.at("omitted_spans");
  EXPECT_GT(omitted, 0U);
  EXPECT_EQ(without_spans.at("spans").size() + omitted, 1'000U);

  const Json short_path = Json::parse(PageOf(spans, {.max_bytes = 10'000}));
  EXPECT_EQ(
      short_path.at("critical_path").size() + short_path.at("omitted_sections").get<std::size_t>(),
      1'000U);
  EXPECT_EQ(short_path.at("omitted_names"), 1);
  EXPECT_EQ(short_path.at("omitted_spans"), 1'000);
}

TEST(TraceJsonTest, AppendsToThePage) {
  std::string page = "before";
  ASSERT_TRUE(EncodeTraceJson(Request(), page, {}).ok());
  EXPECT_TRUE(page.starts_with("before{"));
}

TEST(TraceJsonTest, RefusesMoreSpansThanItsLimit) {
  std::string page = "before";
  EXPECT_EQ(EncodeTraceJson(Spans(kMaxAnalyzedSpans + 1), page).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(page, "before");
}

}  // namespace
}  // namespace vitals
