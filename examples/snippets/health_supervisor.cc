#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <syncstream>

#include "vitals/health/health_monitor.h"
#include "vitals/health/supervised_child.h"

/// \file
/// The samples of docs/guide/health-supervisors.md, compiled and run.

namespace {

using vitals::ChildState;

// Something that is started, works, and may lose its connection.
class Worker {
 public:
  void Start() { connected_ = true; }
  void Stop() { connected_ = false; }
  void LoseConnection() { connected_ = false; }

  vitals::ChildHealth CheckHealth() const {
    return connected_ ? vitals::ChildHealth::Healthy()
                      : vitals::ChildHealth::Failed("no connection");
  }

 private:
  std::atomic<bool> connected_{false};
};

absl::StatusOr<vitals::HealthSubscription> PrintTransitions(vitals::HealthMonitor& monitor) {
  // [transitions]
  auto subscription = monitor.Subscribe([](const vitals::HealthTransition& transition) {
    std::osyncstream(std::cout) << transition.component << ": "
                                << vitals::HealthStatusName(transition.from) << " -> "
                                << vitals::HealthStatusName(transition.to) << ' '
                                << transition.reason << '\n';
  });
  // [/transitions]
  return subscription;
}

absl::StatusOr<vitals::HealthSubscription> PrintChildHealth(vitals::HealthMonitor& monitor) {
  // [child-health]
  auto subscription = vitals::SubscribeToChildHealth(
      monitor, "workers",
      [](std::string_view child, const vitals::ChildHealth& health, std::uint32_t failures) {
        std::osyncstream(std::cout)
            << child << " is " << vitals::ChildHealthKindName(health.kind) << " after " << failures
            << " failures: " << health.reason << '\n';
      });
  // [/child-health]
  return subscription;
}

absl::StatusOr<std::unique_ptr<vitals::SupervisedChild>> Supervise(
    const std::shared_ptr<vitals::HealthMonitor>& monitor, const std::shared_ptr<Worker>& worker) {
  // [child]
  auto child = vitals::SupervisedChild::Create(
      monitor, "workers/resize", [worker] { return worker->CheckHealth(); },
      {.config = {.check_interval = std::chrono::milliseconds(100),
                  .check_timeout = std::chrono::milliseconds(50),
                  .failure_threshold = 3}});
  if (!child.ok()) return child.status();
  worker->Start();
  (*child)->SetState(ChildState::kRunning);
  // [/child]
  return child;
}

// [hook]
void Restart(vitals::SupervisedChild& child, Worker& worker) {
  child.SetState(ChildState::kRestarting);
  worker.Stop();
  child.SetState(ChildState::kStarting);
  worker.Start();
  child.SetState(ChildState::kRunning);
}

absl::StatusOr<vitals::HealthSubscription> RestartOnFailure(vitals::HealthMonitor& monitor,
                                                            vitals::SupervisedChild& child,
                                                            Worker& worker,
                                                            std::promise<void>& recovered) {
  using Kind = vitals::RestartRequest::Kind;
  return monitor.AddRestartHook(
      [&](const vitals::RestartRequest& request) {
        switch (request.kind) {
          case Kind::kRestart:
            Restart(child, worker);
            break;
          case Kind::kLimitReached:
            child.SetState(ChildState::kFailed, "was restarted too often");
            break;
          case Kind::kRecovered:
            recovered.set_value();
            break;
        }
        return absl::OkStatus();
      },
      {.under = "workers", .max_restarts = 5, .window = std::chrono::minutes(1)});
}
// [/hook]

absl::Status Run() {
  const auto monitor = vitals::HealthMonitor::Create();
  if (!monitor.ok()) return monitor.status();
  const auto transitions = PrintTransitions(**monitor);
  const auto child_health = PrintChildHealth(**monitor);
  if (!transitions.ok() || !child_health.ok()) return absl::InternalError("nobody is told");

  const auto worker = std::make_shared<Worker>();
  const auto child = Supervise(*monitor, worker);
  if (!child.ok()) return child.status();
  std::promise<void> recovered;
  const auto hook = RestartOnFailure(**monitor, **child, *worker, recovered);
  if (!hook.ok()) return hook.status();
  worker->LoseConnection();
  if (recovered.get_future().wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
    return absl::DeadlineExceededError("the worker has not recovered");
  }
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = Run();
  if (!status.ok()) std::cerr << status.message() << '\n';
  return status.ok() ? 0 : 1;
}
