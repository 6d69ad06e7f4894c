#include "export/span_queue.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/export/spans.h"

namespace vitals::otlp {
namespace {

using vitals_test::FullSpan;
using vitals_test::PlainSpan;
using vitals_test::PlainSpans;

constexpr std::size_t kPlenty = 1'000'000;

TEST(SpanQueueTest, FirstInFirstOut) {
  SpanQueue queue(10, kPlenty);
  EXPECT_EQ(queue.Push(PlainSpans(3)), 3u);
  EXPECT_EQ(queue.Push(std::vector{FullSpan()}), 1u);
  std::vector<SpanData> batch = PlainSpans(7);
  queue.Pop(2, kPlenty, batch);
  EXPECT_EQ(batch, PlainSpans(2));
  queue.Pop(9, kPlenty, batch);
  EXPECT_EQ(batch, (std::vector{PlainSpan(3), FullSpan()}));
  queue.Pop(9, kPlenty, batch);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(SpanQueueTest, SpansBeyondTheBoundsAreNotTaken) {
  SpanQueue few(3, kPlenty);
  EXPECT_EQ(few.Push(PlainSpans(5)), 3u);
  EXPECT_EQ(few.Push(PlainSpans(1)), 0u);
  const std::size_t bytes = MemoryBytes(PlainSpan(1));
  SpanQueue small(100, 2 * bytes + bytes / 2);
  EXPECT_EQ(small.Push(PlainSpans(5)), 2u);
  EXPECT_EQ(small.size(), 2u);
  EXPECT_EQ(small.bytes(), 2 * bytes);
  EXPECT_EQ(small.Clear(), 2u);
  EXPECT_EQ(small.bytes(), 0u);
  EXPECT_EQ(small.Push(PlainSpans(1)), 1u);
}

TEST(SpanQueueTest, ABatchIsBoundedInBytesButNeverEmpty) {
  const std::size_t bytes = MemoryBytes(PlainSpan(1));
  SpanQueue queue(10, kPlenty);
  queue.Push(PlainSpans(4));
  std::vector<SpanData> batch;
  queue.Pop(10, 2 * bytes, batch);
  EXPECT_EQ(batch.size(), 2u);
  queue.Pop(10, 1, batch);
  EXPECT_EQ(batch.size(), 1u);
}

TEST(SpanQueueTest, EveryStringCounts) {
  SpanData span = PlainSpan(1);
  const std::size_t before = MemoryBytes(span);
  span.status_message = std::string(100, 'x');
  span.trace_state = std::string(100, 'x');
  const std::vector<SpanAttribute> attributes = {{"key", std::string(100, 'x')}};
  span.attributes = attributes;
  span.events = {{"event", 1, attributes}};
  span.links = {{{}, {}, 0, std::string(100, 'x'), attributes}};
  EXPECT_EQ(MemoryBytes(span),
            before + 600 + 3 * sizeof(SpanAttribute) + sizeof(SpanEvent) + sizeof(SpanLink));
}

}  // namespace
}  // namespace vitals::otlp
