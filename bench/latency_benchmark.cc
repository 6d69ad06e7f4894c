// The contract: how long single updates take when 8 threads record at once.
//
// Each thread times each of its updates with the steady clock; nothing is subtracted, so what is
// reported includes one reading of the clock (see latency/clock_only). With more threads than CPUs
// some updates are preempted half-way, and take as long as the others' time slices: those are few,
// and p99.99 is the share that the contract leaves to them. The first record of each thread, which
// prepares its cells, is among the samples.

#include <benchmark/benchmark.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/measure.h"
#include "bench/twins/bound.h"
#include "bench/twins/prometheus_cpp.h"
#include "bench/twins/vitals.h"
#include "bench/workload.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/testing/latency_distribution.h"
#include "vitals/trace/tracer_provider.h"

namespace bench {
namespace {

using vitals::testing::LatencyDistribution;

constexpr std::size_t kThreads = 8;
constexpr std::size_t kUpdatesPerThread = 250'000;
constexpr std::size_t kLabelledSeries = 1000;

void Once(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Iterations(1)->Unit(benchmark::kMillisecond);
}

/// Runs `update(thread, turn)` from kThreads threads at once, so many times in each, and times
/// every call.
template <typename Update>
LatencyDistribution SampleUpdates(std::size_t updates_per_thread, const Update& update) {
  std::vector<LatencyDistribution> distributions(kThreads);
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back(
        [&update, &start, &distribution = distributions[thread], thread, updates_per_thread] {
          start.arrive_and_wait();
          for (std::size_t turn = 0; turn < updates_per_thread; ++turn) {
            const auto before = std::chrono::steady_clock::now();
            update(thread, turn);
            benchmark::ClobberMemory();
            const std::chrono::nanoseconds latency = std::chrono::steady_clock::now() - before;
            distribution.Record(static_cast<std::uint64_t>(latency.count()));
          }
        });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t thread = 1; thread < kThreads; ++thread) {
    distributions[0].Merge(distributions[thread]);
  }
  return distributions[0];
}

template <typename Update>
void MeasureLatency(benchmark::State& state, const Update& update,
                    std::size_t updates_per_thread = kUpdatesPerThread) {
  LatencyDistribution latencies;
  for (auto _ : state) latencies = SampleUpdates(updates_per_thread, update);
  const std::pair<const char*, double> shares[] = {
      {"p50_ns", 0.5}, {"p99_ns", 0.99}, {"p99_9_ns", 0.999}, {"p99_99_ns", 0.9999}};
  for (const auto& [name, share] : shares) {
    state.counters[name] = static_cast<double>(latencies.Quantile(share));
  }
  state.counters["max_ns"] = static_cast<double>(latencies.max());
}

void ClockOnly(benchmark::State& state) {
  MeasureLatency(state, [](std::size_t, std::size_t) {});
}
BENCHMARK(ClockOnly)->Name("latency/clock_only")->Apply(Once);

template <typename Twin>
void CounterLatency(benchmark::State& state) {
  static const auto& counters = *new auto(Twin::Counters(1));
  const auto* const handle = Opaque(counters.data());
  MeasureLatency(state, [handle](std::size_t, std::size_t) { handle->Increment(); });
}
BENCHMARK(CounterLatency<Vitals>)->Name("latency/counter/vitals")->Apply(Once);
BENCHMARK(CounterLatency<PrometheusCpp>)->Name("latency/counter/prometheus_cpp")->Apply(Once);
BENCHMARK(CounterLatency<Bound>)->Name("latency/counter/bound")->Apply(Once);

template <typename Twin>
void GaugeLatency(benchmark::State& state) {
  static const auto& gauges = *new auto(Twin::Gauges(1));
  const auto* const handle = Opaque(gauges.data());
  MeasureLatency(
      state, [handle](std::size_t, std::size_t turn) { handle->Set(static_cast<double>(turn)); });
}
BENCHMARK(GaugeLatency<Vitals>)->Name("latency/gauge_set/vitals")->Apply(Once);
BENCHMARK(GaugeLatency<PrometheusCpp>)->Name("latency/gauge_set/prometheus_cpp")->Apply(Once);
BENCHMARK(GaugeLatency<Bound>)->Name("latency/gauge_set/bound")->Apply(Once);

template <typename Twin>
void GaugeAddLatency(benchmark::State& state) {
  static const auto& gauges = *new auto(Twin::Gauges(1));
  const auto* const handle = Opaque(gauges.data());
  MeasureLatency(state, [handle](std::size_t, std::size_t) { handle->Add(1); });
}
BENCHMARK(GaugeAddLatency<Vitals>)->Name("latency/gauge_add/vitals")->Apply(Once);
BENCHMARK(GaugeAddLatency<PrometheusCpp>)->Name("latency/gauge_add/prometheus_cpp")->Apply(Once);

template <typename Twin>
void HistogramLatency(benchmark::State& state) {
  static const auto& histograms = *new auto(Twin::Histograms(1));
  const auto* const handle = Opaque(histograms.data());
  const double* const durations = Opaque(RandomDurations().data());
  MeasureLatency(state, [=](std::size_t thread, std::size_t turn) {
    handle->Observe(durations[(thread * (kSampleCount / kThreads) + turn) % kSampleCount]);
  });
}
BENCHMARK(HistogramLatency<Vitals>)->Name("latency/histogram/vitals")->Apply(Once);
BENCHMARK(HistogramLatency<PrometheusCpp>)->Name("latency/histogram/prometheus_cpp")->Apply(Once);
BENCHMARK(HistogramLatency<Bound>)->Name("latency/histogram/bound")->Apply(Once);

template <typename Twin>
void LabelledCounterLatency(benchmark::State& state) {
  static const auto& family = *new typename Twin::LabelledCounters(kLabelledSeries);
  static const LabelValues& live = *new LabelValues(MakeLabelValues(kLabelledSeries / 2));
  const auto* const counters = Opaque(&family);
  const LabelValues* const values = Opaque(&live);
  MeasureLatency(state, [=](std::size_t, std::size_t) { counters->Increment(*values); });
}
BENCHMARK(LabelledCounterLatency<Vitals>)->Name("latency/with_3_labels/vitals")->Apply(Once);
BENCHMARK(LabelledCounterLatency<PrometheusCpp>)
    ->Name("latency/with_3_labels/prometheus_cpp")
    ->Apply(Once);
BENCHMARK(LabelledCounterLatency<Bound>)->Name("latency/with_3_labels/bound")->Apply(Once);

/// The same increments while another thread scrapes a page of 1,000 series all the time, which
/// takes one more share of the CPUs.
void CounterLatencyDuringScrapes(benchmark::State& state) {
  vitals::Registry registry;
  const auto family = registry.AddCounter({.name = "events_total"}, {"id"}).value();
  for (std::size_t id = 0; id < kLabelledSeries; ++id) family.With(std::to_string(id)).Increment();
  const vitals::Counter counter = family.With("0");
  const vitals::Counter* const handle = Opaque(&counter);

  std::atomic<bool> done{false};
  std::thread scraper([&registry, &done] {
    vitals::Snapshot snapshot;
    std::string page;
    while (!done.load(std::memory_order_acquire)) {
      registry.Gather(snapshot);
      page.clear();
      vitals::EncodeText(snapshot, page);
    }
  });
  MeasureLatency(state, [handle](std::size_t, std::size_t) { handle->Increment(); });
  done.store(true, std::memory_order_release);
  scraper.join();
}
BENCHMARK(CounterLatencyDuringScrapes)->Name("latency/counter_during_scrapes/vitals")->Apply(Once);

// As many spans as a ring has room for, drained afterwards: each of them is recorded, and the first
// ones touch the memory of their ring.
void SpanLatency(benchmark::State& state) {
  constexpr std::size_t kSpansPerThread = 30'000;
  const auto provider =
      *vitals::TracerProvider::Create({.drain_interval = std::chrono::milliseconds(0)});
  const vitals::Tracer tracer = provider->GetTracer("latency");
  const std::uint64_t lost_before = provider->stats().dropped_ring_full;
  MeasureLatency(
      state, [&tracer](std::size_t, std::size_t) { const auto span = tracer.StartSpan("work"); },
      kSpansPerThread);
  provider->Drain();
  if (provider->stats().dropped_ring_full != lost_before) {
    state.SkipWithError("spans were lost: the benchmark measured less than it says");
  }
}
BENCHMARK(SpanLatency)->Name("latency/span/vitals")->Apply(Once);

}  // namespace
}  // namespace bench
