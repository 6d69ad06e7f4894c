#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::ContextOf;
using testing::StartOnHeap;
using testing::Traced;

// Spans and scopes nested this deep: more than a thread has places for.
constexpr std::size_t kDepth = 200;

TEST(DeepContextTest, NestsAsDeepAsTheStackAllows) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < kDepth; ++i) {
    spans.push_back(StartOnHeap(traced));
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
  }
  while (!spans.empty()) {
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
    spans.pop_back();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  const std::vector<SpanData> ended = traced.Ended();
  ASSERT_EQ(ended.size(), kDepth);
  for (std::size_t i = 0; i + 1 < kDepth; ++i) {
    ASSERT_EQ(ended[i].parent_span_id, ended[i + 1].span_id);
  }
}

TEST(DeepContextTest, ScopesNestAsDeepAsTheStackAllows) {
  std::vector<std::unique_ptr<ContextScope>> scopes;
  for (std::uint64_t i = 1; i <= kDepth; ++i) {
    scopes.push_back(std::make_unique<ContextScope>(ContextOf(i)));
  }
  for (std::uint64_t i = kDepth; i > 0; --i) {
    ASSERT_EQ(CurrentSpanContext(), ContextOf(i));
    scopes.pop_back();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(DeepContextTest, APlaceThatBecomesFreeHidesNoDeeperContext) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> detached;
  detached.reserve(32);
  for (int i = 0; i < 32; ++i) detached.push_back(StartOnHeap(traced, true));
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < 40; ++i) spans.push_back(StartOnHeap(traced));
  detached.clear();
  traced.Ended();
  for (int i = 0; i < 3; ++i) {
    const ContextScope scope(ContextOf(1));
    EXPECT_EQ(traced.CurrentParent(), SpanId{1});
  }
  EXPECT_EQ(traced.CurrentParent(), spans.back()->context().span_id);
  while (!spans.empty()) {
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
    spans.pop_back();
    StartOnHeap(traced).reset();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(DeepContextTest, ASpanAttachesAboveTheDeepest) {
  Traced traced;
  const auto detached = StartOnHeap(traced, true);
  std::vector<std::unique_ptr<ContextScope>> scopes;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    scopes.push_back(std::make_unique<ContextScope>(ContextOf(i)));
  }
  detached->Attach();
  EXPECT_EQ(CurrentSpanContext(), detached->context());
  detached->Detach();
  EXPECT_EQ(CurrentSpanContext(), ContextOf(100));
  while (!scopes.empty()) scopes.pop_back();
  detached->Attach();
  detached->Detach();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

}  // namespace
}  // namespace vitals
