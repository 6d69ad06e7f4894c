// Summaries, exponential histograms and sampled recorders, shared by all threads where they can be,
// fed with the random values of the histogram's benchmark.

#include <benchmark/benchmark.h>

#include <cstddef>

#include "bench/measure.h"
#include "bench/twins/prometheus_cpp.h"
#include "bench/twins/vitals.h"
#include "bench/workload.h"
#include "vitals/metrics/sampled.h"

namespace bench {
namespace {

// Calls `observe(value)` with one random value after the other.
template <typename Observe>
void MeasureObserve(benchmark::State& state, const Observe& observe) {
  const double* const durations = Opaque(RandomDurations().data());
  std::size_t turn = static_cast<std::size_t>(state.thread_index()) * (kSampleCount / 8);
  MeasureUpdate(state, [&, durations] { observe(durations[turn++ % kSampleCount]); });
}

template <typename Twin>
void SummaryObserve(benchmark::State& state) {
  static const auto& summaries = *new auto(Twin::Summaries(1));
  const auto* const handle = Opaque(summaries.data());
  MeasureObserve(state, [handle](double value) { handle->Observe(value); });
}
BENCHMARK(SummaryObserve<Vitals>)->Name("summary_observe/vitals")->Apply(ForThreads);
BENCHMARK(SummaryObserve<PrometheusCpp>)->Name("summary_observe/prometheus_cpp")->Apply(ForThreads);

void ExponentialHistogramObserve(benchmark::State& state) {
  static const auto& histograms = *new auto(Vitals::ExponentialHistograms(1));
  const auto* const handle = Opaque(histograms.data());
  MeasureObserve(state, [handle](double value) { handle->Observe(value); });
}
BENCHMARK(ExponentialHistogramObserve)
    ->Name("exponential_histogram_observe/vitals")
    ->Apply(ForThreads);

void SampledCounterIncrement(benchmark::State& state) {
  static const auto& counters = *new auto(Vitals::Counters(1));
  vitals::SampledCounter sampled(counters[0], 100);
  MeasureUpdate(state, [&sampled] { sampled.Increment(); });
}
BENCHMARK(SampledCounterIncrement)->Name("sampled_counter_100/vitals")->Apply(ForThreads);

void SampledHistogramObserve(benchmark::State& state) {
  static const auto& histograms = *new auto(Vitals::Histograms(1));
  vitals::SampledHistogram sampled(histograms[0], 100);
  MeasureObserve(state, [&sampled](double value) { sampled.Observe(value); });
}
BENCHMARK(SampledHistogramObserve)->Name("sampled_histogram_100/vitals")->Apply(ForThreads);

// One call for 256 values, and its time shared out among them.
void HistogramObserveMany(benchmark::State& state) {
  constexpr std::size_t kValues = 256;
  static const auto& histograms = *new auto(Vitals::Histograms(1));
  std::size_t turn = 0;
  for (auto _ : state) {
    histograms[0].ObserveMany({RandomDurations().data() + turn, kValues});
    turn = (turn + kValues) % kSampleCount;
  }
  state.counters["ns_per_value"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kValues) * 1e-9,
                         benchmark::Counter::kAvgThreadsRate | benchmark::Counter::kInvert);
}
BENCHMARK(HistogramObserveMany)->Name("histogram_observe_many/vitals")->UseRealTime();

}  // namespace
}  // namespace bench
