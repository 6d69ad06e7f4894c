#include "vitals/trace/trace_store.h"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/spans.h"
#include "vitals/base/interned_name.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ErrorsOnly;
using testing::Everything;
using testing::Id;
using testing::SpanBuilder;
using testing::StoreWithClock;

using Root = SpanBuilder;

TEST(TraceStoreTest, KeepsATraceWithAnErrorAfterTheGracePeriod) {
  StoreWithClock store({.keeping = ErrorsOnly()});
  store.End({SpanBuilder(1, 11, 10).Error(), Root(1, 10)});
  store.Pass(milliseconds(999));
  ASSERT_TRUE(store->Find(Id(1)));
  EXPECT_EQ(store->Find(Id(1))->summary.marks, kTraceMarkPending);
  EXPECT_EQ(store->stats().pending_traces, 1u);

  store.Pass(milliseconds(1));
  const TraceSummary summary = store->Find(Id(1))->summary;
  EXPECT_EQ(summary.marks, kTraceMarkNone);
  EXPECT_EQ(summary.kept_for, TraceKeepReason::kError);
  EXPECT_EQ(summary.root_name, "root");
  EXPECT_EQ(summary.root_component, "component");
  EXPECT_EQ(summary.start_unix_ns, 100u);
  EXPECT_EQ(summary.duration_ns(), 100u);
  EXPECT_EQ(summary.span_count, 2u);
  EXPECT_EQ(summary.error_count, 1u);
  EXPECT_EQ(store->stats().pending_traces, 0u);
  EXPECT_EQ(store->stats().kept_errors, 1u);
}

TEST(TraceStoreTest, DropsATraceThatNobodyWouldMiss) {
  StoreWithClock store({.keeping = ErrorsOnly()});
  store.End({SpanBuilder(1, 11, 10), Root(1, 10)});
  store.Pass(seconds(1));
  EXPECT_FALSE(store->Find(Id(1)));
  EXPECT_EQ(store->stats().dropped_traces, 1u);
  EXPECT_EQ(store->stats().dropped_spans_not_kept, 2u);
}

TEST(TraceStoreTest, ARootThatEndsLaterBeginsTheGracePeriodAnew) {
  StoreWithClock store({.keeping = Everything()});
  store.End({Root(1, 10, 5).RemoteParent()});
  store.Pass(milliseconds(600));
  store.End({Root(1, 20, 6).RemoteParent()});
  store.Pass(milliseconds(600));
  EXPECT_FALSE(store.Keeps(1));
  store.Pass(milliseconds(400));
  EXPECT_TRUE(store.Keeps(1));
}

TEST(TraceStoreTest, TheRootIsTheSpanWithoutParentElseTheFirstWithARemoteOne) {
  StoreWithClock store;
  store.End({Root(1, 10, 5).RemoteParent().Name("second").Times(200, 300)});
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "second");
  store.End({Root(1, 11, 5).RemoteParent().Name("first").Times(150, 300)});
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "first");
  store.End({Root(1, 5).Name("whole").Times(180, 400)});
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "whole");
  store.End({Root(1, 12, 5).RemoteParent().Name("other").Times(100, 300)});
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "whole");
  EXPECT_EQ(store->Find(Id(1))->summary.start_unix_ns, 100u);
  EXPECT_EQ(store->Find(Id(1))->summary.end_unix_ns, 400u);
}

TEST(TraceStoreTest, ATraceWhoseRootNeverEndsIsIncomplete) {
  StoreWithClock store({.max_pending_age = minutes(5), .keeping = ErrorsOnly()});
  store.End({SpanBuilder(1, 11, 10).Error()});
  store.Pass(minutes(5) - milliseconds(1));
  EXPECT_FALSE(store.Keeps(1));
  store.Pass(milliseconds(1));
  ASSERT_TRUE(store.Keeps(1));
  EXPECT_EQ(store->Find(Id(1))->summary.marks, kTraceMarkIncomplete);
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "");
  EXPECT_EQ(store->stats().incomplete_traces, 1u);
}

TEST(TraceStoreTest, KeepsEachTraceThatIsStillAtWorkAsSlow) {
  StoreWithClock store(
      {.max_pending_age = minutes(5), .keeping = {.slowest_per_root = 1, .random_share = 0}});
  // Each shorter than the one before, as far as the store can tell.
  for (std::uint64_t trace = 1; trace <= 3; ++trace) {
    store.End({SpanBuilder(trace, 11, 10).Times(0, 100 - trace)});
  }
  store.Pass(minutes(5));
  for (std::uint64_t trace = 1; trace <= 3; ++trace) {
    ASSERT_TRUE(store.Keeps(trace)) << trace;
    EXPECT_EQ(store->Find(Id(trace))->summary.kept_for, TraceKeepReason::kSlow);
    EXPECT_EQ(store->Find(Id(trace))->summary.marks, kTraceMarkIncomplete);
  }
  EXPECT_EQ(store->stats().kept_slow, 3u);

  store.End({Root(1, 10).Name("whole").Times(0, 1'000)});
  EXPECT_EQ(store->Find(Id(1))->summary.marks, kTraceMarkIncomplete | kTraceMarkLate);
  EXPECT_EQ(store->Find(Id(1))->summary.root_name, "whole");

  // An error is said first.
  store.End({SpanBuilder(4, 11, 10).Error()});
  store.Pass(minutes(5));
  EXPECT_EQ(store->Find(Id(4))->summary.kept_for, TraceKeepReason::kError);
}

TEST(TraceStoreTest, KeepsNoneForBeingAtWorkWhereNoneIsKeptForBeingSlow) {
  StoreWithClock store({.max_pending_age = minutes(5), .keeping = ErrorsOnly()});
  store.End({SpanBuilder(1, 11, 10)});
  store.Pass(minutes(5));
  EXPECT_FALSE(store->Find(Id(1)));
  EXPECT_EQ(store->stats().dropped_traces, 1u);
}

TEST(TraceStoreTest, KeepsTheSlowestOfEachRootInAWindow) {
  StoreWithClock store(
      {.grace_period = seconds(0),
       .keeping = {.slowest_per_root = 2, .slowest_window = minutes(1), .random_share = 0}});
  const auto keeps = [&](std::uint64_t trace, const char* name, std::uint64_t duration) {
    store.End({Root(trace, 1).Name(name).Times(0, duration)});
    store->OnDrained();
    return store.Keeps(trace);
  };
  EXPECT_TRUE(keeps(1, "a", 10));
  EXPECT_TRUE(keeps(2, "a", 20));
  EXPECT_FALSE(keeps(3, "a", 10)) << "two took as long or longer";
  EXPECT_TRUE(keeps(4, "a", 11));
  EXPECT_FALSE(keeps(5, "a", 11));
  EXPECT_TRUE(keeps(6, "b", 1)) << "another root has a list of its own";
  EXPECT_TRUE(keeps(7, "a", 30));
  EXPECT_FALSE(keeps(8, "a", 20));
  store.Pass(minutes(1));
  EXPECT_TRUE(keeps(9, "a", 1)) << "a new window";
  EXPECT_EQ(store->stats().kept_slow, 6u);
  EXPECT_EQ(store->Find(Id(9))->summary.kept_for, TraceKeepReason::kSlow);
}

TEST(TraceStoreTest, RootsBeyondThoseItKnowsShareOneList) {
  StoreWithClock store(
      {.grace_period = seconds(0), .keeping = {.slowest_per_root = 1, .random_share = 0}});
  constexpr std::uint64_t kRoots = 1'024;
  for (std::uint64_t i = 1; i <= kRoots + 2; ++i) {
    const std::string name = "shared list " + std::to_string(i);
    store.End({Root(i, 1).Name(InternName(name).view())});
  }
  store->OnDrained();
  EXPECT_EQ(store->stats().kept_slow, kRoots + 1);
  EXPECT_FALSE(store.Keeps(kRoots + 2));
}

TEST(TraceStoreTest, KeepsARandomShareByTheTraceId) {
  StoreWithClock half(
      {.grace_period = seconds(0), .keeping = {.slowest_per_root = 0, .random_share = 0.5}});
  StoreWithClock tenth(
      {.grace_period = seconds(0), .keeping = {.slowest_per_root = 0, .random_share = 0.1}});
  constexpr std::uint64_t kTraces = 2'000;
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    half.End({Root(i, 1)});
    tenth.End({Root(i, 1)});
  }
  half->OnDrained();
  tenth->OnDrained();
  EXPECT_NEAR(static_cast<double>(half->stats().kept_random), 1'000, 100);
  EXPECT_NEAR(static_cast<double>(tenth->stats().kept_random), 200, 60);
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    EXPECT_LE(tenth.Keeps(i), half.Keeps(i)) << "what a small share chooses, a larger one does";
  }
}

TEST(TraceStoreTest, ASpanThatComesAfterTheDecisionIsMarkedLate) {
  StoreWithClock store({.keeping = ErrorsOnly()});
  store.End({SpanBuilder(1, 11, 10).Error(), Root(1, 10)});
  store.Pass(seconds(1));
  store.End({SpanBuilder(1, 12, 10).Error().Times(150, 900)});
  const StoredTrace trace = *store->Find(Id(1));
  EXPECT_EQ(trace.summary.marks, kTraceMarkLate);
  EXPECT_EQ(trace.summary.span_count, 3u);
  EXPECT_EQ(trace.summary.error_count, 2u);
  EXPECT_EQ(trace.summary.end_unix_ns, 900u);
  ASSERT_EQ(trace.spans.size(), 3u);
  EXPECT_EQ(trace.spans[2].span_id.value, 12u);
  EXPECT_EQ(trace.span_marks[2], kSpanMarkLate | kSpanMarkOutOfOrder);
  EXPECT_EQ(store->stats().late_spans, 1u);
}

TEST(TraceStoreTest, ALateErrorDoesNotReviveADroppedTrace) {
  StoreWithClock store({.keeping = ErrorsOnly()});
  store.End({Root(1, 10)});
  store.Pass(seconds(1));
  store.End({SpanBuilder(1, 11, 10).Error(), SpanBuilder(1, 12, 10)});
  EXPECT_FALSE(store->Find(Id(1)));
  EXPECT_EQ(store->stats().dropped_spans_late, 2u);
  EXPECT_EQ(store->stats().dropped_late_errors, 1u);
  EXPECT_EQ(store->stats().pending_traces, 0u);
}

TEST(TraceStoreTest, OrphansAndSpansOutOfOrderAreKeptAndMarked) {
  StoreWithClock store;
  store.End({SpanBuilder(1, 11, 10).Times(90, 150),   // before its parent
             SpanBuilder(1, 12, 10).Times(150, 210),  // ends after it
             SpanBuilder(1, 13, 99).Times(160, 170),  // a parent that is not there
             SpanBuilder(1, 14, 98).Times(161, 170).RemoteParent(),
             SpanBuilder(1, 15, 10).Times(162, 170).Kind(SpanKind::kProducer),
             SpanBuilder(1, 16, 15).Times(165, 500).Kind(SpanKind::kConsumer),
             SpanBuilder(1, 17, 15).Times(161, 500).Kind(SpanKind::kConsumer),
             Root(1, 10).Times(100, 200)});
  const StoredTrace trace = *store->Find(Id(1));
  std::vector<std::pair<std::uint64_t, int>> marks;
  for (std::size_t i = 0; i < trace.spans.size(); ++i) {
    marks.emplace_back(trace.spans[i].span_id.value, trace.span_marks[i]);
  }
  EXPECT_THAT(marks, ::testing::ElementsAre(std::pair(11, kSpanMarkOutOfOrder), std::pair(10, 0),
                                            std::pair(12, kSpanMarkOutOfOrder),
                                            std::pair(13, kSpanMarkOrphan),
                                            std::pair(17, kSpanMarkOutOfOrder), std::pair(14, 0),
                                            std::pair(15, 0), std::pair(16, 0)));
  EXPECT_EQ(trace.spans[0].start_unix_ns, 90u) << "times stay as they are";
}

// A number that is mostly small, and now and then any.
std::uint64_t RandomNumber(std::mt19937_64& random) {
  const std::uint64_t number = random();
  return number >> (random() % 64);
}

std::string RandomText(std::mt19937_64& random) {
  std::string text(random() % 8 == 0 ? random() % 1'000 : random() % 12, '\0');
  for (char& character : text) character = static_cast<char>(random());
  return text;
}

std::string_view RandomName(std::mt19937_64& random) {
  constexpr std::string_view kNames[] = {"", "a", "b", "a longer name than those", "\u00E4"};
  return kNames[random() % std::size(kNames)];
}

std::vector<SpanAttribute> RandomAttributes(std::mt19937_64& random) {
  std::vector<SpanAttribute> attributes(random() % 3 == 0 ? random() % 20 : random() % 4);
  for (SpanAttribute& attribute : attributes) {
    attribute.key = RandomName(random);
    switch (random() % 4) {
      case 0:
        attribute.value =
            static_cast<std::int64_t>(RandomNumber(random)) * (random() % 2 == 0 ? 1 : -1);
        break;
      case 1:
        attribute.value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 9));
        break;
      case 2:
        attribute.value = random() % 2 == 0;
        break;
      default:
        attribute.value = RandomText(random);
    }
  }
  return attributes;
}

SpanData RandomSpan(std::mt19937_64& random) {
  SpanData span;
  span.trace_id = {.high = random(), .low = random()};
  span.span_id = {random()};
  span.parent_span_id = {random() % 2 == 0 ? 0 : random()};
  span.parent_is_remote = random() % 2 == 0;
  span.flags = static_cast<std::uint8_t>(random() % 4);
  span.kind = static_cast<SpanKind>(1 + random() % 5);
  span.status = static_cast<SpanStatus>(random() % 3);
  span.name = RandomName(random);
  span.component = RandomName(random);
  span.start_unix_ns = RandomNumber(random) / 2;
  span.end_unix_ns = span.start_unix_ns + RandomNumber(random) / 2;
  span.thread_id = static_cast<std::uint32_t>(random());
  span.thread_name = RandomName(random);
  span.attributes = RandomAttributes(random);
  if (random() % 2 == 0) return span;
  span.status_message = RandomText(random);
  span.trace_state = RandomText(random);
  span.dropped_attributes = static_cast<std::uint32_t>(RandomNumber(random));
  span.dropped_events = static_cast<std::uint32_t>(RandomNumber(random));
  span.dropped_links = static_cast<std::uint32_t>(RandomNumber(random));
  span.truncated_values = static_cast<std::uint32_t>(RandomNumber(random));
  for (std::size_t i = random() % 3; i > 0; --i) {
    span.events.push_back({RandomName(random), random(), RandomAttributes(random)});
  }
  for (std::size_t i = random() % 3; i > 0; --i) {
    span.links.push_back({{random(), random()},
                          {random()},
                          static_cast<std::uint8_t>(random() % 4),
                          RandomText(random),
                          RandomAttributes(random)});
  }
  return span;
}

TEST(TraceStoreTest, GivesBackEverySpanAsItCame) {
  std::mt19937_64 random(20260101);  // NOLINT(cert-msc51-cpp): the same in each run
  StoreWithClock store({.grace_period = seconds(0), .keeping = Everything()});
  for (int i = 0; i < 2'000; ++i) {
    const SpanData span = RandomSpan(random);
    store->OnEnd({&span, 1});
    ASSERT_EQ(store->Find(span.trace_id)->spans, std::vector<SpanData>{span});
    store.Pass(minutes(5));
    ASSERT_EQ(store->Find(span.trace_id)->spans, std::vector<SpanData>{span});
  }
}

TEST(TraceStoreTest, KeepsExtremeValues) {
  StoreWithClock store;
  SpanBuilder span(1, 10);
  span.Attribute("int_min", std::numeric_limits<std::int64_t>::min())
      .Attribute("int_max", std::numeric_limits<std::int64_t>::max())
      .Attribute("infinity", -std::numeric_limits<double>::infinity())
      .Attribute("denormal", std::numeric_limits<double>::denorm_min())
      .Times(0, std::numeric_limits<std::uint64_t>::max());
  store.End({span});
  EXPECT_EQ(store->Find(Id(1))->spans[0], span.span);
}

TEST(TraceStoreTest, NamesOutliveWhereTheyCameFrom) {
  StoreWithClock store;
  {
    // As the literals of a plugin: they are gone when it is.
    auto name = std::make_unique<std::string>("a name of a plugin that is unloaded");
    store.End({SpanBuilder(1, 10).Name(*name)});
    const void* const address = name->data();
    *name = "another one at the same address, in";
    ASSERT_EQ(name->data(), address);
    store.End({SpanBuilder(2, 10).Name(*name)});
  }
  EXPECT_EQ(store->Find(Id(1))->spans[0].name, "a name of a plugin that is unloaded");
  EXPECT_EQ(store->Find(Id(2))->spans[0].name, "another one at the same address, in");
}

TEST(TraceStoreTest, TheSystemsClockIsTheDefault) {
  const auto store =
      TraceStore::Create({.grace_period = seconds(0), .keeping = Everything()}).value();
  const SpanData span = SpanBuilder(1, 10).span;
  store->OnEnd({&span, 1});
  store->OnDrained();
  EXPECT_EQ(store->stats().traces, 1u);
}

}  // namespace
}  // namespace vitals
