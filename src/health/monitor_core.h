#ifndef VITALS_SRC_HEALTH_MONITOR_CORE_H_
#define VITALS_SRC_HEALTH_MONITOR_CORE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "health/aggregate_watcher.h"
#include "health/check_pool.h"
#include "health/component.h"
#include "health/component_tree.h"
#include "health/restarter.h"
#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// What a HealthMonitor is made of, and the thread that keeps its time:
///
///     TimerQueue --due--> Component::OnTimer() --turn--> CheckPool --> Component::Run()
///                                |                                        |
///                                +------------- transitions --------------+--> Publisher
///                                                                               |
///                                            subscribers, Restarter <-- Listener queues
///
/// Locks are taken in this order, where more than one is held: ComponentTree, Component, Publisher
/// or TimerQueue, Listener. No lock is held while code of the host runs, but the one that makes
/// Step() exclusive in a host that drives the monitor.
class MonitorCore : public std::enable_shared_from_this<MonitorCore> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `options` were checked.
  explicit MonitorCore(HealthMonitorOptions options);

  absl::Status Start();

  absl::StatusOr<std::shared_ptr<Component>> Add(std::string_view name, HealthCheck check,
                                                 HealthCheckOptions options);
  /// NotFound.
  absl::StatusOr<std::shared_ptr<Component>> Find(std::string_view name) const;
  absl::Status Remove(std::string_view name);
  absl::StatusOr<ComponentReport> CheckNow(std::string_view name);

  absl::StatusOr<HealthSubscription> Listen(std::shared_ptr<Listener> listener);
  absl::StatusOr<HealthSubscription> AddRestartHook(RestartHook hook, RestartOptions options);

  /// Does what is due, as HealthMonitor::Poll().
  Time Poll();

  absl::Status Stop();

  HealthMonitorStats stats() const;
  bool stopped() const { return environment_->stopped.load(); }
  Time Now() const { return environment_->clock->MonotonicNow(); }
  const ComponentTree& tree() const { return tree_; }
  const std::shared_ptr<const Clock>& clock() const { return environment_->clock; }

 private:
  void Loop();
  std::chrono::nanoseconds RestUntil(Time when) const;
  Time Step();
  Time ServeListeners();
  void StartChecks(std::vector<CheckPool::Waiting> checks);
  bool RunExtraTurn(const std::shared_ptr<Component>& component);
  absl::Status CheckRunning() const;

  const HealthMonitorOptions options_;
  const std::shared_ptr<Environment> environment_;
  ComponentTree tree_;
  CheckPool pool_;
  std::function<double()> random_;          // only within Step()
  AggregateWatcher aggregates_;             // only within Step()
  base::Mutex step_mutex_;                  // held by Step()
  std::atomic<std::thread::id> stepper_{};  // who holds it
  base::Mutex thread_mutex_;
  base::Thread thread_ VITALS_GUARDED_BY(thread_mutex_);
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_MONITOR_CORE_H_
