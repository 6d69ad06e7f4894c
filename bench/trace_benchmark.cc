// Spans from start to end, as their thread sees it. No other tracing library is in Debian: what the
// peers take is in docs/guide/tracing.md. The bound is the least that a recorded span can take: two
// looks at the time-stamp counter and 64 bytes into a ring that nobody reads.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "bench/measure.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/trace_store.h"
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
      : provider(*vitals::TracerProvider::Create(
            {.sampler = std::move(sampler), .drain_interval = std::chrono::milliseconds(0)})),
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

// Tracing is linked in and switched off.
void SpanNever(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Never());
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNever)->Name("span_never/vitals")->Apply(ForThreads);

// A step of a trace that is not recorded.
void SpanNotSampled(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Ratio(0));
  const vitals::Span root = setup.tracer.StartSpan("root");
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNotSampled)->Name("span_not_sampled/vitals")->Apply(ForThreads);

// The root of such a trace, which has ids all the same, for others to go by.
void SpanNotSampledRoot(benchmark::State& state) {
  static Setup& setup = *new Setup(vitals::Sampler::Ratio(0));
  const vitals::Tracer* const tracer = Opaque(&setup.tracer);
  MeasureUpdate(state, [tracer] { const auto span = tracer->StartSpan("work"); });
}
BENCHMARK(SpanNotSampledRoot)->Name("span_not_sampled_root/vitals")->Apply(ForThreads);

void ScopeEnterAndLeave(benchmark::State& state) {
  const vitals::SpanContext context = Recording().tracer.StartSpan("sender").context();
  MeasureUpdate(state, [&context] { const vitals::ContextScope scope(context); });
}
BENCHMARK(ScopeEnterAndLeave)->Name("context_scope/vitals")->Apply(ForThreads);

// Ends ten spans, one trace: a root with an attribute, and its steps.
void RecordTrace(const vitals::Tracer& tracer) {
  auto root = tracer.StartSpan("job", vitals::SpanKind::kConsumer);
  root.SetAttribute("job.kind", "compress");
  for (int step = 0; step < 9; ++step) const auto span = tracer.StartSpan("step");
}

// Records so many spans a second for so long, as a thread that has pauses: it sleeps when it is
// ahead.
void RecordAtRate(const vitals::Tracer& tracer, std::int64_t spans_per_second,
                  std::chrono::seconds duration) {
  using std::chrono::steady_clock;
  const steady_clock::time_point start = steady_clock::now();
  const std::int64_t total = spans_per_second * duration.count();
  for (std::int64_t spans = 0; spans < total;) {
    const auto elapsed = std::chrono::duration<double>(steady_clock::now() - start);
    const auto due =
        static_cast<std::int64_t>(elapsed.count() * static_cast<double>(spans_per_second));
    for (; spans < std::min(due, total); spans += 10) RecordTrace(tracer);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

// Two threads, together a million spans a second for ten seconds, into a store that keeps errors,
// the slowest and a hundredth. Reports what was lost on the way, which should be nothing, and what
// arrived.
void Soak(benchmark::State& state) {
  constexpr std::int64_t kSpansPerSecond = 500'000;
  constexpr std::chrono::seconds kDuration(10);
  auto provider = *vitals::TracerProvider::Create({});
  const std::shared_ptr<vitals::TraceStore> store = *vitals::TraceStore::Create({});
  provider->AddProcessor(store).IgnoreError();
  const vitals::Tracer tracer = provider->GetTracer("soak");
  const vitals::TraceStats before = provider->stats();
  for (auto _ : state) {
    std::thread other([&tracer] { RecordAtRate(tracer, kSpansPerSecond, kDuration); });
    RecordAtRate(tracer, kSpansPerSecond, kDuration);
    other.join();
  }
  provider->Stop();
  const vitals::TraceStats after = provider->stats();
  const std::uint64_t lost = after.dropped_ring_full - before.dropped_ring_full +
                             after.dropped_no_ring - before.dropped_no_ring + after.dropped_backlog;
  state.counters["lost_spans"] = static_cast<double>(lost);
  state.counters["spans_per_second"] = benchmark::Counter(
      static_cast<double>(store->stats().received_spans), benchmark::Counter::kIsRate);
  state.counters["kept_traces"] = static_cast<double>(store->stats().traces);
}
BENCHMARK(Soak)->Name("span_soak/vitals")->UseRealTime()->Iterations(1)->Unit(benchmark::kSecond);

#if defined(__x86_64__)
struct alignas(64) Record {
  std::array<std::uint64_t, 8> words;
};

void SpanBound(benchmark::State& state) {
  // As much memory as the spans above touch between two drains.
  static thread_local std::unique_ptr<Record[]> ring(new Record[kBatch]());
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
