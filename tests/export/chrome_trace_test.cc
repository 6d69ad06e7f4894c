#include "vitals/export/chrome_trace.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/trace/trace_builder.h"
#include "vitals/trace/critical_path.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeSpan;

using Json = nlohmann::json;
using Spans = std::vector<SpanData>;

SpanData MakeSpanOn(std::uint32_t thread_id, std::uint64_t id, std::uint64_t parent_id,
                    std::uint64_t start_ns, std::uint64_t end_ns) {
  SpanData span = MakeSpan(id, parent_id, start_ns, end_ns);
  span.thread_id = thread_id;
  return span;
}

std::string PageOf(const Spans& spans, const ChromeTraceOptions& options = {.process_id = 1}) {
  std::string page;
  const absl::Status status = EncodeChromeTrace(spans, page, options);
  EXPECT_TRUE(status.ok()) << status;
  return page;
}

std::int64_t Nanoseconds(const Json& microseconds) {
  return std::llround(microseconds.get<double>() * 1e3);
}

// A complete event, times in nanoseconds.
struct Slice {
  std::uint64_t span_id = 0;
  std::uint64_t track = 0;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

class ParsedTrace {
 public:
  explicit ParsedTrace(const std::string& page) : json_(Json::parse(page)) {
    for (const Json& event : json_.at("traceEvents")) {
      if (event.at("ph") != "X") continue;
      const std::int64_t start = Nanoseconds(event.at("ts"));
      const auto id = SpanId::FromHex(event.at("args").at("span_id").get<std::string>());
      slices_.push_back({id.value_or(SpanId{}).value, event.at("tid"), start,
                         start + Nanoseconds(event.at("dur"))});
    }
  }

  const Json& json() const { return json_; }
  const std::vector<Slice>& slices() const { return slices_; }

  std::vector<Json> Events(const std::string& phase) const {
    std::vector<Json> events;
    for (const Json& event : json_.at("traceEvents")) {
      if (event.at("ph") == phase) events.push_back(event);
    }
    return events;
  }

  Slice SliceOf(std::uint64_t span_id) const {
    for (const Slice& slice : slices_) {
      if (slice.span_id == span_id) return slice;
    }
    ADD_FAILURE() << "no event for span " << span_id;
    return {};
  }

  // The args of metadata events of a name, by track.
  std::map<std::uint64_t, Json> Metadata(const std::string& name) const {
    std::map<std::uint64_t, Json> found;
    for (const Json& event : Events("M")) {
      if (event.at("name") == name) found[event.at("tid")] = event.at("args");
    }
    return found;
  }

 private:
  Json json_;
  std::vector<Slice> slices_;
};

// Whether each event lies within those that are open when it starts, on every track; and directly
// in its parent, where it lies in any.
void ExpectNests(const Spans& spans, const ParsedTrace& trace) {
  std::map<std::uint64_t, std::uint64_t> parents;
  for (const SpanData& span : spans) parents[span.span_id.value] = span.parent_span_id.value;
  std::map<std::uint64_t, std::vector<Slice>> open;
  for (const Slice& slice : trace.slices()) {
    std::vector<Slice>& stack = open[slice.track];
    while (!stack.empty() && stack.back().end_ns <= slice.start_ns) stack.pop_back();
    if (!stack.empty()) {
      EXPECT_GE(slice.start_ns, stack.back().start_ns);
      EXPECT_LE(slice.end_ns, stack.back().end_ns) << "span " << slice.span_id;
      EXPECT_EQ(stack.back().span_id, parents[slice.span_id]) << "span " << slice.span_id;
    }
    stack.push_back(slice);
  }
}

TEST(ChromeTraceTest, OfNoSpansIsAnEmptyTrace) {
  EXPECT_EQ(PageOf({}),
            R"({"displayTimeUnit":"ns","traceEvents":[],"otherData":{"omitted_spans":0}})");
}

TEST(ChromeTraceTest, ShowsASpanAsACompleteEventOnTheTrackOfItsThread) {
  SpanData span =
      MakeSpanOn(42, 0xb7ad6b7169203331, 0, 1'700'000'000'000'000'000, 1'700'000'000'000'001'500);
  span.thread_name = "worker";
  EXPECT_EQ(PageOf({span}),
            R"({"displayTimeUnit":"ns","traceEvents":[)"
            R"({"ph":"M","name":"thread_name","pid":1,"tid":42,"args":{"name":"worker"}},)"
            R"({"ph":"M","name":"thread_sort_index","pid":1,"tid":42,"args":{"sort_index":0}},)"
            R"({"ph":"X","name":"work","pid":1,"tid":42,"ts":0,"dur":1.5,"cat":"test",)"
            R"("args":{"span_id":"b7ad6b7169203331","kind":"internal","status":"unset"}}],)"
            R"("otherData":{"trace_id":"0af7651916cd43dd8448eb211c80319c",)"
            R"("start_unix_ns":"1700000000000000000","omitted_spans":0}})");
}

TEST(ChromeTraceTest, ShowsTheIdAndNameOfTheProcess) {
  const ParsedTrace own(PageOf({MakeSpan(1, 0, 0, 1)}, {}));
  EXPECT_EQ(own.Events("X").at(0).at("pid"), ::getpid());
  const ParsedTrace named(
      PageOf({MakeSpan(1, 0, 0, 1)}, {.process_id = 7, .process_name = "host"}));
  EXPECT_EQ(named.Events("X").at(0).at("pid"), 7);
  EXPECT_EQ(named.Metadata("process_name").at(7).at("name"), "host");
}

TEST(ChromeTraceTest, ArgumentsAreAttributesAndWhatElseIsKnown) {
  SpanData span = MakeSpan(2, 1, 0, 10);
  span.kind = SpanKind::kServer;
  span.status = SpanStatus::kError;
  span.status_message = "disk \"full\"";
  span.trace_state = "a=1";
  span.dropped_attributes = 1;
  span.dropped_events = 2;
  span.dropped_links = 3;
  span.truncated_values = 4;
  span.attributes = {{"bytes", std::int64_t{-5}},
                     {"ratio", 0.5},
                     {"cached", true},
                     {"path", std::string("/tmp")},
                     {"status", std::string("mine")}};
  EXPECT_EQ(ParsedTrace(PageOf({span})).Events("X").at(0).at("args"), Json::parse(R"({
    "span_id": "0000000000000002", "parent_span_id": "0000000000000001", "kind": "server",
    "status": "error", "status_message": "disk \"full\"", "trace_state": "a=1",
    "dropped_attributes": 1, "dropped_events": 2, "dropped_links": 3, "truncated_values": 4,
    "bytes": -5, "ratio": 0.5, "cached": true, "path": "/tmp", "attribute.status": "mine"})"));
}

TEST(ChromeTraceTest, ShowsEventsAsInstantsWithinTheirSpan) {
  SpanData span = MakeSpanOn(3, 1, 0, 1'000, 9'000);
  span.events = {{"retry", 2'500, {{"attempt", std::int64_t{2}}}}, {"late", 20'000, {}}};
  const std::vector<Json> events = ParsedTrace(PageOf({span})).Events("i");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0], Json::parse(R"({"ph": "i", "name": "retry", "pid": 1, "tid": 3, "ts": 1.5,
                                       "s": "t", "args": {"attempt": 2}})"));
  EXPECT_EQ(events[1].at("ts"), 8);
  EXPECT_FALSE(events[1].contains("args"));
}

TEST(ChromeTraceTest, NestsTheSpansOfAThreadWithoutFlows) {
  const Spans spans = {MakeSpan(3, 2, 20, 30), MakeSpan(2, 1, 10, 40), MakeSpan(4, 1, 40, 100),
                       MakeSpan(1, 0, 0, 100)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.Metadata("thread_name").size(), 1U);
  EXPECT_THAT(trace.Events("s"), IsEmpty());
  EXPECT_EQ(trace.slices().size(), 4U);
  ExpectNests(spans, trace);
}

TEST(ChromeTraceTest, PutsAParentBeforeAChildOfTheSameTime) {
  const Spans spans = {MakeSpan(3, 2, 0, 10), MakeSpan(2, 1, 0, 10), MakeSpan(1, 0, 0, 10)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.slices().at(0).span_id, 1U);
  EXPECT_EQ(trace.slices().at(2).span_id, 3U);
  EXPECT_EQ(trace.Metadata("thread_name").size(), 1U);
}

TEST(ChromeTraceTest, PutsConcurrentSpansOfAThreadOnOverflowTracks) {
  Spans spans = {MakeSpanOn(5, 1, 0, 0, 100), MakeSpanOn(5, 2, 1, 10, 60),
                 MakeSpanOn(5, 3, 1, 20, 80), MakeSpanOn(5, 4, 3, 30, 70),
                 MakeSpanOn(5, 5, 1, 65, 75), MakeSpanOn(6, 6, 0, 0, 5)};
  for (SpanData& span : spans) span.thread_name = span.thread_id == 5 ? "loop" : "";
  const ParsedTrace trace(PageOf(spans));
  ExpectNests(spans, trace);
  EXPECT_EQ(trace.SliceOf(1).track, 5U);
  EXPECT_EQ(trace.SliceOf(2).track, 5U);
  const std::uint64_t overflow = trace.SliceOf(3).track;
  EXPECT_GE(overflow, 10'000'000U);
  EXPECT_EQ(trace.SliceOf(4).track, overflow);
  EXPECT_EQ(trace.SliceOf(5).track, 5U);
  const auto names = trace.Metadata("thread_name");
  ASSERT_EQ(names.size(), 3U);
  EXPECT_EQ(names.at(5).at("name"), "loop");
  EXPECT_EQ(names.at(overflow).at("name"), "loop (overflow 1)");
  EXPECT_EQ(names.at(6).at("name"), "thread 6");
  const auto places = trace.Metadata("thread_sort_index");
  EXPECT_EQ(places.at(5).at("sort_index"), 0);
  EXPECT_EQ(places.at(overflow).at("sort_index"), 1);
  EXPECT_EQ(places.at(6).at("sort_index"), 2);
}

TEST(ChromeTraceTest, GivesOverflowTracksIdsThatNoThreadHas) {
  const Spans spans = {MakeSpanOn(20'000'000, 1, 0, 0, 10), MakeSpanOn(20'000'000, 2, 0, 5, 15)};
  EXPECT_EQ(ParsedTrace(PageOf(spans)).SliceOf(2).track, 20'000'001U);
}

TEST(ChromeTraceTest, ReusesOverflowTracks) {
  Spans spans;
  for (std::uint64_t i = 0; i < 10; ++i) {
    spans.push_back(MakeSpan(2 * i + 1, 0, 100 * i, 100 * i + 60));
    spans.push_back(MakeSpan(2 * i + 2, 0, 100 * i + 50, 100 * i + 90));
  }
  const ParsedTrace trace(PageOf(spans));
  ExpectNests(spans, trace);
  EXPECT_EQ(trace.Metadata("thread_name").size(), 2U);
}

TEST(ChromeTraceTest, ShowsParentsOnOtherThreadsByFlows) {
  const Spans spans = {MakeSpanOn(1, 1, 0, 0, 100), MakeSpanOn(1, 2, 1, 0, 50),
                       MakeSpanOn(2, 3, 1, 60'000, 70'000)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_THAT(trace.Events("s"),
              ElementsAre(Json::parse(R"({"ph": "s", "name": "parent", "pid": 1, "tid": 1, "ts": 0,
                                          "cat": "parent", "id": 3, "bp": "e"})")));
  EXPECT_THAT(trace.Events("f"),
              ElementsAre(Json::parse(R"({"ph": "f", "name": "parent", "pid": 1, "tid": 2,
                                          "ts": 60, "cat": "parent", "id": 3, "bp": "e"})")));
  // It starts before the other child of the same time, so that the parent is what it binds to.
  std::vector<std::string> phases;
  for (const Json& event : trace.json().at("traceEvents")) {
    if (event.at("ph") != "M") phases.push_back(event.at("ph"));
  }
  EXPECT_THAT(phases, ElementsAre("X", "s", "X", "X", "f"));
}

TEST(ChromeTraceTest, ShowsAParentThatEndedBeforeByAFlow) {
  const Spans spans = {MakeSpan(1, 0, 0, 100), MakeSpan(2, 1, 200, 300)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.SliceOf(1).track, trace.SliceOf(2).track);
  EXPECT_EQ(trace.Events("s").size(), 1U);
  EXPECT_EQ(trace.Events("f").size(), 1U);
}

TEST(ChromeTraceTest, CutsASpanThatStartedBeforeItsParent) {
  const Spans spans = {MakeSpanOn(1, 1, 0, 1'000, 9'000), MakeSpanOn(2, 2, 1, 400, 3'000),
                       MakeSpanOn(2, 3, 2, 400, 700)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.SliceOf(2).start_ns, 0);
  EXPECT_EQ(trace.SliceOf(2).end_ns, 2'000);
  EXPECT_EQ(trace.SliceOf(3).start_ns, 0);
  EXPECT_EQ(trace.SliceOf(3).end_ns, 0);
  EXPECT_EQ(trace.Events("X").at(1).at("args").at("clipped_ns"), 600);
  EXPECT_EQ(trace.json().at("otherData").at("start_unix_ns"), "1000");
  ExpectNests(spans, trace);
}

TEST(ChromeTraceTest, KeepsSpansWithoutDurationApart) {
  const Spans spans = {MakeSpan(1, 0, 0, 10), MakeSpan(2, 1, 0, 0), MakeSpan(3, 1, 5, 5),
                       MakeSpan(4, 3, 5, 5), MakeSpan(5, 1, 10, 10)};
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.slices().size(), 5U);
  ExpectNests(spans, trace);
}

TEST(ChromeTraceTest, ShowsWhatParentsMakeNoTree) {
  const Spans spans = {MakeSpan(1, 1, 0, 10), MakeSpan(2, 3, 1, 9), MakeSpan(3, 2, 2, 8),
                       MakeSpan(2, 1, 3, 4), MakeSpan(0, 9, 5, 6)};
  EXPECT_EQ(ParsedTrace(PageOf(spans)).slices().size(), 5U);
}

TEST(ChromeTraceTest, NestsWhateverComes) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    Spans spans = {MakeSpanOn(1, 1, 0, 0, 50)};
    for (std::uint64_t id = 2; id < 40; ++id) {
      const std::uint64_t start = random() % 50;
      spans.push_back(MakeSpanOn(static_cast<std::uint32_t>(1 + random() % 3), id,
                                 1 + random() % (id - 1), start, start + random() % 20));
    }
    std::shuffle(spans.begin(), spans.end(), random);
    const ParsedTrace trace(PageOf(spans));
    ASSERT_EQ(trace.slices().size(), spans.size());
    ExpectNests(spans, trace);
    // Each flow goes from the event of a parent to that of its child.
    std::map<std::uint64_t, Json> starts;
    for (const Json& event : trace.Events("s")) starts[event.at("id")] = event;
    for (const Json& end : trace.Events("f")) {
      const SpanData& child = spans.at(end.at("id").get<std::uint64_t>() - 1);
      const Slice to = trace.SliceOf(child.span_id.value);
      const Slice from = trace.SliceOf(child.parent_span_id.value);
      ASSERT_EQ(starts.count(end.at("id")), 1U);
      const Json& start = starts.at(end.at("id"));
      EXPECT_EQ(start.at("tid"), from.track);
      EXPECT_EQ(Nanoseconds(start.at("ts")), from.start_ns);
      EXPECT_EQ(end.at("tid"), to.track);
      EXPECT_EQ(Nanoseconds(end.at("ts")), to.start_ns);
    }
  }
}

TEST(ChromeTraceTest, LeavesOutTheLastSpansOfALongTraceAndSaysSo) {
  Spans spans;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    spans.push_back(MakeSpan(1'000 - i, 0, 1'000 - i, 1'001 - i));
  }
  const std::string page = PageOf(spans, {.process_id = 1, .max_bytes = 10'000});
  EXPECT_LT(page.size(), 11'000U);
  const ParsedTrace trace(page);
  const std::size_t omitted = trace.json().at("otherData").at("omitted_spans");
  EXPECT_GT(trace.slices().size(), 10U);
  EXPECT_EQ(trace.slices().size() + omitted, 1'000U);
  EXPECT_EQ(trace.slices().front().span_id, 1U);
}

TEST(ChromeTraceTest, SaysWhatTheStoreSaysOfATraceAndItsSpans) {
  StoredTrace stored;
  stored.spans = {MakeSpan(1, 0, 0, 10), MakeSpan(2, 7, 5, 8)};
  stored.spans[1].attributes = {{"marks", std::int64_t{3}}};
  stored.span_marks = {kSpanMarkNone, kSpanMarkLate | kSpanMarkOrphan};
  stored.summary.marks = kTraceMarkTruncated | kTraceMarkLate;
  stored.summary.refused_spans = 4;
  stored.summary.kept_for = TraceKeepReason::kSlow;
  std::string page;
  ASSERT_TRUE(EncodeChromeTrace(stored, page).ok());
  const ParsedTrace trace(page);
  const Json& other = trace.json().at("otherData");
  EXPECT_EQ(other.at("marks"), Json::array({"truncated", "late"}));
  EXPECT_EQ(other.at("refused_spans"), 4);
  EXPECT_EQ(other.at("kept_for"), "slow");
  const std::vector<Json> events = trace.Events("X");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_FALSE(events[0].at("args").contains("marks"));
  EXPECT_EQ(events[1].at("args").at("marks"), Json::array({"late", "orphan"}));
  EXPECT_EQ(events[1].at("args").at("attribute.marks"), 3);
  EXPECT_FALSE(ParsedTrace(PageOf(stored.spans)).json().at("otherData").contains("marks"));
}

TEST(ChromeTraceTest, AppendsToThePage) {
  std::string page = "before";
  ASSERT_TRUE(EncodeChromeTrace(Spans(), page).ok());
  EXPECT_TRUE(page.starts_with("before{"));
}

TEST(ChromeTraceTest, RefusesMoreSpansThanItsLimit) {
  std::string page = "before";
  EXPECT_EQ(EncodeChromeTrace(Spans(kMaxAnalyzedSpans + 1), page).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(page, "before");
}

TEST(ChromeTraceTest, GoesDownAChainOfAHundredThousand) {
  Spans spans;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    spans.push_back(MakeSpan(i + 1, i, i, 300'000 - i));
  }
  std::reverse(spans.begin(), spans.end());
  const ParsedTrace trace(PageOf(spans));
  EXPECT_EQ(trace.Metadata("thread_name").size(), 1U);
  EXPECT_EQ(trace.slices().size(), spans.size());
}

}  // namespace
}  // namespace vitals
