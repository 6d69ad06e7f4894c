// The program of before.cc on its way: counters are with vitals, the rest is still with
// prometheus-cpp. The argument says who serves: "exposer" or "exporter". Both serve all series.

#include <iostream>
#include <memory>
#include <string_view>

#include "prometheus/exposer.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "vitals/bridge/collectable_collector.h"
#include "vitals/bridge/gatherer_collectable.h"
#include "vitals/vitals.h"

namespace {

void Work(vitals::Registry& moved, prometheus::Registry& staying) {
  const auto jobs = moved
                        .AddCounter({.name = "worker_jobs_total",
                                     .help = "Jobs done.",
                                     .const_labels = {{"pool", "images"}}},
                                    {"status"})
                        .value();
  const auto busy =
      moved.AddDoubleCounter({.name = "worker_busy_seconds_total", .help = "Time spent on jobs."})
          .value();
  auto& waiting = prometheus::BuildGauge()
                      .Name("worker_waiting_jobs")
                      .Help("Jobs that wait.")
                      .Register(staying)
                      .Add({});
  auto& seconds = prometheus::BuildHistogram()
                      .Name("worker_job_seconds")
                      .Help("Duration of jobs.")
                      .Register(staying);
  const prometheus::Histogram::BucketBoundaries bounds = {0.0625, 0.125, 0.25};

  for (int job = 0; job < 1000; ++job) {
    const double duration = (job % 100) / 256.0;
    waiting.Set(999 - job);
    busy.Increment(duration);
    seconds.Add({{"kind", job % 3 == 0 ? "crop" : "resize"}}, bounds).Observe(duration);
    jobs.With(job % 10 == 0 ? "failed" : "completed").Increment();
  }
}

int ServeByExposer() {
  const auto staying = std::make_shared<prometheus::Registry>();
  const auto moved = std::make_shared<vitals::Registry>();
  Work(*moved, *staying);
  prometheus::Exposer exposer("127.0.0.1:0");
  // [exposer]
  exposer.RegisterCollectable(staying);
  // Kept here: the Exposer has a weak pointer to it.
  const auto collectable = std::make_shared<vitals::bridge::GathererCollectable>(moved);
  exposer.RegisterCollectable(collectable);
  // [/exposer]
  std::cout << "http://127.0.0.1:" << exposer.GetListeningPorts().front()
            << "/metrics, until Enter is pressed" << std::endl;
  std::cin.get();
  return 0;
}

int ServeByExporter() {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  const auto telemetry = vitals::Telemetry::Create(options);
  if (!telemetry.ok()) {
    std::cerr << telemetry.status().message() << '\n';
    return 1;
  }
  const auto staying = std::make_shared<prometheus::Registry>();
  Work((*telemetry)->registry(), *staying);
  // [exporter]
  const absl::Status added =
      (*telemetry)
          ->registry()
          .AddCollector(std::make_shared<vitals::bridge::CollectableCollector>(staying));
  // [/exporter]
  std::cout << (*telemetry)->url() << "/metrics, until Enter is pressed" << std::endl;
  std::cin.get();
  return added.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view server = argc == 2 ? argv[1] : "";
  if (server == "exposer") return ServeByExposer();
  if (server == "exporter") return ServeByExporter();
  std::cerr << "usage: halfway exposer|exporter\n";
  return 2;
}
