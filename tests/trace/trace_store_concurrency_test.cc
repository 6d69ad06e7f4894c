#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/spans.h"
#include "vitals/trace/trace_store.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using testing::Id;
using testing::SpanBuilder;
using testing::StoreWithClock;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kTraces = 5'000;
#else
constexpr std::uint64_t kTraces = 50'000;
#endif

// A trace is seen whole or marked, however often it is looked at while traces come and go.
void Check(const StoredTrace& trace) {
  const TraceSummary& summary = trace.summary;
  ASSERT_EQ(trace.spans.size(), summary.span_count);
  if ((summary.marks & kTraceMarkPending) == 0) {
    ASSERT_EQ(summary.span_count, (summary.marks & kTraceMarkLate) != 0 ? 4u : 3u);
  }
  for (const SpanData& span : trace.spans) {
    ASSERT_EQ(span.trace_id, summary.trace_id);
    ASSERT_EQ(span.attributes.size(), 1u);
    ASSERT_EQ(std::get<std::int64_t>(span.attributes[0].value),
              static_cast<std::int64_t>(summary.trace_id.low));
  }
}

TEST(TraceStoreConcurrencyTest, ReadersSeeWholeTracesWhileSpansCome) {
  StoreWithClock store({.max_bytes = std::size_t{2} << 20,
                        .max_pending_bytes = std::size_t{1} << 20,
                        .max_bytes_per_trace = 4'096,
                        .grace_period = milliseconds(20),
                        .cached_decisions = 8'192,
                        .keeping = {.random_share = 0.5}});
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> latest{1};
  std::atomic<std::uint64_t> seen{0};
  const auto read = [&](const TraceQuery& query) {
    do {
      const auto visit = [&](const StoredTrace& trace) {
        Check(trace);
        ++seen;
        return true;
      };
      ASSERT_TRUE(store->ForEachTrace(query, visit).ok());
      if (const auto trace = store->Find(Id(latest.load()))) Check(*trace);
      ASSERT_GE(store->stats().received_spans, store->stats().spans);
    } while (!done);
  };
  std::vector<std::thread> readers;
  readers.emplace_back(read, TraceQuery{.limit = 50});
  readers.emplace_back(read, TraceQuery{.name = "child", .status = SpanStatus::kError});
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    const auto value = static_cast<std::int64_t>(i);
    std::vector<SpanBuilder> spans = {SpanBuilder(i, 2, 1), SpanBuilder(i, 3, 2),
                                      SpanBuilder(i, 1)};
    for (SpanBuilder& span : spans) span.Attribute("id", value).Times(i, i + 10);
    if (i % 7 == 0) spans[0].Error();
    store.End(spans);
    if (i > 100 && i % 5 == 0) {
      store.End({SpanBuilder(i - 100, 4, 1).Times(i - 100, i - 90).Attribute("id", value - 100)});
    }
    store.Pass(milliseconds(1));
    latest = i;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(seen.load(), 0u);
  const TraceStoreStats stats = store->stats();
  EXPECT_GT(stats.late_spans, 0u);
  EXPECT_EQ(stats.received_spans, stats.spans + stats.pending_spans + stats.evicted_spans +
                                      stats.dropped_spans_not_kept + stats.dropped_spans_late);
}

}  // namespace
}  // namespace vitals
