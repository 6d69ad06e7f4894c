// [embed]
#include <iostream>

#include "vitals/vitals.h"

int main() {
  const auto telemetry = vitals::Telemetry::Create({});
  if (!telemetry.ok()) {
    std::cerr << telemetry.status().message() << '\n';
    return 1;
  }
  vitals::Registry& registry = (*telemetry)->registry();
  const auto jobs =
      registry.AddCounter({.name = "jobs_total", .help = "Jobs done."}, {"status"}).value();
  const auto seconds =
      registry.AddHistogram({.name = "job_seconds", .help = "Duration of jobs."}).value();

  for (int job = 0; job < 1000; ++job) {
    const vitals::ScopedTimer timer(seconds);
    jobs.With(job % 10 == 0 ? "failed" : "completed").Increment();
  }
  std::cout << (*telemetry)->url() << "/metrics, until Enter is pressed" << std::endl;
  std::cin.get();
}
// [/embed]
