// Gauges: each thread its own, as workers have them, and one for all threads.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

#include "bench/measure.h"
#include "bench/twins/bound.h"
#include "bench/twins/prometheus_cpp.h"
#include "bench/twins/vitals.h"

namespace bench {
namespace {

constexpr std::size_t kMaxThreads = 8;

// Levels are counted as integers: a chain of additions of doubles would take longer than a store.

/// The gauges of all threads are made one after the other, as a host makes them: where they share
/// cache lines, this shows it.
template <typename Twin>
void GaugeSetOwn(benchmark::State& state) {
  static const auto& gauges = *new auto(Twin::Gauges(kMaxThreads));
  const auto* const handle = Opaque(&gauges[static_cast<std::size_t>(state.thread_index())]);
  std::int32_t level = 0;
  MeasureUpdate(state, [handle, &level] { handle->Set(++level); });
}
BENCHMARK(GaugeSetOwn<Vitals>)->Name("gauge_set_own/vitals")->Apply(ForThreads);
BENCHMARK(GaugeSetOwn<PrometheusCpp>)->Name("gauge_set_own/prometheus_cpp")->Apply(ForThreads);
BENCHMARK(GaugeSetOwn<Bound>)->Name("gauge_set_own/bound")->Apply(ForThreads);

template <typename Twin>
void GaugeSetShared(benchmark::State& state) {
  static const auto& gauges = *new auto(Twin::Gauges(1));
  const auto* const handle = Opaque(gauges.data());
  std::int32_t level = 0;
  MeasureUpdate(state, [handle, &level] { handle->Set(++level); });
}
BENCHMARK(GaugeSetShared<Vitals>)->Name("gauge_set_shared/vitals")->Apply(ForThreads);
BENCHMARK(GaugeSetShared<PrometheusCpp>)
    ->Name("gauge_set_shared/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(GaugeSetShared<Bound>)->Name("gauge_set_shared/bound")->Apply(ForThreads);

template <typename Twin>
void GaugeAddShared(benchmark::State& state) {
  static const auto& gauges = *new auto(Twin::Gauges(1));
  const auto* const handle = Opaque(gauges.data());
  MeasureUpdate(state, [handle] { handle->Add(1); });
}
BENCHMARK(GaugeAddShared<Vitals>)->Name("gauge_add_shared/vitals")->Apply(ForThreads);
BENCHMARK(GaugeAddShared<PrometheusCpp>)
    ->Name("gauge_add_shared/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(GaugeAddShared<Bound>)->Name("gauge_add_shared/bound")->Apply(ForThreads);

}  // namespace
}  // namespace bench
