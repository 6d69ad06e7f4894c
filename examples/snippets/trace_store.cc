#include <chrono>
#include <cstddef>
#include <iostream>
#include <optional>
#include <utility>

#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/tracing.md on keeping and finding traces, compiled and run.

namespace {

vitals::TelemetryOptions KeepMore() {
  // [keep]
  vitals::TelemetryOptions options;
  vitals::TraceStoreOptions& store = *options.tracing->store;
  store.max_bytes = std::size_t{256} << 20;
  store.max_age = std::chrono::hours(72);
  store.keeping.slowest_per_root = 20;  // of each name, each minute
  store.keeping.random_share = 0.001;
  // [/keep]
  return options;
}

absl::StatusOr<std::size_t> CountFailedJobs(const vitals::Telemetry& telemetry) {
  // [search]
  vitals::TraceQuery query;
  query.name = "job";
  query.status = vitals::SpanStatus::kError;
  query.limit = 100;
  const auto traces = telemetry.trace_store()->Search(query);
  if (!traces.ok()) return traces.status();
  for (const vitals::TraceSummary& trace : *traces) {
    std::cout << trace.trace_id.ToString() << ' ' << trace.duration_ns() << " ns\n";
  }
  // [/search]
  return traces->size();
}

}  // namespace

int main() {
  vitals::TelemetryOptions options = KeepMore();
  options.exporter = std::nullopt;
  const auto telemetry = vitals::Telemetry::Create(std::move(options));
  if (!telemetry.ok()) {
    std::cerr << telemetry.status().message() << '\n';
    return 1;
  }
  const vitals::Tracer tracer = (*telemetry)->GetTracer("worker");
  tracer.StartSpan("job").SetStatus(vitals::SpanStatus::kError, "out of space");
  (*telemetry)->tracer_provider()->Drain();
  const auto failed = CountFailedJobs(**telemetry);
  return failed.ok() && *failed == 1 ? 0 : 1;
}
