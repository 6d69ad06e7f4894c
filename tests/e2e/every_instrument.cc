// A host with every instrument, recorded to, with exemplars. Serves the same registry twice: as
// Prometheus asks for it, and in the text format alone. Ends when its input does.

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "vitals/vitals.h"

namespace {

void RecordAll(vitals::Registry& registry) {
  registry.AddCounter({.name = "test_jobs_total", .help = "Jobs."}, {"status"})
      ->With("ok")
      .IncrementWithExemplar(5, {{"trace_id", "4bf92f3577b34da6"}});
  registry
      .AddDoubleCounter({.name = "test_busy_seconds_total", .help = "Time.", .unit = "seconds"})
      ->Increment(1.5);
  registry.AddCounter({.name = "test_odd_name", .help = "A counter without its suffix."})
      ->Increment(3);
  registry.AddUpDownCounter({.name = "test_open", .help = "Open."})->Increment(2);
  registry.AddGauge({.name = "test_level", .help = "Level."})->Set(-0.25);
  const auto latency = registry.AddHistogram(
      {.name = "test_latency_seconds", .help = "Latency.", .bounds = {0.1, 1}, .unit = "seconds"});
  latency->ObserveWithExemplar(0.05, {{"trace_id", "aaaa"}});
  latency->ObserveWithExemplar(7, {{"trace_id", "bbbb"}});
  const auto size = registry.AddExponentialHistogram({.name = "test_size_bytes",
                                                      .help = "Sizes.",
                                                      .schema = 0,
                                                      .min_value = 1,
                                                      .max_value = 1024});
  for (const double value : {3.0, 100.0}) size->Observe(value);
  const auto wait = registry.AddSummary({.name = "test_wait_seconds", .help = "Waiting."});
  for (int i = 1; i <= 100; ++i) wait->Observe(i);
  registry.AddStateSet({.name = "test_phase", .help = "Phase.", .states = {"idle", "busy"}})
      ->Set(1);
  registry.AddInfo({.name = "test_plugin_info", .help = "Plugin."}, {"version"})->With("1.2");
}

absl::StatusOr<std::unique_ptr<vitals::Telemetry>> Serve(bool openmetrics) {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  options.exporter->metrics.openmetrics = openmetrics;
  return vitals::Telemetry::Create(std::move(options));
}

}  // namespace

int main() {
  const auto openmetrics = Serve(true);
  const auto text = Serve(false);
  if (!openmetrics.ok() || !text.ok()) return EXIT_FAILURE;
  const auto registry = std::make_shared<vitals::Registry>();
  RecordAll(*registry);
  if (!(*openmetrics)->AddRegistry(registry).ok() || !(*text)->AddRegistry(registry).ok()) {
    return EXIT_FAILURE;
  }
  std::cout << "openmetrics at " << (*openmetrics)->url() << "\ntext at " << (*text)->url()
            << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return EXIT_SUCCESS;
}
