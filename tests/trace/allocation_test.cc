#include <cstddef>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/allocation_count.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer_provider.h"

namespace vitals {
namespace {

using vitals_test::AllocationCount;

// Counts what is there.
class Counter final : public SpanProcessor {
 public:
  void OnEnd(std::span<const SpanData> spans) override { count += spans.size(); }
  std::size_t count = 0;
};

static_assert(noexcept(Span(Tracer(), InternedName())));
static_assert(noexcept(Span(Tracer(), InternedName(), SpanOptions{})));
static_assert(noexcept(ContextScope(SpanContext())));
static_assert(noexcept(std::declval<Span&>().End()));
static_assert(noexcept(std::declval<Span&>().SetAttribute(InternedName(), 1)));

TEST(TraceAllocationTest, RecordingAllocatesNothing) {
  const auto provider =
      TracerProvider::Create({.sampler = Sampler::RateLimited(1e6), .drain_interval = {}}).value();
  const Tracer tracer = provider->GetTracer("test");
  const std::string text(300, 'a');
  SpanContext context;
  const auto record = [&] {
    Span root = tracer.StartSpan("root", SpanKind::kServer);
    context = root.context();
    root.SetAttribute("int", 1);
    root.SetAttribute("double", 0.5);
    root.SetAttribute("bool", true);
    root.SetAttribute("text", text);
    root.AddEvent("event", {{"a", 1}, {"b", "text"}});
    root.AddLink(context, {{"a", text}});
    root.SetStatus(SpanStatus::kError, text);
    root.UpdateName("renamed");
    const ContextScope scope(context);
    Span child = tracer.StartSpan("child", {.detached = true, .start = tracer.Now()});
    child.Attach();
    child.Detach();
  };
  record();
  const std::size_t before = AllocationCount();
  // More than the ring has room for: dropping does not allocate either.
  for (int i = 0; i < 40'000; ++i) record();
  EXPECT_EQ(AllocationCount(), before);
  EXPECT_GT(provider->stats().dropped_ring_full, 0u);
}

TEST(TraceAllocationTest, AWarmDrainAllocatesNothing) {
  const auto provider = TracerProvider::Create({.drain_interval = {}}).value();
  const auto processor = std::make_shared<Counter>();
  ASSERT_TRUE(provider->AddProcessor(processor).ok());
  const Tracer tracer = provider->GetTracer("test");
  const auto drain = [&] {
    for (int i = 0; i < 100; ++i) tracer.StartSpan("x").End();
    provider->Drain();
  };
  // Two batches take turns.
  drain();
  drain();
  const std::size_t before = AllocationCount();
  drain();
  EXPECT_EQ(AllocationCount(), before);
  EXPECT_EQ(processor->count, 300u);
}

}  // namespace
}  // namespace vitals
