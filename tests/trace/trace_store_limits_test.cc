#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "tests/trace/spans.h"
#include "vitals/metrics/registry.h"
#include "vitals/trace/trace_store.h"
#include "vitals/trace/trace_store_collector.h"

namespace vitals {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ErrorsOnly;
using testing::Everything;
using ::testing::HasSubstr;
using testing::Id;
using testing::SpanBuilder;
using testing::StoreWithClock;
using testing::Value;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

// The least that a store can be made of.
TraceStoreOptions Small() {
  return {.max_bytes = kMebibyte,
          .max_bytes_per_trace = kMebibyte,
          .grace_period = seconds(0),
          .cached_decisions = 1'024,
          .keeping = Everything()};
}

void ExpectNothingIsUncounted(const TraceStoreStats& stats) {
  EXPECT_EQ(stats.received_spans, stats.spans + stats.pending_spans + stats.evicted_spans +
                                      stats.dropped_spans_not_kept + stats.dropped_spans_late +
                                      stats.dropped_spans_limit);
}

TEST(TraceStoreLimitsTest, TheOldestTracesGoWhenBytesRunOut) {
  StoreWithClock store(Small());
  constexpr std::uint64_t kTraces = 5'000;
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    store.End({SpanBuilder(i, 2, 1).Attribute("text", std::string(200, 'x')), SpanBuilder(i, 1)});
    store->OnDrained();
    ASSERT_LE(store->stats().bytes, kMebibyte);
  }
  const TraceStoreStats stats = store->stats();
  EXPECT_GT(stats.traces, 500u);
  EXPECT_EQ(stats.traces + stats.evicted_traces_bytes, kTraces);
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    ASSERT_EQ(store.Keeps(i), i > stats.evicted_traces_bytes) << i;
  }
  EXPECT_EQ(store->Search({.limit = 1'000}).value().size(),
            std::min<std::size_t>(stats.traces, 1'000));
  ExpectNothingIsUncounted(stats);
}

TEST(TraceStoreLimitsTest, ATraceTooLargeForTheStoreLeavesItEmpty) {
  StoreWithClock store(Small());
  store.End({SpanBuilder(1, 1).Attribute("text", std::string(kMebibyte - 1'000, 'x'))});
  store->OnDrained();
  EXPECT_EQ(store->stats().traces, 0u);
  EXPECT_EQ(store->stats().evicted_traces_bytes, 1u);
}

TEST(TraceStoreLimitsTest, SpansOfAnEvictedTraceAreLateAndDropped) {
  TraceStoreOptions options = Small();
  options.max_age = minutes(1);
  StoreWithClock store(options);
  store.End({SpanBuilder(1, 1)});
  store->OnDrained();
  store.Pass(seconds(30));
  store.End({SpanBuilder(2, 1)});
  store->OnDrained();
  store.Pass(seconds(30));
  EXPECT_FALSE(store->Find(Id(1)));
  EXPECT_TRUE(store.Keeps(2));
  store.End({SpanBuilder(1, 2, 1)});
  EXPECT_FALSE(store->Find(Id(1))) << "half a trace would be shown as a whole one";
  EXPECT_EQ(store->stats().dropped_spans_late, 1u);
  EXPECT_EQ(store->stats().evicted_traces_age, 1u);
  ExpectNothingIsUncounted(store->stats());
}

TEST(TraceStoreLimitsTest, SpansBeyondTheLimitOfATraceAreRefusedAndSaid) {
  TraceStoreOptions options = Small();
  options.max_spans_per_trace = 3;
  StoreWithClock store(options);
  store.End({SpanBuilder(1, 2, 1), SpanBuilder(1, 3, 1), SpanBuilder(1, 4, 1), SpanBuilder(1, 5, 1),
             SpanBuilder(1, 1)});
  store->OnDrained();
  store.End({SpanBuilder(1, 6, 1)});
  const StoredTrace trace = *store->Find(Id(1));
  EXPECT_EQ(trace.summary.marks, kTraceMarkTruncated);
  EXPECT_EQ(trace.summary.refused_spans, 2u);
  EXPECT_EQ(trace.summary.span_count, 4u) << "the root has a place in any case";
  EXPECT_EQ(trace.summary.root_name, "root");
  EXPECT_EQ(store->stats().dropped_spans_limit, 2u);
  ExpectNothingIsUncounted(store->stats());
}

TEST(TraceStoreLimitsTest, BytesOfATraceAreLimited) {
  TraceStoreOptions options = Small();
  options.max_bytes_per_trace = 1'024;
  options.keeping = ErrorsOnly();
  StoreWithClock store(options);
  const std::string text(600, 'x');
  store.End({SpanBuilder(1, 2, 1).Attribute("text", text),
             SpanBuilder(1, 3, 1).Attribute("text", text).Error(),
             SpanBuilder(1, 1).Attribute("text", text)});
  store.End({SpanBuilder(2, 1).Attribute("text", std::string(1'024, 'x')).Error()});
  store->OnDrained();
  const TraceSummary first = store->Find(Id(1))->summary;
  EXPECT_EQ(first.span_count, 2u);
  EXPECT_EQ(first.refused_spans, 1u);
  EXPECT_EQ(first.kept_for, TraceKeepReason::kError) << "the error was refused, and not forgotten";
  const StoredTrace second = *store->Find(Id(2));
  EXPECT_TRUE(second.spans.empty());
  EXPECT_EQ(second.summary.refused_spans, 1u);
  EXPECT_EQ(second.summary.root_name, "root");
  EXPECT_EQ(second.summary.start_unix_ns, 100u);
  EXPECT_EQ(second.summary.duration_ns(), 0u);
}

TEST(TraceStoreLimitsTest, PendingTracesAreDecidedEarlyWhenBytesRunOut) {
  TraceStoreOptions options = Small();
  options.max_bytes = 64 * kMebibyte;
  options.max_pending_bytes = kMebibyte;
  options.grace_period = hours(1);
  options.max_pending_age = hours(2);
  StoreWithClock store(options);
  store.End({SpanBuilder(1, 2, 1)});
  constexpr std::uint64_t kTraces = 5'000;
  for (std::uint64_t i = 2; i <= kTraces; ++i) {
    store.End({SpanBuilder(i, 1)});
    ASSERT_LE(store->stats().pending_bytes, kMebibyte);
  }
  TraceStoreStats stats = store->stats();
  EXPECT_GT(stats.early_decisions, 1'000u);
  EXPECT_EQ(stats.early_decisions, stats.traces);
  EXPECT_EQ(stats.incomplete_traces, 0u);
  EXPECT_FALSE(store.Keeps(1)) << "its root has not ended, others have";
  EXPECT_TRUE(store.Keeps(2));
  EXPECT_FALSE(store.Keeps(kTraces));

  for (std::uint64_t i = kTraces + 1; i <= 3 * kTraces; ++i) store.End({SpanBuilder(i, 2, 1)});
  stats = store->stats();
  EXPECT_TRUE(store.Keeps(1));
  EXPECT_EQ(store->Find(Id(1))->summary.marks, kTraceMarkIncomplete);
  EXPECT_GT(stats.incomplete_traces, 1'000u);
  ExpectNothingIsUncounted(stats);
}

TEST(TraceStoreLimitsTest, RemembersAboutAsManyDecisionsAsItIsTold) {
  TraceStoreOptions options = Small();
  options.keeping = ErrorsOnly();
  StoreWithClock store(options);
  constexpr std::uint64_t kTraces = 10'000;
  for (std::uint64_t i = 1; i <= kTraces; ++i) store.End({SpanBuilder(i, 1)});
  store->OnDrained();
  for (std::uint64_t i = 1; i <= kTraces; ++i) store.End({SpanBuilder(i, 2, 1)});
  const TraceStoreStats stats = store->stats();
  EXPECT_EQ(stats.dropped_spans_late + stats.pending_traces, kTraces);
  EXPECT_NEAR(static_cast<double>(stats.dropped_spans_late), 1'024, 32);
  ExpectNothingIsUncounted(stats);
}

// Traces in pieces of any kind, and little room for anything: what came is always accounted for.
TEST(TraceStoreLimitsTest, NothingIsUncountedWhateverComes) {
  std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp): the same in each run
  TraceStoreOptions options = Small();
  options.max_pending_bytes = kMebibyte;
  options.max_spans_per_trace = 3;
  options.max_age = seconds(20);
  options.grace_period = milliseconds(300);
  options.max_pending_age = seconds(3);
  options.keeping = {.slowest_per_root = 3, .slowest_window = seconds(5), .random_share = 0.3};
  StoreWithClock store(options);
  for (int i = 0; i < 20'000; ++i) {
    SpanBuilder span(random() % 400 + static_cast<std::uint64_t>(i) / 100, random(), random() % 4);
    span.Times(random() % 1'000, 1'000 + random() % 1'000);
    span.Attribute("text", std::string(random() % 400, 'x'));
    if (random() % 50 == 0) span.Error();
    store.End({span});
    if (random() % 10 == 0) store.Pass(milliseconds(random() % 200));
    if (i % 500 == 0) ExpectNothingIsUncounted(store->stats());
  }
  store.Pass(options.max_pending_age);
  store.Pass(options.max_age);
  const TraceStoreStats stats = store->stats();
  ExpectNothingIsUncounted(stats);
  EXPECT_EQ(stats.traces + stats.pending_traces + stats.spans + stats.pending_spans, 0u);
  EXPECT_GT(stats.late_spans, 0u);
  EXPECT_GT(stats.dropped_spans_limit, 0u);
  EXPECT_GT(stats.kept_random + stats.kept_errors + stats.kept_slow, 0u);
}

TEST(TraceStoreLimitsTest, EachOptionIsChecked) {
  struct Case {
    std::function<void(TraceStoreOptions&)> spoil;
    const char* message;
  };
  const std::vector<Case> cases = {
      {[](auto& o) { o.max_bytes = 1; }, "max_bytes is 1, must be from 1048576"},
      {[](auto& o) { o.max_pending_bytes = 1; }, "max_pending_bytes is 1, must be from 65536"},
      {[](auto& o) { o.max_age = seconds(0); }, "max_age is 0 ns, must be at least 1000000 ns"},
      {[](auto& o) { o.max_spans_per_trace = 0; }, "max_spans_per_trace is 0"},
      {[](auto& o) { o.max_bytes_per_trace = 1'023; }, "max_bytes_per_trace is 1023"},
      {[](auto& o) { o.max_bytes_per_trace = 33 * kMebibyte; }, "must be from 1024 to 33554432"},
      {[](auto& o) { o.grace_period = seconds(-1); }, "grace_period is -1000000000 ns"},
      {[](auto& o) { o.max_pending_age = seconds(0); }, "max_pending_age is 0 ns"},
      {[](auto& o) { o.cached_decisions = 7; }, "cached_decisions is 7, must be from 8"},
      {[](auto& o) { o.cached_decisions = 16 * kMebibyte; }, "more than half of max_bytes"},
      {[](auto& o) { o.keeping.slowest_per_root = 1'001; }, "keeping.slowest_per_root is 1001"},
      {[](auto& o) { o.keeping.slowest_window = seconds(0); }, "keeping.slowest_window is 0 ns"},
      {[](auto& o) { o.keeping.random_share = 1.5; }, "keeping.random_share is 1.5"},
      {[](auto& o) { o.keeping.random_share = std::numeric_limits<double>::quiet_NaN(); },
       "keeping.random_share is nan"},
  };
  for (const Case& bad : cases) {
    TraceStoreOptions options;
    bad.spoil(options);
    const auto store = TraceStore::Create(options);
    EXPECT_EQ(store.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(store.status().message()), HasSubstr(bad.message));
  }
}

TEST(TraceStoreLimitsTest, ATimeBeyondAYearIsNever) {
  TraceStoreOptions options = Small();
  options.max_age = std::chrono::nanoseconds::max();
  StoreWithClock store(options);
  store.End({SpanBuilder(1, 1)});
  store->OnDrained();
  store.Pass(hours(24 * 364));
  EXPECT_TRUE(store.Keeps(1));
}

TEST(TraceStoreLimitsTest, TheCollectorShowsTheFigures) {
  TraceStoreOptions options = Small();
  options.keeping = ErrorsOnly();
  options.max_age = minutes(1);
  StoreWithClock store(options);
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<TraceStoreCollector>(store.store)).ok());
  store.End(
      {SpanBuilder(1, 1).Error(), SpanBuilder(2, 2, 1), SpanBuilder(2, 1), SpanBuilder(3, 2, 1)});
  store->OnDrained();
  store.End({SpanBuilder(1, 2, 1), SpanBuilder(2, 3, 1).Error()});
  const auto value = [&](const std::string& name) {
    return Value(registry, "vitals_trace_store_" + name);
  };
  EXPECT_EQ(value("traces"), "1");
  EXPECT_EQ(value("spans"), "2");
  EXPECT_EQ(value("bytes"), std::to_string(store->stats().bytes));
  EXPECT_EQ(value("pending_traces"), "1");
  EXPECT_EQ(value("pending_spans"), "1");
  EXPECT_EQ(value("pending_bytes"), std::to_string(store->stats().pending_bytes));
  EXPECT_EQ(value("received_spans_total"), "6");
  EXPECT_EQ(value("kept_traces_total{reason=\"error\"}"), "1");
  EXPECT_EQ(value("kept_traces_total{reason=\"slow\"}"), "0");
  EXPECT_EQ(value("dropped_traces_total"), "1");
  EXPECT_EQ(value("dropped_spans_total{reason=\"not_kept\"}"), "2");
  EXPECT_EQ(value("dropped_spans_total{reason=\"late\"}"), "1");
  EXPECT_EQ(value("dropped_spans_total{reason=\"limit\"}"), "0");
  EXPECT_EQ(value("dropped_late_errors_total"), "1");
  EXPECT_EQ(value("late_spans_total"), "1");
  store.Pass(minutes(1));
  EXPECT_EQ(value("evicted_traces_total{reason=\"age\"}"), "1");
  EXPECT_EQ(value("evicted_traces_total{reason=\"bytes\"}"), "0");
  EXPECT_EQ(value("evicted_spans_total"), "2");
  EXPECT_EQ(value("incomplete_traces_total"), "0");
  EXPECT_EQ(value("early_decisions_total"), "0");
  store.store.reset();
  EXPECT_EQ(value("traces"), "none");
}

TEST(TraceStoreLimitsTest, EachReasonHasAName) {
  EXPECT_EQ(TraceKeepReasonName(TraceKeepReason::kNone), "none");
  EXPECT_EQ(TraceKeepReasonName(TraceKeepReason::kEverything), "everything");
  EXPECT_EQ(TraceKeepReasonName(TraceKeepReason::kError), "error");
  EXPECT_EQ(TraceKeepReasonName(TraceKeepReason::kSlow), "slow");
  EXPECT_EQ(TraceKeepReasonName(TraceKeepReason::kRandom), "random");
}

}  // namespace
}  // namespace vitals
