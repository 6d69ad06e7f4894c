// The page that a load balancer asks for, of a big host that is at work: /health over loopback,
// from one connection that is kept open, while 1,000 components report 100 times a second each.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/http_client.h"
#include "vitals/telemetry/telemetry.h"
#include "vitals/testing/latency_distribution.h"

namespace bench {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr int kComponents = 1'000;

std::unique_ptr<vitals::Telemetry> MakeHost() {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  options.health->log_transitions = false;
  return vitals::Telemetry::Create(std::move(options)).value();
}

// Reports for all components every 10 ms. One of them is degraded, so that the page has a reason.
void ReportUntil(const std::stop_token& stopped, const std::vector<vitals::HealthReporter>& all) {
  while (!stopped.stop_requested()) {
    const auto next = steady_clock::now() + std::chrono::milliseconds(10);
    for (const vitals::HealthReporter& reporter : all) {
      reporter.Report(&reporter == &all.back() ? vitals::HealthStatus::kDegraded
                                               : vitals::HealthStatus::kHealthy,
                      "17 messages wait");
    }
    std::this_thread::sleep_until(next);
  }
}

void HealthPage(benchmark::State& state, std::string_view path) {
  const auto telemetry = MakeHost();
  std::vector<vitals::HealthReporter> reporters;
  for (int i = 0; i < kComponents; ++i) {
    reporters.push_back(*telemetry->health()->AddReporter("component/" + std::to_string(i)));
    reporters.back().Report(vitals::HealthStatus::kHealthy);
  }
  const std::jthread load(
      [&reporters](const std::stop_token& stopped) { ReportUntil(stopped, reporters); });
  HttpClient client(telemetry->port());
  vitals::testing::LatencyDistribution latency;
  for (auto _ : state) {
    const auto start = steady_clock::now();
    if (!client.Get(path)) {
      state.SkipWithError("no whole answer of status 200");
      break;
    }
    latency.Record(static_cast<std::uint64_t>(nanoseconds(steady_clock::now() - start).count()));
  }
  state.counters["p50_ns"] = static_cast<double>(latency.Quantile(0.5));
  state.counters["p99_ns"] = static_cast<double>(latency.Quantile(0.99));
}
BENCHMARK_CAPTURE(HealthPage, health, "/health")
    ->Name("health_page_1000/vitals")
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(HealthPage, verbose, "/health?verbose")
    ->Name("health_page_verbose_1000/vitals")
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bench
