// [benchmark]
#include <cstddef>
#include <iostream>

#include "request_metrics.h"
#include "vitals/testing/update_benchmark.h"

int main(int argc, char** argv) {
  vitals::Registry registry;
  const absl::StatusOr<RequestMetrics> metrics = RequestMetrics::Create(registry);
  if (!metrics.ok()) {
    std::cerr << metrics.status().message() << '\n';
    return 1;
  }

  vitals::testing::UpdateBenchmark benchmark;
  absl::Status status = benchmark.Add(
      "count_request", [&](std::size_t, std::size_t) { metrics->Count("GET", "200"); });
  status.Update(benchmark.Add("observe_request", [&](std::size_t, std::size_t turn) {
    metrics->Observe("GET", 0.001 * static_cast<double>(turn % 1000));
  }));
  if (!status.ok()) {
    std::cerr << status.message() << '\n';
    return 1;
  }
  return benchmark.Main(argc, argv);
}
// [/benchmark]
