// Counters: one handle, several, many, and by labels; every twin does the same work. Every thread
// uses the same series, so that at 2 and 8 threads they share whatever the implementation lets them
// share.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/measure.h"
#include "bench/twins/bound.h"
#include "bench/twins/prometheus_cpp.h"
#include "bench/twins/vitals.h"
#include "bench/workload.h"

namespace bench {
namespace {

constexpr std::size_t kRotation = 8;
constexpr std::uint16_t kManySeries = 1000;

template <typename Twin>
void CounterIncrement(benchmark::State& state) {
  static const auto& handles = *new auto(Twin::Counters(1));
  const auto* const handle = Opaque(handles.data());
  MeasureUpdate(state, [handle] { handle->Increment(); });
}
BENCHMARK(CounterIncrement<Vitals>)->Name("counter_increment/vitals")->Apply(ForThreads);
BENCHMARK(CounterIncrement<PrometheusCpp>)
    ->Name("counter_increment/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(CounterIncrement<Bound>)->Name("counter_increment/bound")->Apply(ForThreads);
BENCHMARK(CounterIncrement<Atomic>)->Name("counter_increment/atomic")->Apply(ForThreads);

template <typename Twin>
void CounterRotation(benchmark::State& state) {
  static const auto& counters = *new auto(Twin::Counters(kRotation));
  const auto* const handles = Opaque(counters.data());
  std::size_t turn = 0;
  MeasureUpdate(state, [handles, &turn] { handles[turn++ % kRotation].Increment(); });
}
BENCHMARK(CounterRotation<Vitals>)->Name("counter_rotation_8/vitals")->Apply(ForThreads);
BENCHMARK(CounterRotation<PrometheusCpp>)
    ->Name("counter_rotation_8/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(CounterRotation<Bound>)->Name("counter_rotation_8/bound")->Apply(ForThreads);
BENCHMARK(CounterRotation<Atomic>)->Name("counter_rotation_8/atomic")->Apply(ForThreads);

template <typename Twin>
void CounterRandom(benchmark::State& state) {
  static const auto& counters = *new auto(Twin::Counters(kManySeries));
  static const auto& random_ids = *new auto(RandomIds(kManySeries));
  const auto* const handles = Opaque(counters.data());
  const std::uint16_t* const ids = Opaque(random_ids.data());
  std::size_t turn = 0;
  MeasureUpdate(state, [=, &turn] { handles[ids[turn++ % kSampleCount]].Increment(); });
}
BENCHMARK(CounterRandom<Vitals>)->Name("counter_random_1000/vitals")->Apply(ForThreads);
BENCHMARK(CounterRandom<PrometheusCpp>)
    ->Name("counter_random_1000/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(CounterRandom<Bound>)->Name("counter_random_1000/bound")->Apply(ForThreads);
BENCHMARK(CounterRandom<Atomic>)->Name("counter_random_1000/atomic")->Apply(ForThreads);

template <typename Twin>
void DoubleCounterIncrement(benchmark::State& state) {
  static const auto& counters = *new auto(Twin::DoubleCounters(1));
  const auto* const handle = Opaque(counters.data());
  MeasureUpdate(state, [handle] { handle->Increment(0.25); });
}
BENCHMARK(DoubleCounterIncrement<Vitals>)
    ->Name("double_counter_increment/vitals")
    ->Apply(ForThreads);
BENCHMARK(DoubleCounterIncrement<PrometheusCpp>)
    ->Name("double_counter_increment/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(DoubleCounterIncrement<Bound>)->Name("double_counter_increment/bound")->Apply(ForThreads);

template <typename Twin>
void UpDownCounterIncrement(benchmark::State& state) {
  static const auto& counters = *new auto(Twin::UpDownCounters(1));
  const auto* const handle = Opaque(counters.data());
  MeasureUpdate(state, [handle] { handle->Increment(); });
}
BENCHMARK(UpDownCounterIncrement<Vitals>)->Name("up_down_increment/vitals")->Apply(ForThreads);
BENCHMARK(UpDownCounterIncrement<PrometheusCpp>)
    ->Name("up_down_increment/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(UpDownCounterIncrement<Bound>)->Name("up_down_increment/bound")->Apply(ForThreads);

template <typename Twin>
void LabelledCounterIncrement(benchmark::State& state) {
  static const auto& family = *new typename Twin::LabelledCounters(kManySeries);
  static const LabelValues& live = *new LabelValues(MakeLabelValues(kManySeries / 2));
  const auto* const counters = Opaque(&family);
  const LabelValues* const values = Opaque(&live);
  MeasureUpdate(state, [=] { counters->Increment(*values); });
}
BENCHMARK(LabelledCounterIncrement<Vitals>)->Name("with_3_labels/vitals")->Apply(ForThreads);
BENCHMARK(LabelledCounterIncrement<PrometheusCpp>)
    ->Name("with_3_labels/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(LabelledCounterIncrement<Bound>)->Name("with_3_labels/bound")->Apply(ForThreads);

template <typename Twin>
void LabelledCounterRandom(benchmark::State& state) {
  static const auto& family = *new typename Twin::LabelledCounters(kManySeries);
  static const auto& random_ids = *new auto(RandomIds(kManySeries));
  static const auto& all_values = *new auto([] {
    std::vector<LabelValues> values;
    for (std::size_t id = 0; id < kManySeries; ++id) values.push_back(MakeLabelValues(id));
    return values;
  }());
  const auto* const counters = Opaque(&family);
  const LabelValues* const values = Opaque(all_values.data());
  const std::uint16_t* const ids = Opaque(random_ids.data());
  std::size_t turn = 0;
  MeasureUpdate(state, [=, &turn] { counters->Increment(values[ids[turn++ % kSampleCount]]); });
}
BENCHMARK(LabelledCounterRandom<Vitals>)
    ->Name("with_3_labels_random_1000/vitals")
    ->Apply(ForThreads);
BENCHMARK(LabelledCounterRandom<PrometheusCpp>)
    ->Name("with_3_labels_random_1000/prometheus_cpp")
    ->Apply(ForThreads);
BENCHMARK(LabelledCounterRandom<Bound>)->Name("with_3_labels_random_1000/bound")->Apply(ForThreads);

}  // namespace
}  // namespace bench
