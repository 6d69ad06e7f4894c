#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

SpanContext Context(std::uint64_t id) {
  return {.trace_id = {id, id}, .span_id = {id}, .flags = kTraceFlagSampled};
}

std::unique_ptr<Span> Start(const Traced& traced, bool detached = false) {
  return std::make_unique<Span>(traced.tracer, InternedName("x"),
                                SpanOptions{.detached = detached});
}

// Spans and scopes nested this deep: more than a thread has places for.
constexpr std::size_t kDepth = 200;

TEST(DeepContextTest, NestsAsDeepAsTheStackAllows) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < kDepth; ++i) {
    spans.push_back(Start(traced));
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
    scopes.push_back(std::make_unique<ContextScope>(Context(i)));
  }
  for (std::uint64_t i = kDepth; i > 0; --i) {
    ASSERT_EQ(CurrentSpanContext(), Context(i));
    scopes.pop_back();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(DeepContextTest, APlaceThatBecomesFreeHidesNoDeeperContext) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> detached;
  detached.reserve(32);
  for (int i = 0; i < 32; ++i) detached.push_back(Start(traced, true));
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < 40; ++i) spans.push_back(Start(traced));
  detached.clear();
  traced.Ended();
  for (int i = 0; i < 3; ++i) {
    const ContextScope scope(Context(1));
    EXPECT_EQ(traced.CurrentParent(), SpanId{1});
  }
  EXPECT_EQ(traced.CurrentParent(), spans.back()->context().span_id);
  while (!spans.empty()) {
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
    spans.pop_back();
    Start(traced).reset();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(DeepContextTest, ASpanAttachesAboveTheDeepest) {
  Traced traced;
  const auto detached = Start(traced, true);
  std::vector<std::unique_ptr<ContextScope>> scopes;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    scopes.push_back(std::make_unique<ContextScope>(Context(i)));
  }
  detached->Attach();
  EXPECT_EQ(CurrentSpanContext(), detached->context());
  detached->Detach();
  EXPECT_EQ(CurrentSpanContext(), Context(100));
  while (!scopes.empty()) scopes.pop_back();
  detached->Attach();
  detached->Detach();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

}  // namespace
}  // namespace vitals
