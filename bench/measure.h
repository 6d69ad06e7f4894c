#ifndef VITALS_BENCH_MEASURE_H_
#define VITALS_BENCH_MEASURE_H_

#include <benchmark/benchmark.h>

/// \file
/// How an update is measured: the same loop for vitals and for each of its twins.

namespace bench {

/// Registers a benchmark at 1, 2 and 8 threads, in wall time: contention shows as time spent
/// waiting, which CPU time would hide.
inline void ForThreads(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Threads(1)->Threads(2)->Threads(8);
}

/// Reports `ns_per_call`: wall time of one call as its thread sees it. (The `real_time` of a
/// benchmark with threads is divided by their number.)
inline void ReportTimePerCall(benchmark::State& state) {
  state.counters["ns_per_call"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 1e-9,
                         benchmark::Counter::kAvgThreadsRate | benchmark::Counter::kInvert);
}

/// Calls `update` once per iteration.
///
/// A host's updates lie apart, so each of them loads what it needs: the handle, the thread's state,
/// the cell. The memory clobber makes every iteration do the same. Without it the compiler keeps
/// them in registers for the whole loop, and the benchmark measures an addition. Reach a handle
/// through a pointer that went through Opaque(), else the compiler may know that no clobber can
/// touch it.
template <typename Update>
void MeasureUpdate(benchmark::State& state, Update update) {
  for (auto _ : state) {
    update();
    benchmark::ClobberMemory();
  }
  ReportTimePerCall(state);
}

/// The same pointer, of which the compiler knows nothing any more: neither what it points to nor
/// who else has it. DoNotOptimize of the handles themselves, inside the loop, would store and
/// reload them each time, which no host does.
template <typename T>
const T* Opaque(const T* pointer) {
  asm volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

}  // namespace bench

#endif  // VITALS_BENCH_MEASURE_H_
