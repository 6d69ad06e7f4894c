// What metrics keep on the heap, malloc's own headers included, and what a scrape allocates.
//
// Every measurement runs in a process of its own that has recorded nothing before. "In use" means:
// one thread has recorded to every series and one scrape is done, so that whatever a library makes
// on first use is there. The text of the page is the caller's and not counted; the snapshot that
// vitals gathers into is counted, since a host keeps it from scrape to scrape.

#include <benchmark/benchmark.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/fresh_process.h"
#include "bench/heap_count.h"
#include "bench/job_worker_registry.h"
#include "bench/page.h"
#include "bench/parked_threads.h"
#include "bench/workload.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/fake_clock.h"

namespace bench {
namespace {

constexpr std::size_t kCounterSeries = 10'000;
constexpr std::size_t kHistogramSeries = 1'000;
constexpr std::size_t kFurtherThreads = 2;
constexpr std::size_t kJobWorkerThreads = 4;

void Once(benchmark::internal::Benchmark* benchmark) { benchmark->Iterations(1); }

/// Figures of one measurement, in the order of `names`, become counters.
void Report(benchmark::State& state, const std::vector<const char*>& names,
            const std::function<std::vector<double>()>& measure) {
  std::optional<std::vector<double>> figures;
  for (auto _ : state) figures = InFreshProcess(measure);
  if (!figures.has_value() || figures->size() != names.size()) {
    state.SkipWithError("the measuring process failed");
    return;
  }
  for (std::size_t index = 0; index < names.size(); ++index) {
    state.counters[names[index]] = (*figures)[index];
  }
}

std::vector<const char*> SeriesFigures() {
  return {"bytes_per_series", "snapshot_bytes_per_series", "bytes_per_further_thread_cell"};
}

/// Bytes that stayed allocated since `before`, shared out over `count`.
double BytesSince(std::int64_t before, std::size_t count) {
  return static_cast<double>(LiveHeapBytes() - before) / static_cast<double>(count);
}

/// Scrapes once into `snapshot`, which stays, and a text that goes.
void ScrapeOnce(vitals::Registry& registry, vitals::Snapshot& snapshot) {
  std::string page;
  registry.Gather(snapshot);
  vitals::EncodeText(snapshot, page);
}

void ScrapeOnce(const prometheus::Registry& registry) {
  const prometheus::TextSerializer serializer;
  serializer.Serialize(registry.Collect());
}

/// Touches what the C++ library keeps for itself (locales, streams), which is nobody's series.
void WarmUpStreams() { ScrapeOnce(prometheus::Registry()); }

/// Heap of `count` series with three labels; of their part in the snapshot; and, for each of
/// `cells_per_series`, of one more thread that records to all of them.
template <typename Instrument>
std::vector<double> SeriesOfVitals(
    std::size_t count, std::size_t cells_per_series,
    const std::function<vitals::Family<Instrument, 3>(vitals::Registry&)>& add_family,
    const std::function<void(const Instrument&)>& record) {
  std::vector<Instrument> handles;
  handles.reserve(count);
  std::optional<vitals::Snapshot> snapshot(std::in_place);
  std::int64_t before = LiveHeapBytes();
  vitals::Registry registry;
  {
    const vitals::Family<Instrument, 3> family = add_family(registry);
    for (std::size_t index = 0; index < count; ++index) {
      const LabelValues values = MakeLabelValues(index);
      handles.push_back(family.With(values[0], values[1], values[2]));
      record(handles.back());
    }
  }
  ScrapeOnce(registry, *snapshot);
  const double series_bytes = BytesSince(before, count);

  ParkedThreads threads(kFurtherThreads, [&] {
    for (const Instrument& handle : handles) record(handle);
  });
  before = LiveHeapBytes();
  threads.Run();
  const double cell_bytes = BytesSince(before, kFurtherThreads * count * cells_per_series);

  before = LiveHeapBytes();
  snapshot.reset();
  const double snapshot_bytes = -BytesSince(before, count);
  return {series_bytes, snapshot_bytes, cell_bytes};
}

void CounterSeries(benchmark::State& state) {
  Report(state, SeriesFigures(), [] {
    return SeriesOfVitals<vitals::Counter>(
        kCounterSeries, 1,
        [](vitals::Registry& registry) {
          return registry.AddCounter({.name = "calls_total"}, {"worker", "operation", "status"})
              .value();
        },
        [](const vitals::Counter& counter) { counter.Increment(); });
  });
}
BENCHMARK(CounterSeries)->Name("memory_counter_series/vitals")->Apply(Once);

void HistogramSeries(benchmark::State& state) {
  // Cells as a reader counts them: the buckets, +Inf among them, and the sum.
  constexpr std::size_t kCells = kBucketCount + 2;
  Report(state, SeriesFigures(), [] {
    return SeriesOfVitals<vitals::Histogram>(
        kHistogramSeries, kCells,
        [](vitals::Registry& registry) {
          return registry
              .AddHistogram({.name = "calls", .bounds = vitals::Bounds(DurationBounds())},
                            {"worker", "operation", "status"})
              .value();
        },
        [](const vitals::Histogram& histogram) { histogram.Observe(0.02); });
  });
}
BENCHMARK(HistogramSeries)->Name("memory_histogram_series/vitals")->Apply(Once);

/// What a thread's cells of a summary take, and what its window takes once every part of it has
/// seen all random durations.
void SummarySeries(benchmark::State& state) {
  constexpr std::size_t kSummaries = 20;
  constexpr int kParts = 6;
  Report(state, {"bytes_per_thread", "window_bytes"}, [] {
    const auto clock = std::make_shared<vitals::testing::FakeClock>();
    vitals::Registry registry({.clock = clock});
    const auto family = registry.AddSummary({.name = "seconds"}, {"id"}).value();
    std::vector<vitals::Summary> summaries;
    for (std::size_t id = 0; id < kSummaries; ++id) {
      summaries.push_back(family.With(std::to_string(id)));
    }
    const auto observe_all = [&] {
      for (const double value : RandomDurations()) {
        for (const vitals::Summary& summary : summaries) summary.Observe(value);
      }
    };
    RandomDurations();
    std::int64_t before = LiveHeapBytes();
    observe_all();
    const double thread_bytes = BytesSince(before, kSummaries);
    before = LiveHeapBytes();
    for (int part = 0; part < kParts; ++part) {
      observe_all();
      clock->Advance(std::chrono::seconds(12));
      registry.RunMaintenance();
    }
    return std::vector<double>{thread_bytes, BytesSince(before, kSummaries)};
  });
}
BENCHMARK(SummarySeries)->Name("memory_summary_series/vitals")->Apply(Once);

template <typename Instrument, typename Builder, typename Record, typename... Arguments>
std::vector<double> SeriesOfPrometheus(Builder builder, std::size_t count, Record record,
                                       const Arguments&... arguments) {
  WarmUpStreams();
  const std::int64_t before = LiveHeapBytes();
  prometheus::Registry registry;
  prometheus::Family<Instrument>& family = builder.Name("calls").Register(registry);
  for (std::size_t index = 0; index < count; ++index) {
    const LabelValues values = MakeLabelValues(index);
    record(family.Add({{"worker", values[0]}, {"operation", values[1]}, {"status", values[2]}},
                      arguments...));
  }
  ScrapeOnce(registry);
  return {BytesSince(before, count)};
}

void CounterSeriesPrometheus(benchmark::State& state) {
  Report(state, {"bytes_per_series"}, [] {
    return SeriesOfPrometheus<prometheus::Counter>(
        prometheus::BuildCounter(), kCounterSeries,
        [](prometheus::Counter& counter) { counter.Increment(); });
  });
}
BENCHMARK(CounterSeriesPrometheus)->Name("memory_counter_series/prometheus_cpp")->Apply(Once);

void HistogramSeriesPrometheus(benchmark::State& state) {
  Report(state, {"bytes_per_series"}, [] {
    return SeriesOfPrometheus<prometheus::Histogram>(
        prometheus::BuildHistogram(), kHistogramSeries,
        [](prometheus::Histogram& histogram) { histogram.Observe(0.02); }, DurationBounds());
  });
}
BENCHMARK(HistogramSeriesPrometheus)->Name("memory_histogram_series/prometheus_cpp")->Apply(Once);

void EmptyRegistry(benchmark::State& state) {
  Report(state, {"bytes"}, []() -> std::vector<double> {
    vitals::Snapshot snapshot;
    const std::int64_t before = LiveHeapBytes();
    vitals::Registry registry;
    ScrapeOnce(registry, snapshot);
    return {BytesSince(before, 1)};
  });
}
BENCHMARK(EmptyRegistry)->Name("memory_empty_registry/vitals")->Apply(Once);

/// The registry of examples/job_worker, its four threads recording, scraped once.
void JobWorker(benchmark::State& state) {
  Report(state, {"bytes"}, []() -> std::vector<double> {
    std::optional<JobWorkerRegistry> instruments;
    ParkedThreads threads(kJobWorkerThreads, [&instruments] { instruments->RecordAll(); });
    vitals::Snapshot snapshot;
    const std::int64_t before = LiveHeapBytes();
    vitals::Registry registry;
    instruments.emplace(registry);
    threads.Run();
    ScrapeOnce(registry, snapshot);
    return {BytesSince(before, 1)};
  });
}
BENCHMARK(JobWorker)->Name("memory_job_worker_registry/vitals")->Apply(Once);

/// Calls of malloc in one scrape of the large page, after a first one.
void WarmScrapeAllocations(benchmark::State& state) {
  Report(state, {"allocations"}, []() -> std::vector<double> {
    vitals::Registry registry;
    VitalsPage host(registry);
    vitals::Snapshot snapshot;
    std::string page;
    std::int64_t before = 0;
    for (int scrape = 0; scrape < 2; ++scrape) {
      host.Record();
      before = AllocationCount();
      page.clear();
      registry.Gather(snapshot);
      vitals::EncodeText(snapshot, page);
    }
    return {static_cast<double>(AllocationCount() - before)};
  });
}
BENCHMARK(WarmScrapeAllocations)->Name("page_warm_allocations/vitals")->Apply(Once);

void WarmScrapeAllocationsPrometheus(benchmark::State& state) {
  Report(state, {"allocations"}, []() -> std::vector<double> {
    prometheus::Registry registry;
    PrometheusPage host(registry);
    ScrapeOnce(registry);
    const std::int64_t before = AllocationCount();
    ScrapeOnce(registry);
    return {static_cast<double>(AllocationCount() - before)};
  });
}
BENCHMARK(WarmScrapeAllocationsPrometheus)
    ->Name("page_warm_allocations/prometheus_cpp")
    ->Apply(Once);

/// Calls of malloc in updates of live series by a thread that has recorded to them before.
void WarmUpdateAllocations(benchmark::State& state) {
  Report(state, {"allocations"}, []() -> std::vector<double> {
    vitals::Registry registry;
    const JobWorkerRegistry instruments(registry);
    instruments.RecordAll();
    const std::int64_t before = AllocationCount();
    instruments.RecordAll();
    return {static_cast<double>(AllocationCount() - before)};
  });
}
BENCHMARK(WarmUpdateAllocations)->Name("update_warm_allocations/vitals")->Apply(Once);

}  // namespace
}  // namespace bench
