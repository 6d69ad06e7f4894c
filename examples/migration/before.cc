// A worker with prometheus-cpp. after.cc is the same program with vitals.

// [program]
#include <cstddef>
#include <iostream>
#include <memory>

#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

int main() {
  const auto registry = std::make_shared<prometheus::Registry>();
  auto& jobs = prometheus::BuildCounter()
                   .Name("worker_jobs_total")
                   .Help("Jobs done.")
                   .Labels({{"pool", "images"}})
                   .Register(*registry);
  auto& busy = prometheus::BuildCounter()
                   .Name("worker_busy_seconds_total")
                   .Help("Time spent on jobs.")
                   .Register(*registry)
                   .Add({});
  auto& waiting = prometheus::BuildGauge()
                      .Name("worker_waiting_jobs")
                      .Help("Jobs that wait.")
                      .Register(*registry)
                      .Add({});
  auto& seconds = prometheus::BuildHistogram()
                      .Name("worker_job_seconds")
                      .Help("Duration of jobs.")
                      .Register(*registry);
  const prometheus::Histogram::BucketBoundaries bounds = {0.0625, 0.125, 0.25};

  prometheus::Exposer exposer("127.0.0.1:0");
  exposer.RegisterCollectable(registry);

  for (int job = 0; job < 1000; ++job) {
    const double duration = (job % 100) / 256.0;
    waiting.Set(999 - job);
    busy.Increment(duration);
    seconds.Add({{"kind", job % 3 == 0 ? "crop" : "resize"}}, bounds).Observe(duration);
    jobs.Add({{"status", job % 10 == 0 ? "failed" : "completed"}}).Increment();
  }
  std::cout << "http://127.0.0.1:" << exposer.GetListeningPorts().front()
            << "/metrics, until Enter is pressed" << std::endl;
  std::cin.get();
}
// [/program]
