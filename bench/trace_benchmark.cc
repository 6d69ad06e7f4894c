// Spans from start to end, as their thread sees it. No other tracing library is in Debian: what the
// peers take is in docs/guide/tracing.md. The bound is the least that a recorded span can take: two
// looks at the time-stamp counter and 64 bytes into a ring that nobody reads.

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "bench/measure.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer_provider.h"

namespace bench {
namespace {

// What a thread records in 10 ms at 400,000 spans a second; drained between, untimed.
constexpr int kBatch = 4096;

// Looks at every span, and keeps none.
class Count final : public vitals::SpanProcessor {
 public:
  void OnEnd(std::span<const vitals::SpanData> spans) override { spans_ += spans.size(); }
  std::size_t spans() const { return spans_; }

 private:
  std::atomic<std::size_t> spans_{0};
};

struct Setup {
  explicit Setup(vitals::Sampler sampler)
      : provider(*vitals::TracerProvider::Create({.sampler = std::move(sampler),
                                                  .drain_interval = std::chrono::milliseconds(0)})),
        tracer(provider->GetTracer("bench")) {
    provider->AddProcessor(count).IgnoreError();
  }

  std::shared_ptr<Count> count = std::make_shared<Count>();
  std::unique_ptr<vitals::TracerProvider> provider;
  vitals::Tracer tracer;
};

// Never destroyed, one for each sampler.
Setup& Recording() {
  static Setup* const setup = new Setup(vitals::Sampler::Always());
  return *setup;
}

// Times `record` alone; fails when a span was lost.
template <typename Record>
void MeasureSpans(benchmark::State& state, Setup& setup, const Record& record) {
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  const std::uint64_t lost_before = setup.provider->stats().dropped_ring_full;
  while (state.KeepRunningBatch(kBatch)) {
    for (int i = 0; i < kBatch; ++i) {
      record(*tracer);
      benchmark::ClobberMemory();
    }
    state.PauseTiming();
    setup.provider->Drain();
    state.ResumeTiming();
  }
  if (setup.provider->stats().dropped_ring_full != lost_before) {
    state.SkipWithError("spans were lost: the benchmark measured less than it says");
  }
  ReportTimePerCall(state);
}

void SpanEmpty(benchmark::State& state) {
  MeasureSpans(state, Recording(),
               [](const vitals::Tracer& tracer) { const auto span = tracer.StartSpan("work"); });
}
BENCHMARK(SpanEmpty)->Name("span/vitals")->Apply(ForThreads);

void SpanChild(benchmark::State& state) {
  const vitals::Span parent = Recording().tracer.StartSpan("parent");
  MeasureSpans(state, Recording(),
               [](const vitals::Tracer& tracer) { const auto span = tracer.StartSpan("work"); });
}
BENCHMARK(SpanChild)->Name("span_child/vitals")->Apply(ForThreads);

void SpanAttributes(benchmark::State& state) {
  std::uint64_t job = 0;
  MeasureSpans(state, Recording(), [&job](const vitals::Tracer& tracer) {
    auto span = tracer.StartSpan("work");
    span.SetAttribute("job.id", ++job);
    span.SetAttribute("job.attempt", 1);
    span.SetAttribute("job.kind", "compress");
  });
}
BENCHMARK(SpanAttributes)->Name("span_3_attributes/vitals")->Apply(ForThreads);

// The root of a trace that is not recorded: it has ids all the same, for others to go by.
void SpanNotSampledRoot(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Never());
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNotSampledRoot)->Name("span_not_sampled_root/vitals")->Apply(ForThreads);

void SpanNotSampledRatio(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Ratio(1e-15));
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNotSampledRatio)->Name("span_not_sampled_ratio/vitals")->Apply(ForThreads);

// A step of such a trace.
void SpanNotSampled(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Never());
  const vitals::Span root = setup.tracer.StartSpan("root");
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNotSampled)->Name("span_not_sampled/vitals")->Apply(ForThreads);

void ScopeEnterAndLeave(benchmark::State& state) {
  const vitals::SpanContext context = Recording().tracer.StartSpan("sender").context();
  MeasureUpdate(state, [&context] { const vitals::ContextScope scope(context); });
}
BENCHMARK(ScopeEnterAndLeave)->Name("context_scope/vitals")->Apply(ForThreads);

#if defined(__x86_64__)
struct alignas(64) Record {
  std::array<std::uint64_t, 8> words;
};

void SpanBound(benchmark::State& state) {
  constexpr std::size_t kRecords = 32'768;
  static thread_local std::unique_ptr<Record[]> ring(new Record[kRecords]());
  static thread_local std::atomic<std::uint64_t> head{0};
  MeasureUpdate(state, [] {
    const std::uint64_t start = __rdtsc();
    const std::uint64_t place = head.load(std::memory_order_relaxed);
    Record& record = ring[place % kBatch];
    record.words = {place, place, place, place, start, __rdtsc(), 1, 2};
    head.store(place + 1, std::memory_order_release);
  });
}
BENCHMARK(SpanBound)->Name("span/bound")->Apply(ForThreads);
#endif

}  // namespace
}  // namespace bench
