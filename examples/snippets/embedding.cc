#include <chrono>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vitals/base/log.h"
#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/embedding.md, compiled and run.

namespace {

// [instruments]
// What a cache records. Handles are values: made once, copied where they are used.
struct CacheMetrics {
  vitals::Family<vitals::Counter, 1> lookups;
  vitals::Counter evictions;
  vitals::Gauge entries;
  vitals::UpDownCounter pinned;
  vitals::DoubleCounter busy_seconds;
  vitals::Histogram load_seconds;
};

absl::StatusOr<CacheMetrics> AddCacheMetrics(vitals::Registry& registry) {
  auto lookups =
      registry.AddCounter({.name = "cache_lookups_total", .help = "Look-ups."}, {"result"});
  if (!lookups.ok()) return lookups.status();
  auto evictions = registry.AddCounter({.name = "cache_evictions_total", .help = "Evictions."});
  if (!evictions.ok()) return evictions.status();
  auto entries = registry.AddGauge({.name = "cache_entries", .help = "Entries now."});
  if (!entries.ok()) return entries.status();
  auto pinned = registry.AddUpDownCounter({.name = "cache_pinned", .help = "Pinned entries."});
  if (!pinned.ok()) return pinned.status();
  auto busy =
      registry.AddDoubleCounter({.name = "cache_busy_seconds_total", .help = "Time spent."});
  if (!busy.ok()) return busy.status();
  auto load = registry.AddHistogram({.name = "cache_load_seconds",
                                     .help = "Time to load a missing entry.",
                                     .bounds = vitals::Bounds::Exponential(0.0001, 4, 8)});
  if (!load.ok()) return load.status();
  return CacheMetrics{*lookups, *evictions, *entries, *pinned, *busy, *load};
}
// [/instruments]

void Record(const CacheMetrics& metrics) {
  // [record]
  metrics.lookups.With("miss").Increment();
  metrics.entries.Set(17);
  metrics.pinned.Increment();
  metrics.pinned.Decrement();
  metrics.busy_seconds.Increment(0.25);
  metrics.evictions.Increment(3);
  {
    const vitals::ScopedTimer timer(metrics.load_seconds);
    // ... load the entry ...
  }
  // [/record]
}

// [hot-handle]
void CountHits(const CacheMetrics& metrics, int hits) {
  const vitals::Counter hit = metrics.lookups.With("hit");  // looked up once
  for (int i = 0; i < hits; ++i) hit.Increment();           // about a nanosecond each
}
// [/hot-handle]

// [in-flight]
void HandleRequest(const vitals::Gauge& in_flight) {
  const vitals::InFlightGuard guard(in_flight);
  // ... the gauge is one higher until this returns, however it returns ...
}
// [/in-flight]

// [collector]
// Shows what another library counts already.
class PoolCollector : public vitals::Collector {
 public:
  explicit PoolCollector(std::shared_ptr<const std::size_t> bytes) : bytes_(std::move(bytes)) {}

  std::vector<vitals::CollectedFamily> Collect() override {
    vitals::CollectedFamily family;
    family.name = "pool_bytes";
    family.help = "Bytes held by the pool.";
    family.type = vitals::MetricType::kGauge;
    family.samples = {{{{"pool", "pages"}}, static_cast<double>(*bytes_)}};
    return {family};
  }

 private:
  std::shared_ptr<const std::size_t> bytes_;
};
// [/collector]

// [page]
std::string PageOf(vitals::Registry& registry) {
  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  std::string page;
  vitals::EncodeText(snapshot, page);
  return page;
}
// [/page]

// [host-driven]
// A host with a loop of its own can serve without a thread of vitals.
int RunLoop() {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  options.exporter->http.io_threads = 0;
  const auto telemetry = vitals::Telemetry::Create(std::move(options));
  if (!telemetry.ok()) return 1;
  for (int turn = 0; turn < 3; ++turn) {
    // ... the host's own work ...
    (*telemetry)->Poll(std::chrono::milliseconds(1));
  }
  return 0;
}
// [/host-driven]

// [log]
void UseHostLog() {
  vitals::SetLogSink([](vitals::LogSeverity severity, std::string_view message) {
    std::clog << vitals::LogSeverityName(severity) << ' ' << message << '\n';
  });
}
// [/log]

}  // namespace

int main() {
  UseHostLog();
  vitals::Registry registry;
  const absl::StatusOr<CacheMetrics> metrics = AddCacheMetrics(registry);
  if (!metrics.ok()) return 1;
  Record(*metrics);
  CountHits(*metrics, 100);
  HandleRequest(metrics->entries);
  const auto pool = std::make_shared<PoolCollector>(std::make_shared<std::size_t>(4096));
  if (!registry.AddCollector(pool).ok()) return 1;
  std::cout << PageOf(registry);
  return RunLoop();
}
