// The program of before.cc with vitals: it serves the same series.

// [program]
#include <iostream>

#include "vitals/vitals.h"

int main() {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  const auto telemetry = vitals::Telemetry::Create(options);
  if (!telemetry.ok()) {
    std::cerr << telemetry.status().message() << '\n';
    return 1;
  }
  vitals::Registry& registry = (*telemetry)->registry();
  const auto jobs = registry
                        .AddCounter({.name = "worker_jobs_total",
                                     .help = "Jobs done.",
                                     .const_labels = {{"pool", "images"}}},
                                    {"status"})
                        .value();
  const auto busy =
      registry
          .AddDoubleCounter({.name = "worker_busy_seconds_total", .help = "Time spent on jobs."})
          .value();
  const auto waiting =
      registry.AddGauge({.name = "worker_waiting_jobs", .help = "Jobs that wait."}).value();
  const auto seconds = registry
                           .AddHistogram({.name = "worker_job_seconds",
                                          .help = "Duration of jobs.",
                                          .bounds = {0.0625, 0.125, 0.25}},
                                         {"kind"})
                           .value();

  for (int job = 0; job < 1000; ++job) {
    const double duration = (job % 100) / 256.0;
    waiting.Set(999 - job);
    busy.Increment(duration);
    seconds.With(job % 3 == 0 ? "crop" : "resize").Observe(duration);
    jobs.With(job % 10 == 0 ? "failed" : "completed").Increment();
  }
  std::cout << (*telemetry)->url() << "/metrics, until Enter is pressed" << std::endl;
  std::cin.get();
}
// [/program]
