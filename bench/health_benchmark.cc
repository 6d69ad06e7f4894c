// What health costs: a report, the checks of a big host on schedule, and reading them.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "bench/measure.h"
#include "vitals/health/health_monitor.h"

namespace bench {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::shared_ptr<vitals::HealthMonitor> MakeMonitor() {
  return *vitals::HealthMonitor::Create({.stop_timeout = milliseconds(100)});
}

// Each thread reports for a component of its own that all is well, as it did before.
void Report(benchmark::State& state, std::string_view reason) {
  static vitals::HealthMonitor& monitor = **new std::shared_ptr(MakeMonitor());
  static std::atomic<int> next{0};
  const vitals::HealthReporter reporter =
      *monitor.AddReporter("worker/" + std::to_string(next++), {.max_age = seconds(600)});
  const vitals::HealthReporter* const opaque = Opaque(&reporter);
  MeasureUpdate(state,
                [opaque, reason] { opaque->Report(vitals::HealthStatus::kHealthy, reason); });
}
BENCHMARK_CAPTURE(Report, healthy, "")->Name("health_report/vitals")->Apply(ForThreads);
BENCHMARK_CAPTURE(Report, reason, "drained 17 of 17 messages in the last second")
    ->Name("health_report_reason/vitals")
    ->Apply(ForThreads);

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// 10,000 checks at an interval of 1 s, for five seconds after the first. Reports the share of one
// core that all of it took, how many ran, and how late the latest of them started.
void Schedule(benchmark::State& state) {
  constexpr int kChecks = 10'000;
  constexpr seconds kDuration(5);
  const auto monitor = MakeMonitor();
  std::atomic<std::int64_t> runs{0};
  for (int i = 0; i < kChecks; ++i) {
    // Relaxed: a total, read when all is over.
    const absl::Status added =
        monitor->AddCheck("component/" + std::to_string(i),
                          [&runs] { return runs.fetch_add(1, std::memory_order_relaxed) >= 0; },
                          {.interval = seconds(1), .timeout = seconds(1)});
    if (!added.ok()) state.SkipWithError("a check could not be added");
  }
  for (auto _ : state) {
    std::this_thread::sleep_for(seconds(1));  // the first runs, which are all at once
    const std::int64_t runs_before = runs.load();
    const double cpu_before = CpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(kDuration);
    const double elapsed = duration<double>(std::chrono::steady_clock::now() - start).count();
    state.counters["cpu_percent"] = 100 * (CpuSeconds() - cpu_before) / elapsed;
    state.counters["runs_per_second"] = static_cast<double>(runs.load() - runs_before) / elapsed;
  }
  const vitals::HealthMonitorStats stats = monitor->stats();
  state.counters["late_starts"] = static_cast<double>(stats.late_starts);
  state.counters["max_start_delay_ms"] =
      duration<double, std::milli>(stats.max_start_delay).count();
  monitor->Stop().IgnoreError();
}
BENCHMARK(Schedule)
    ->Name("health_schedule_10000/vitals")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

// Where checks hang until the benchmark is over.
struct Gate {
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [this] { return open; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
};

// 100 checks that hang for ever from their first run, and 1,000 that are well, at an interval of
// 1 s, for three seconds. Reports how late the latest of them started.
void Hang(benchmark::State& state) {
  constexpr int kHanging = 100;
  constexpr int kWell = 1'000;
  const auto monitor = MakeMonitor();
  const auto gate = std::make_shared<Gate>();
  const vitals::HealthCheckOptions options = {.interval = seconds(1), .timeout = seconds(1)};
  absl::Status added;
  for (int i = 0; i < kHanging; ++i) {
    added.Update(monitor->AddCheck(
        "hanging/" + std::to_string(i), [gate] { return gate->Pass(), true; }, options));
  }
  for (int i = 0; i < kWell; ++i) {
    added.Update(monitor->AddCheck(
        "well/" + std::to_string(i), [] { return true; }, options));
  }
  if (!added.ok()) state.SkipWithError("a check could not be added");
  for (auto _ : state) std::this_thread::sleep_for(seconds(3));
  const vitals::HealthMonitorStats stats = monitor->stats();
  state.counters["hung_checks"] = static_cast<double>(stats.hung_checks);
  state.counters["max_start_delay_ms"] =
      duration<double, std::milli>(stats.max_start_delay).count();
  state.counters["unhealthy_others"] =
      monitor->Report("well")->status == vitals::HealthStatus::kHealthy ? 0 : 1;
  monitor->Stop().IgnoreError();
  const std::lock_guard<std::mutex> lock(gate->mutex);
  gate->open = true;
  gate->changed.notify_all();
}
BENCHMARK(Hang)
    ->Name("health_100_hung/vitals")
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

// Reading 1,000 components.
std::shared_ptr<vitals::HealthMonitor> MonitorOf1000() {
  auto monitor = MakeMonitor();
  for (int i = 0; i < 1'000; ++i) {
    const auto reporter = monitor->AddReporter("component/" + std::to_string(i));
    reporter->Report(vitals::HealthStatus::kHealthy, "as it should be");
  }
  return monitor;
}

void ReadStatus(benchmark::State& state) {
  const auto monitor = MonitorOf1000();
  for (auto _ : state) benchmark::DoNotOptimize(monitor->status());
}
BENCHMARK(ReadStatus)->Name("health_status_1000/vitals")->Unit(benchmark::kMicrosecond);

void ReadReport(benchmark::State& state) {
  const auto monitor = MonitorOf1000();
  for (auto _ : state) benchmark::DoNotOptimize(monitor->Report());
}
BENCHMARK(ReadReport)->Name("health_report_1000/vitals")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bench
