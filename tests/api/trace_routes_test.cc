#include "vitals/api/trace_routes.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
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
#include "tests/net/server_test.h"
#include "tests/trace/spans.h"
#include "vitals/base/interned_name.h"
#include "vitals/export/chrome_trace.h"
#include "vitals/export/otlp_json.h"
#include "vitals/metrics/summary.h"
#include "vitals/trace/critical_path.h"
#include "vitals/trace/trace_store.h"

namespace vitals::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Everything;
using ::testing::HasSubstr;
using testing::Id;
using testing::SpanBuilder;
using ::testing::StartsWith;
using vitals_test::Get;
using vitals_test::RawClient;
using vitals_test::TracePages;

using Json = nlohmann::json;

constexpr std::string_view kFirst = "/api/v1/traces/000000000000abcd0000000000000001";

// A request of 1,000 ns, of which it waits 300 for a write that fails.
std::vector<SpanBuilder> Request(std::uint64_t trace) {
  return {SpanBuilder(trace, 2, 1).Name("write").Error().Times(100, 400),
          SpanBuilder(trace, 1).Name("request").Kind(SpanKind::kServer).Times(0, 1'000)};
}

TEST(TraceRoutesTest, NeedAStoreAndAProviderAndTheirPaths) {
  TracePages pages;
  net::HttpRouter router;
  EXPECT_EQ(AddTraceRoutes({.provider = pages.provider}, router).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(AddTraceRoutes({.store = pages.store.store}, router).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(router.routes().empty());
  EXPECT_EQ(
      AddTraceRoutes({.store = pages.store.store, .provider = pages.provider}, pages.router).code(),
      absl::StatusCode::kAlreadyExists);
}

TEST(TraceRoutesTest, ShowOneTraceWithItsCriticalPath) {
  TracePages pages;
  pages.store.End(Request(1));
  pages.store.Pass(seconds(1));
  const Json expected = Json::parse(R"({
    "trace_id": "000000000000abcd0000000000000001",
    "start_unix_ns": "0", "end_unix_ns": "1000", "duration_ns": 1000,
    "root_span_id": "0000000000000001",
    "marks": [], "kept_for": "everything", "refused_spans": 0,
    "critical_path": [
      {"span_id": "0000000000000001", "start_unix_ns": "400", "end_unix_ns": "1000",
       "duration_ns": 600},
      {"span_id": "0000000000000002", "start_unix_ns": "100", "end_unix_ns": "400",
       "duration_ns": 300},
      {"span_id": "0000000000000001", "start_unix_ns": "0", "end_unix_ns": "100",
       "duration_ns": 100}
    ],
    "names": [
      {"component": "component", "name": "request", "count": 1, "errors": 0, "total_ns": 1000,
       "self_ns": 700, "critical_path_ns": 700},
      {"component": "component", "name": "write", "count": 1, "errors": 1, "total_ns": 300,
       "self_ns": 300, "critical_path_ns": 300}
    ],
    "spans": [
      {"span_id": "0000000000000001", "component": "component", "name": "request",
       "kind": "server", "status": "unset", "start_unix_ns": "0", "end_unix_ns": "1000",
       "duration_ns": 1000, "self_ns": 700, "critical_path_ns": 700, "flags": 0, "thread_id": 0,
       "thread_name": "thread"},
      {"span_id": "0000000000000002", "parent_span_id": "0000000000000001",
       "component": "component", "name": "write", "kind": "internal", "status": "error",
       "start_unix_ns": "100", "end_unix_ns": "400", "duration_ns": 300, "self_ns": 300,
       "critical_path_ns": 300, "flags": 0, "thread_id": 0, "thread_name": "thread"}
    ],
    "omitted_sections": 0, "omitted_names": 0, "omitted_spans": 0})");
  EXPECT_EQ(pages.Page(kFirst), expected);
  EXPECT_EQ(pages.Page(std::string(kFirst) + "?format=json"), expected);
}

TEST(TraceRoutesTest, ShowOneTraceInTheFormatsOfOthers) {
  TracePages pages;
  pages.store.End(Request(1));
  const StoredTrace trace = *pages.store->Find(Id(1));
  std::string otlp;
  EncodeOtlpJson(trace, pages.resource, otlp);
  const Json shown = pages.Page(std::string(kFirst) + "?format=otlp");
  EXPECT_EQ(shown, Json::parse(otlp));
  EXPECT_THAT(shown.at("resourceSpans").at(0).at("resource").at("attributes").dump(),
              HasSubstr(R"("pages")"));
  std::string chrome;
  ASSERT_TRUE(EncodeChromeTrace(trace, chrome).ok());
  EXPECT_EQ(pages.Page(std::string(kFirst) + "?format=chrome"), Json::parse(chrome));
}

TEST(TraceRoutesTest, ShowWhatIsToBeKnownOfATrace) {
  TracePages pages({.max_spans_per_trace = 3, .keeping = Everything()});
  // The child of a span that is not there, and one that ends after its parent.
  pages.store.End({SpanBuilder(1, 2, 9).Name("orphan"), SpanBuilder(1, 1)});
  EXPECT_EQ(pages.Page(kFirst).at("marks"), Json::array({"pending"}));
  EXPECT_EQ(pages.Page(kFirst).at("kept_for"), "none");
  EXPECT_EQ(pages.Data("/api/v1/traces").at(0).at("marks"), Json::array({"pending"}));

  pages.store.Pass(seconds(1));
  pages.store.End({SpanBuilder(1, 3, 1).Name("late").Times(150, 250), SpanBuilder(1, 4, 1)});
  const Json page = pages.Page(kFirst);
  EXPECT_EQ(page.at("marks"), Json::array({"truncated", "late"}));
  EXPECT_EQ(page.at("kept_for"), "everything");
  EXPECT_EQ(page.at("refused_spans"), 1);
  std::vector<std::pair<std::string, Json>> marks;
  for (const Json& span : page.at("spans")) {
    marks.emplace_back(span.at("name"), span.value("marks", Json()));
  }
  EXPECT_THAT(marks, ::testing::UnorderedElementsAre(
                         std::pair("root", Json()), std::pair("orphan", Json::array({"orphan"})),
                         std::pair("late", Json::array({"late", "out_of_order"}))));
  const Json chrome = pages.Page(std::string(kFirst) + "?format=chrome");
  EXPECT_EQ(chrome.at("otherData").at("marks"), page.at("marks"));
  EXPECT_EQ(chrome.at("otherData").at("refused_spans"), 1);
  EXPECT_THAT(chrome.dump(), HasSubstr(R"("marks":["late","out_of_order"])"));
  const std::string otlp = pages.Page(std::string(kFirst) + "?format=otlp").dump();
  EXPECT_THAT(
      otlp, HasSubstr(R"({"key":"vitals.trace.marks","value":{"stringValue":"truncated,late"}})"));
  EXPECT_THAT(otlp, HasSubstr(R"("stringValue":"late,out_of_order")"));

  const Json line = pages.Data("/api/v1/traces").at(0);
  EXPECT_EQ(line.at("marks"), page.at("marks"));
  EXPECT_EQ(line.at("refused_spans"), 1);
}

TEST(TraceRoutesTest, SayWhichTraceIsNotThere) {
  TracePages pages({.keeping = testing::ErrorsOnly()});
  pages.store.End({SpanBuilder(1, 1)});
  pages.store.Pass(seconds(1));
  for (const char* const format : {"", "?format=otlp", "?format=chrome"}) {
    EXPECT_EQ(pages.Error(std::string(kFirst) + format, 404, "not_found"),
              "there is no trace 000000000000abcd0000000000000001: it was not kept, or has been "
              "evicted since");
  }
}

TEST(TraceRoutesTest, RefuseWhatIsNoTraceId) {
  const TracePages pages;
  const std::string_view ids[] = {
      "x",
      "000000000000abcd000000000000001",
      "000000000000abcd00000000000000001",
      "000000000000ABCD0000000000000001",
      "00000000000000000000000000000000",
      "000000000000abcd000000000000000g",
      "000000000000abcd0000000000000001/spans",
      "000000000000abcd0000000000000001/",
      "%22",
      "a\"b\\c\x01",
  };
  for (const std::string_view id : ids) {
    EXPECT_EQ(pages.Error("/api/v1/traces/" + std::string(id), 400, "bad_data"),
              "'" + std::string(id) +
                  "' is no trace id: write 32 lower-case hexadecimal digits, not all zero");
  }
  EXPECT_THAT(pages.Error("/api/v1/traces/\xFF", 400, "bad_data"), StartsWith("'\xEF\xBF\xBD' is"));
  EXPECT_EQ(Get(pages.router, "/api/v1/traces/").status, 404);
}

TEST(TraceRoutesTest, RefuseFormatsThatThereAreNot) {
  TracePages pages;
  pages.store.End(Request(1));
  for (const char* const query : {"format=xml", "format=", "format", "format=JSON", "as=json",
                                  "format=otlp&format=json", "format=json&pretty=1"}) {
    EXPECT_EQ(pages.Error(std::string(kFirst) + "?" + query, 400, "bad_data"),
              "a trace takes one field: format=json, format=otlp or format=chrome")
        << query;
  }
  EXPECT_THAT(pages.Error(std::string(kFirst) + "?format=%", 400, "bad_data"),
              StartsWith("the query cannot be decoded: "));
}

TEST(TraceRoutesTest, SumUpWhereTheTimeOfTracesGoes) {
  TracePages pages;
  pages.store.End(Request(1));
  pages.store.End({SpanBuilder(2, 1).Name("job").Component("worker").Times(5'000, 6'000)});
  pages.store.Pass(seconds(1));
  Json page = pages.Page("/api/v1/traces/summary");
  for (Json& name : page.at("data").at("names")) {
    for (const char* const quantile : {"p50_ns", "p95_ns", "p99_ns"}) {
      const double total = name.at("total_ns");
      EXPECT_NEAR(name.at(quantile).get<double>(), total, total * kSummaryRelativeError);
      name.erase(quantile);
    }
  }
  EXPECT_EQ(page, Json::parse(R"({
    "status": "success",
    "data": {
      "traces": 2, "incomplete": 0, "truncated": 0, "traces_too_large": 0, "pending": 0,
      "limit_reached": false, "critical_path_ns": 2000,
      "names": [
        {"component": "worker", "name": "job", "count": 1, "errors": 0, "total_ns": 1000,
         "self_ns": 1000, "critical_path_ns": 1000, "critical_path_share": 0.5},
        {"component": "component", "name": "request", "count": 1, "errors": 0, "total_ns": 1000,
         "self_ns": 700, "critical_path_ns": 700, "critical_path_share": 0.35},
        {"component": "component", "name": "write", "count": 1, "errors": 1, "total_ns": 300,
         "self_ns": 300, "critical_path_ns": 300, "critical_path_share": 0.15}
      ],
      "omitted_names": 0
    }})"));
  EXPECT_EQ(pages.Data("/api/v1/traces/summary?name=write").at("critical_path_ns"), 1'000);
  const Json newest = pages.Data("/api/v1/traces/summary?limit=1");
  EXPECT_EQ(newest.at("names").size(), 1u);
  EXPECT_EQ(newest.at("limit_reached"), true);
  EXPECT_EQ(pages.Data("/api/v1/traces/summary?name=nonesuch"), Json::parse(R"(
      {"traces": 0, "incomplete": 0, "truncated": 0, "traces_too_large": 0, "pending": 0,
       "limit_reached": false, "critical_path_ns": 0, "names": [], "omitted_names": 0})"));
}

TEST(TraceRoutesTest, SumUpKeptTracesAndSayWhichAreNotWhole) {
  TracePages pages(
      {.max_spans_per_trace = 2, .max_pending_age = seconds(10), .keeping = Everything()});
  pages.store.End({SpanBuilder(1, 2, 9)});
  pages.store.Pass(seconds(10));
  pages.store.End({SpanBuilder(2, 2, 1), SpanBuilder(2, 3, 1), SpanBuilder(2, 4, 1)});
  pages.store.End({SpanBuilder(2, 1)});
  pages.store.End(Request(3));
  pages.store.Pass(seconds(1));
  // Those that are not decided take no places of those that are, however new they are.
  for (std::uint64_t i = 4; i <= 8; ++i) pages.store.End({SpanBuilder(i, 1).Times(5'000, 6'000)});
  const Json summary = pages.Data("/api/v1/traces/summary?limit=4");
  EXPECT_EQ(summary.at("traces"), 3);
  EXPECT_EQ(summary.at("incomplete"), 1);
  EXPECT_EQ(summary.at("truncated"), 1);
  EXPECT_EQ(summary.at("pending"), 4);
  EXPECT_EQ(summary.at("limit_reached"), false);
  EXPECT_EQ(pages.Data("/api/v1/traces/summary").at("pending"), 5);
  EXPECT_EQ(pages.Data("/api/v1/traces/summary?limit=3").at("limit_reached"), true);
}

TEST(TraceRoutesTest, SumUpWithQuantilesOfManyTraces) {
  TracePages pages;
  for (std::uint64_t i = 1; i <= 1'001; ++i) {
    pages.store.End({SpanBuilder(i, 1).Times(5, 5 + i * 1'000)});
  }
  pages.store.Pass(seconds(1));
  // The newest thousand of them: which one is left out does not show at this precision.
  const Json summary = pages.Data("/api/v1/traces/summary");
  EXPECT_EQ(summary.at("traces"), 1'000);
  const Json& name = summary.at("names").at(0);
  for (const auto& [quantile, exact] :
       {std::pair("p50_ns", 501e3), std::pair("p95_ns", 951e3), std::pair("p99_ns", 991e3)}) {
    EXPECT_NEAR(name.at(quantile).get<double>(), exact, exact * (kSummaryRelativeError + 0.003));
  }
}

TEST(TraceRoutesTest, SumUpWithTheWorstHundredNames) {
  TracePages pages;
  for (std::uint64_t i = 1; i <= 102; ++i) {
    const std::string name = "step " + std::to_string(i);
    pages.store.End({SpanBuilder(i, 1).Name(InternName(name).view()).Times(0, i)});
  }
  pages.store.Pass(seconds(1));
  const Json summary = pages.Data("/api/v1/traces/summary");
  EXPECT_EQ(summary.at("names").size(), 100u);
  EXPECT_EQ(summary.at("names").at(0).at("name"), "step 102");
  EXPECT_EQ(summary.at("names").at(99).at("name"), "step 3");
  EXPECT_EQ(summary.at("omitted_names"), 2);
}

TEST(TraceRoutesTest, LeaveOutWhatIsTooLargeToAnalyze) {
  constexpr std::size_t kGibibyte = std::size_t{1} << 30;
  TracePages pages({.max_bytes = kGibibyte,
                    .max_pending_bytes = kGibibyte,
                    .max_spans_per_trace = kMaxAnalyzedSpans + 1,
                    .max_bytes_per_trace = kGibibyte,
                    .keeping = Everything()});
  std::vector<SpanData> batch(1'000, SpanBuilder(1, 1).span);
  for (std::size_t i = 0; i < kMaxAnalyzedSpans / batch.size(); ++i) pages.store->OnEnd(batch);
  pages.store.End({SpanBuilder(1, 1)});
  pages.store.End({SpanBuilder(2, 1)});
  pages.store.Pass(seconds(1));
  const Json summary = pages.Data("/api/v1/traces/summary");
  EXPECT_EQ(summary.at("traces"), 1);
  EXPECT_EQ(summary.at("traces_too_large"), 1);
  EXPECT_THAT(pages.Error(kFirst, 422, "execution"), HasSubstr("1000001"));
}

TEST(TraceRoutesTest, ShowWhatIsOpenNow) {
  const TracePages pages;
  EXPECT_EQ(pages.Page("/api/v1/traces/active"),
            Json::parse(R"({"status": "success", "data": []})"));
  const Tracer tracer = pages.provider->GetTracer("worker");
  const Span job = tracer.StartSpan("job", SpanKind::kConsumer);
  pages.clock->Advance(milliseconds(3));
  const Span step = tracer.StartSpan("step");
  pages.clock->Advance(milliseconds(4));

  std::array<char, 16> thread_name{};
  pthread_getname_np(pthread_self(), thread_name.data(), thread_name.size());
  const auto open = [&](const Span& span, const char* name, const char* kind, const char* start,
                        std::uint64_t duration_ns) {
    return Json({{"trace_id", span.context().trace_id.ToString()},
                 {"span_id", span.context().span_id.ToString()},
                 {"component", "worker"},
                 {"name", name},
                 {"kind", kind},
                 {"start_unix_ns", start},
                 {"duration_ns", duration_ns},
                 {"thread_id", gettid()},
                 {"thread_name", thread_name.data()}});
  };
  Json expected = {open(job, "job", "consumer", "946684800000000000", 7'000'000),
                   open(step, "step", "internal", "946684800003000000", 4'000'000)};
  expected[1]["parent_span_id"] = job.context().span_id.ToString();
  EXPECT_EQ(pages.Data("/api/v1/traces/active"), expected);
}

TEST(TraceRoutesTest, AreServedWithHeadAndGzipAndNothingBelow) {
  TracePages pages;
  pages.store.End(Request(1));
  const auto server = vitals_test::MustCreate({}, std::move(pages.router));
  RawClient client = RawClient::Tcp(server->port());
  const auto page = client.Get(kFirst);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->Header("Content-Type"), "application/json");
  EXPECT_EQ(page->Header("Vary"), "Accept-Encoding");

  ASSERT_TRUE(client.Send("HEAD " + std::string(kFirst) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto head = client.Read(/*head=*/true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(head->Header("Content-Length"), std::to_string(page->body.size()));

  const auto zipped = client.Get(kFirst, "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(zipped);
  EXPECT_EQ(zipped->Header("Content-Encoding"), "gzip");
  EXPECT_THAT(zipped->body, StartsWith("\x1F\x8B"));
  EXPECT_LT(zipped->body.size(), page->body.size());

  EXPECT_EQ(client.Get("/api/v1/traces?limit=0")->status, 400);
  EXPECT_EQ(client.Get("/api/v1/traces/nonesuch")->status, 400);
  EXPECT_EQ(client.Get("/api/v1/traces/")->status, 404);
  EXPECT_EQ(client.Get("/api/v1")->status, 404);
  for (const std::string path : {"/api/v1/traces", "/api/v1/traces/active", "/api/v1/traces/x"}) {
    ASSERT_TRUE(client.Send("DELETE " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    const auto refused = client.Read();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 405);
    EXPECT_EQ(refused->Header("Allow"), "GET, HEAD");
  }
}

}  // namespace
}  // namespace vitals::api
