#ifndef VITALS_TESTS_TRACE_TRACED_H_
#define VITALS_TESTS_TRACE_TRACED_H_

#include <chrono>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "vitals/base/clock.h"
#include "vitals/model/span_data.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/trace/span_processor.h"
#include "vitals/trace/tracer_provider.h"

namespace vitals {
namespace testing {

/// Keeps a copy of every span.
class SpanCollector final : public SpanProcessor {
 public:
  void OnEnd(std::span<const SpanData> spans) override {
    spans_.insert(spans_.end(), spans.begin(), spans.end());
  }

  /// The spans since the last call.
  std::vector<SpanData> Take() { return std::exchange(spans_, {}); }

 private:
  std::vector<SpanData> spans_;
};

/// The first moment of a FakeClock.
inline constexpr std::uint64_t kFirstUnixNs = 946'684'800'000'000'000;

/// A provider that the test drains, on a clock that the test moves.
class Traced {
 public:
  explicit Traced(Sampler sampler = Sampler::Always()) {
    provider = TracerProvider::Create(
                   {.sampler = std::move(sampler), .drain_interval = {}, .clock = clock})
                   .value();
    EXPECT_TRUE(provider->AddProcessor(collector).ok());
    tracer = provider->GetTracer("test");
  }

  /// The spans that have ended since the last call, in the order of their ends within a thread.
  std::vector<SpanData> Ended() {
    provider->Drain();
    return collector->Take();
  }

  /// The only span that has ended since the last call.
  SpanData EndedSpan() {
    std::vector<SpanData> spans = Ended();
    EXPECT_EQ(spans.size(), 1u);
    return spans.empty() ? SpanData() : std::move(spans.front());
  }

  /// As a span named "probe" that starts and ends now would have it: shows the current context.
  SpanId CurrentParent() {
    Span probe(tracer, "probe");
    probe.End();
    return EndedSpan().parent_span_id;
  }

  const std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  const std::shared_ptr<SpanCollector> collector = std::make_shared<SpanCollector>();
  std::unique_ptr<TracerProvider> provider;
  Tracer tracer;
};

/// A sampled context of another process or thread; different ids make different ones.
inline SpanContext ContextOf(std::uint64_t id) {
  return {.trace_id = {id, id}, .span_id = {id}, .flags = kTraceFlagSampled};
}

/// A span on the heap, so that it can end in any order.
inline std::unique_ptr<Span> StartOnHeap(const Traced& traced, bool detached = false) {
  return std::make_unique<Span>(traced.tracer, InternedName("x"),
                                SpanOptions{.detached = detached});
}

}  // namespace testing
}  // namespace vitals

#endif  // VITALS_TESTS_TRACE_TRACED_H_
