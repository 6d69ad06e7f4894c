// A histogram of 20 buckets, shared by all threads, fed with 65,536 random values: more than a
// branch predictor remembers, so that a search with branches costs here what it costs a host.

#include <benchmark/benchmark.h>

#include <cstddef>

#include "bench/measure.h"
#include "bench/twins/bound.h"
#include "bench/twins/prometheus_cpp.h"
#include "bench/twins/vitals.h"
#include "bench/workload.h"

namespace bench {
namespace {

template <typename Twin>
void HistogramObserve(benchmark::State& state) {
  static const auto& histograms = *new auto(Twin::Histograms(1));
  const auto* const handle = Opaque(histograms.data());
  const double* const durations = Opaque(RandomDurations().data());
  // Threads walk through the values at different places.
  std::size_t turn = static_cast<std::size_t>(state.thread_index()) * (kSampleCount / 8);
  MeasureUpdate(state, [=, &turn] { handle->Observe(durations[turn++ % kSampleCount]); });
}
BENCHMARK(HistogramObserve<Vitals>)->Name("histogram_observe_20/vitals")->Apply(ForThreads);
BENCHMARK(HistogramObserve<PrometheusCpp>)
    ->Name("histogram_observe_20/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(HistogramObserve<Bound>)->Name("histogram_observe_20/bound")->Apply(ForThreads);

}  // namespace
}  // namespace bench
