// The samples of docs/guide/health.md, compiled and run.

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "fmt/format.h"
#include "vitals/vitals.h"

namespace {

using std::chrono::seconds;

// Parts of a host that are to be watched.
struct Scheduler {
  static bool running() { return true; }
};

class WriteAheadLog {
 public:
  static bool is_open() { return true; }
  seconds lag() const { return lag_.load(); }

 private:
  std::atomic<seconds> lag_ = seconds(3);
};

absl::Status AddScheduler(vitals::Telemetry& telemetry, const Scheduler& scheduler) {
  // [add]
  auto health = telemetry.health();
  auto added = health->AddCheck("scheduler", [&] { return scheduler.running(); });
  if (!added.ok()) return added;
  // [/add]
  return absl::OkStatus();
}

absl::Status AddLog(vitals::HealthMonitor& health, const std::shared_ptr<WriteAheadLog>& wal) {
  // [check]
  const auto check = [wal] {
    if (!wal->is_open()) return vitals::HealthResult::Unhealthy("the log is closed");
    if (wal->lag() < seconds(2)) return vitals::HealthResult::Healthy();
    return vitals::HealthResult::Degraded(fmt::format("{} s behind", wal->lag().count()));
  };
  return health.AddCheck("storage/wal", check,
                         {.interval = seconds(5),
                          .timeout = seconds(1),
                          .rules = {.failure_threshold = 2, .start_grace = seconds(30)}});
  // [/check]
}

// [component]
class Cache : public vitals::ComponentHealth {
 public:
  vitals::HealthResult CheckHealth() override {
    return filled_ ? vitals::HealthResult::Healthy() : vitals::HealthResult::Degraded("cold");
  }

 private:
  std::atomic<bool> filled_ = false;
};

absl::Status AddCache(vitals::HealthMonitor& health, const std::shared_ptr<Cache>& cache) {
  return health.AddCheck("storage/cache", cache, {.critical = false});
}
// [/component]

absl::Status ReportUpstream(vitals::HealthMonitor& health) {
  // [report]
  auto upstream = health.AddReporter("upstream", {.max_age = seconds(30)});
  if (!upstream.ok()) return upstream.status();
  upstream->Report(vitals::HealthStatus::kDegraded, "answers take 3 s");
  // [/report]
  return absl::OkStatus();
}

absl::Status Maintain(vitals::HealthMonitor& health) {
  // [hold]
  auto wal = health.GetReporter("storage/wal");
  if (!wal.ok()) return wal.status();
  wal->Hold(vitals::HealthStatus::kDegraded, "is being compacted");
  // ... compact it ...
  wal->Release();
  // [/hold]
  return absl::OkStatus();
}

absl::Status Start(vitals::HealthMonitor& health) {
  // [startup]
  auto startup = health.AddReporter("startup", {.max_age = seconds(0)});
  if (!startup.ok()) return startup.status();
  // ... load, connect, add the other components ...
  startup->Report(vitals::HealthStatus::kHealthy);
  // [/startup]
  return absl::OkStatus();
}

void Show(const vitals::HealthMonitor& health) {
  // [read]
  const vitals::HealthReport report = health.GroupReport(vitals::kReadyGroup);
  std::cout << vitals::HealthStatusName(report.status) << ' ' << report.reason << '\n';
  for (const vitals::ComponentReport& component : report.components) {
    std::cout << component.component << ": " << component.reason << '\n';
  }
  // [/read]
}

absl::Status Run(const Scheduler& scheduler, vitals::Telemetry& telemetry) {
  vitals::HealthMonitor& health = *telemetry.health();
  absl::Status status = Start(health);
  status.Update(AddScheduler(telemetry, scheduler));
  status.Update(AddLog(health, std::make_shared<WriteAheadLog>()));
  status.Update(AddCache(health, std::make_shared<Cache>()));
  status.Update(ReportUpstream(health));
  if (!status.ok()) return status;
  for (const char* const component : {"scheduler", "storage/wal", "storage/cache"}) {
    status.Update(health.CheckNow(component).status());
  }
  Show(health);
  status.Update(Maintain(health));
  return status;
}

}  // namespace

int main() {
  const Scheduler scheduler;
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  const auto telemetry = vitals::Telemetry::Create(options);
  if (!telemetry.ok()) {
    std::cerr << telemetry.status() << '\n';
    return 1;
  }
  const absl::Status status = Run(scheduler, **telemetry);
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}
