#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/model/span_context.h"
#include "vitals/trace/trace_state.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

constexpr std::uint8_t kBothFlags = kTraceFlagSampled | kTraceFlagRandom;

TEST(SpanIdsTest, RootsAreValidAndRandom) {
  Traced traced;
  const Span span = traced.tracer.StartSpan("x");
  EXPECT_TRUE(span.context().IsValid());
  EXPECT_EQ(span.context().flags, kBothFlags);
  EXPECT_FALSE(span.context().is_remote);
  EXPECT_EQ(span.context().trace_state, 0u);
}

TEST(SpanIdsTest, IdsAreDistinctWithinAndAcrossThreads) {
  Traced traced;
  constexpr int kThreads = 4;
  constexpr int kSpans = 2000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kSpans; ++n) {
        const Span root = traced.tracer.StartSpan("root");
        const Span child = traced.tracer.StartSpan("child");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<TraceId> traces;
  std::set<SpanId> spans;
  for (const SpanData& span : traced.Ended()) {
    EXPECT_TRUE(span.trace_id.IsValid() && span.span_id.IsValid());
    traces.insert(span.trace_id);
    spans.insert(span.span_id);
  }
  EXPECT_EQ(traces.size(), std::size_t{kThreads * kSpans});
  EXPECT_EQ(spans.size(), std::size_t{2 * kThreads * kSpans});
}

TEST(SpanIdsTest, EveryBitOfAnIdIsSetHalfTheTime) {
  Traced traced;
  constexpr int kSpans = 10'000;
  int set[64] = {};
  for (int i = 0; i < kSpans; ++i) {
    const Span span = traced.tracer.StartSpan("x", {.parent = SpanContext()});
    for (int bit = 0; bit < 64; ++bit) {
      if ((span.context().trace_id.low >> bit & 1) != 0) ++set[bit];
    }
  }
  // Eight standard deviations of a fair coin.
  for (const int count : set) EXPECT_NEAR(count, kSpans / 2, 400);
  traced.Ended();
}

TEST(SpanIdsTest, AChildIsInItsParentsTrace) {
  Traced traced;
  Span parent = traced.tracer.StartSpan("parent");
  Span child = traced.tracer.StartSpan("child");
  Span grandchild = traced.tracer.StartSpan("grandchild");
  EXPECT_EQ(child.context().trace_id, parent.context().trace_id);
  EXPECT_NE(child.context().span_id, parent.context().span_id);
  EXPECT_EQ(child.context().flags, kBothFlags);
  grandchild.End();
  child.End();
  parent.End();
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].parent_span_id, child.context().span_id);
  EXPECT_EQ(spans[1].parent_span_id, parent.context().span_id);
  EXPECT_FALSE(spans[2].parent_span_id.IsValid());
  for (const SpanData& span : spans) EXPECT_EQ(span.trace_id, parent.context().trace_id);
  EXPECT_FALSE(spans[0].IsLocalRoot());
}

TEST(SpanIdsTest, AnExplicitParentCountsBeforeTheCurrentOne) {
  Traced traced;
  const SpanContext parent{.trace_id = {1, 2}, .span_id = {3}, .flags = kTraceFlagSampled};
  const Span current = traced.tracer.StartSpan("current");
  traced.tracer.StartSpan("x", {.parent = parent}).End();
  const SpanData span = traced.EndedSpan();
  EXPECT_EQ(span.trace_id, parent.trace_id);
  EXPECT_EQ(span.parent_span_id, parent.span_id);
  EXPECT_EQ(span.flags, kTraceFlagSampled) << "random only where the parent is";
  EXPECT_FALSE(span.parent_is_remote);
}

TEST(SpanIdsTest, AnInvalidExplicitParentIsNone) {
  Traced traced;
  const Span current = traced.tracer.StartSpan("current");
  const SpanContext invalid[] = {
      {},
      {.trace_id = {1, 2}, .trace_state = StoreTraceState("a=1"), .flags = kBothFlags},
      {.span_id = {3}, .is_remote = true},
  };
  for (const SpanContext& parent : invalid) {
    traced.tracer.StartSpan("x", {.parent = parent}).End();
    const SpanData span = traced.EndedSpan();
    EXPECT_NE(span.trace_id, current.context().trace_id);
    EXPECT_NE(span.trace_id, parent.trace_id);
    EXPECT_TRUE(span.trace_id.IsValid());
    EXPECT_FALSE(span.parent_span_id.IsValid());
    EXPECT_FALSE(span.parent_is_remote);
    EXPECT_EQ(span.trace_state, "");
    EXPECT_EQ(span.flags, kBothFlags);
  }
}

TEST(SpanIdsTest, ARemoteParentIsMarkedAndItsChildrenAreNot) {
  Traced traced;
  const SpanContext remote{.trace_id = {1, 2},
                           .span_id = {3},
                           .trace_state = StoreTraceState("vendor=7"),
                           .flags = kBothFlags,
                           .is_remote = true};
  {
    const Span server = traced.tracer.StartSpan("server", {.parent = remote});
    EXPECT_FALSE(server.context().is_remote);
    EXPECT_EQ(server.context().trace_state, remote.trace_state);
    const Span inner = traced.tracer.StartSpan("inner");
    EXPECT_EQ(inner.context().trace_state, remote.trace_state);
  }
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_FALSE(spans[0].parent_is_remote);
  EXPECT_FALSE(spans[0].IsLocalRoot());
  EXPECT_TRUE(spans[1].parent_is_remote);
  EXPECT_TRUE(spans[1].IsLocalRoot());
  for (const SpanData& span : spans) {
    EXPECT_EQ(span.trace_state, "vendor=7");
    EXPECT_EQ(span.flags, kBothFlags);
  }
}

TEST(SpanIdsTest, FlagsThatNobodyKnowsAreNotPassedOn) {
  Traced traced;
  const SpanContext parent{
      .trace_id = {1, 2}, .span_id = {3}, .trace_state = StoreTraceState("a=1"), .flags = 0xFF};
  traced.tracer.StartSpan("x", {.parent = parent}).End();
  const SpanData span = traced.EndedSpan();
  EXPECT_EQ(span.flags, kBothFlags);
  EXPECT_EQ(span.trace_state, "a=1");
}

}  // namespace
}  // namespace vitals
