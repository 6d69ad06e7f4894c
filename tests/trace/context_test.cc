#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
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

TEST(ContextTest, AScopeIsCurrentWithin) {
  Traced traced;
  {
    const ContextScope outer(ContextOf(1));
    EXPECT_EQ(CurrentSpanContext(), ContextOf(1));
    {
      const ContextScope inner(ContextOf(2));
      EXPECT_EQ(traced.CurrentParent(), SpanId{2});
    }
    EXPECT_EQ(traced.CurrentParent(), SpanId{1});
    const ContextScope none{SpanContext()};
    EXPECT_FALSE(traced.CurrentParent().IsValid());
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(ContextTest, OuterOnesMayEndFirst) {
  Traced traced;
  auto outer = StartOnHeap(traced);
  auto middle = StartOnHeap(traced);
  auto inner = StartOnHeap(traced);
  const SpanId inner_id = inner->context().span_id;
  outer.reset();
  middle.reset();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), inner_id);
  inner.reset();
  traced.Ended();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, InEveryOrderOfEndsTheCurrentOneIsTheInnermostThatIsOpen) {
  Traced traced;
  std::array<std::size_t, 4> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    std::array<std::unique_ptr<Span>, 4> spans;
    std::array<std::optional<ContextScope>, 4> scopes;
    std::array<SpanContext, 4> contexts;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (i % 2 == 0) {
        spans[i] = StartOnHeap(traced);
        contexts[i] = spans[i]->context();
      } else {
        contexts[i] = ContextOf(i);
        scopes[i].emplace(contexts[i]);
      }
    }
    for (const std::size_t ended : order) {
      spans[ended].reset();
      scopes[ended].reset();
      contexts[ended] = SpanContext();
      const auto innermost = std::find_if(contexts.rbegin(), contexts.rend(),
                                          [](const SpanContext& open) { return open.IsValid(); });
      ASSERT_EQ(CurrentSpanContext(), innermost == contexts.rend() ? SpanContext() : *innermost);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  traced.Ended();
}

TEST(ContextTest, ADetachedSpanIsNobodysParent) {
  Traced traced;
  const auto outer = StartOnHeap(traced);
  auto inner = StartOnHeap(traced);
  inner->Detach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  inner->Detach();
  EXPECT_TRUE(inner->IsRecording());
  inner->Attach();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
  inner->Attach();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
  inner->Detach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  const auto detached = StartOnHeap(traced, true);
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  detached->Attach();
  EXPECT_EQ(CurrentSpanContext(), detached->context());
}

TEST(ContextTest, AnAttachedSpanMovesToTheTop) {
  Traced traced;
  auto outer = StartOnHeap(traced);
  auto inner = StartOnHeap(traced);
  outer->Attach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  outer.reset();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
}

TEST(ContextTest, ASpanGoesOnOnAnotherThread) {
  Traced traced;
  const auto outer = StartOnHeap(traced);
  auto span = StartOnHeap(traced);
  span->Detach();
  std::thread([&] {
    EXPECT_FALSE(CurrentSpanContext().IsValid());
    span->Attach();
    EXPECT_EQ(CurrentSpanContext(), span->context());
    traced.tracer.StartSpan("child").End();
    span->Detach();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
    span->Attach();
    span.reset();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
  }).join();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].parent_span_id, spans[1].span_id);
}

TEST(ContextTest, ASpanThatWasForgottenIsTakenOutWithTheNextStart) {
  Traced traced;
  const auto outer = StartOnHeap(traced);
  auto forgotten = StartOnHeap(traced);
  const SpanContext forgotten_context = forgotten->context();
  std::thread([&] { forgotten.reset(); }).join();
  EXPECT_EQ(CurrentSpanContext(), forgotten_context) << "until then";
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), outer->context().span_id);
  EXPECT_EQ(CurrentSpanContext(), outer->context());
}

TEST(ContextTest, ASpanThatWasForgottenBelowAnotherIsTakenOut) {
  Traced traced;
  auto outer = StartOnHeap(traced);
  auto inner = StartOnHeap(traced);
  std::thread([&] { outer.reset(); }).join();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), inner->context().span_id);
  inner.reset();
  traced.Ended();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, ASpanThatIsAttachedElsewhereWithoutDetaching) {
  Traced traced;
  const auto outer = StartOnHeap(traced);
  auto span = StartOnHeap(traced);
  std::thread([&] {
    span->Attach();
    EXPECT_EQ(CurrentSpanContext(), span->context());
    span.reset();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
  }).join();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), outer->context().span_id);
}

TEST(ContextTest, AScopeThatIsLeftOnAnotherThreadIsTakenOut) {
  Traced traced;
  std::optional<ContextScope> scope;
  scope.emplace(ContextOf(1));
  std::thread([&] {
    const ContextScope own(ContextOf(2));
    scope.reset();
    EXPECT_EQ(CurrentSpanContext(), ContextOf(2));
  }).join();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, ASpanOutlivesItsThread) {
  Traced traced;
  std::unique_ptr<Span> span;
  std::thread([&] { span = StartOnHeap(traced); }).join();
  // A new thread takes over the state of the one that ended.
  std::thread([&] {
    EXPECT_FALSE(traced.tracer.StartSpan("x").context() == span->context());
    const auto own = StartOnHeap(traced);
    span.reset();
    EXPECT_EQ(CurrentSpanContext(), own->context());
  }).join();
  EXPECT_EQ(traced.Ended().size(), 3u);
}

TEST(ContextTest, ThousandsOfSpansAreDetached) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> spans;
  for (int i = 0; i < 5000; ++i) spans.push_back(StartOnHeap(traced, true));
  {
    const auto outer = StartOnHeap(traced);
    const auto inner = StartOnHeap(traced);
    EXPECT_EQ(CurrentSpanContext(), inner->context());
  }
  std::shuffle(spans.begin(), spans.end(), std::mt19937(1));
  spans.clear();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  const std::vector<SpanData> ended = traced.Ended();
  ASSERT_EQ(ended.size(), 5002u);
  for (std::size_t i = 2; i < ended.size(); ++i) {
    ASSERT_FALSE(ended[i].parent_span_id.IsValid());
  }
}

}  // namespace
}  // namespace vitals
