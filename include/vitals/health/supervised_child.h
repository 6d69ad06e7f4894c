#ifndef VITALS_HEALTH_SUPERVISED_CHILD_H_
#define VITALS_HEALTH_SUPERVISED_CHILD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/child_health.h"
#include "vitals/health/health_monitor.h"
#include "vitals/health/health_options.h"
#include "vitals/health/health_reporter.h"
#include "vitals/health/health_subscription.h"

VITALS_NAMESPACE_BEGIN

namespace health {
class ChildProbe;
}  // namespace health

/// Options of a SupervisedChild.
struct SupervisedChildOptions {
  HealthConfig config = {};
  bool critical = true;                             ///< as HealthCheckOptions::critical
  std::vector<std::string> groups = {kReadyGroup};  ///< as HealthCheckOptions::groups
};

/// A component that a supervisor starts, stops and restarts. The supervisor tells each state it
/// takes the child to, and the component shows it:
///
/// | state      | the component is                       | when it was unhealthy        |
/// |------------|----------------------------------------|------------------------------|
/// | starting   | unknown, "starting"                    | unhealthy, "starting"        |
/// | running    | as before, until its checks say more   | the same                     |
/// | stopping   | degraded, "stopping"                   | unhealthy, "stopping"        |
/// | stopped    | degraded, "stopped"                    | degraded, "stopped"          |
/// | restarting | degraded, "restarting"                 | unhealthy, "restarting"      |
/// | failed     | unhealthy, with the reason             | unhealthy, with the reason   |
///
/// The child is asked only while it runs, and what it says does not count once its state has
/// changed. A child that has failed fails at each turn of its check; in the other states the
/// component is held: see HealthReporter::Hold(). So a restart hook is asked for what has failed,
/// again and again when restarts do not help, and not for what is being started or was stopped on
/// purpose. A restart is no recovery: a child that was unhealthy recovers when it runs and
/// HealthRules::success_threshold checks have passed.
///
///     auto child = vitals::SupervisedChild::Create(monitor, "workers/resize",
///                                                  [worker] { return worker->CheckHealth(); });
///     if (!child.ok()) return child.status();
///     (*child)->SetState(vitals::ChildState::kRunning);
///
/// It owns the component, as far as the monitor is concerned: the component is removed when this
/// dies. Thread-safe. In a fork child it does nothing.
class VITALS_EXPORT SupervisedChild {
 public:
  /// Adds the component, which is starting. `health_check` is called on threads of the monitor, by
  /// one at a time while the child runs: when a call hangs there is no other until it returns, or
  /// the child has been taken to another state and runs again. A call may return after the state
  /// has changed, or the child was removed: what it uses it had better own. What it throws is a
  /// failure, with its text.
  ///
  /// InvalidArgument for an option out of its range, an empty `health_check` or no monitor; else
  /// the errors of HealthMonitor::AddCheck().
  static absl::StatusOr<std::unique_ptr<SupervisedChild>> Create(
      std::shared_ptr<HealthMonitor> monitor, std::string_view component,
      std::function<ChildHealth()> health_check, const SupervisedChildOptions& options = {});

  /// Removes the component. Waits for a check in progress, unless that has timed out, began before
  /// the latest change of state, or is the caller.
  ~SupervisedChild();
  SupervisedChild(const SupervisedChild&) = delete;
  SupervisedChild& operator=(const SupervisedChild&) = delete;

  /// Shows the state at once, with `reason` if there is one: up to HealthResult::kMaxReasonBytes of
  /// it. With kRunning, the first check is run at once, and results are counted from none; to set
  /// it again changes nothing. About 1 us; waits for no check.
  void SetState(ChildState state, std::string_view reason = {});

  /// The latest that was set, at first kStarting; kStopped in a fork child.
  ChildState state() const;

  const std::string& component() const noexcept { return component_; }

 private:
  SupervisedChild(std::shared_ptr<HealthMonitor> monitor, std::string component,
                  std::shared_ptr<health::ChildProbe> probe, HealthReporter reporter);

  // What the component is, and why.
  HealthResult Shown() const;

  const std::uint64_t fork_generation_;
  const std::shared_ptr<HealthMonitor> monitor_;
  const std::string component_;
  const std::shared_ptr<health::ChildProbe> probe_;
  const HealthReporter reporter_;
};

/// Is told how a child is from now on, and how many of its results in a row have failed.
using ChildHealthSubscriber = std::function<void(
    std::string_view component, const ChildHealth& health, std::uint32_t consecutive_failures)>;

/// Tells a supervisor each change of its children's health, recovery included: of all components
/// below `supervisor`, or of the one with this name. Called as a HealthSubscriber is: once for all
/// of them, it takes one thread. Errors as HealthMonitor::Subscribe().
VITALS_EXPORT absl::StatusOr<HealthSubscription> SubscribeToChildHealth(
    HealthMonitor& monitor, std::string_view supervisor, ChildHealthSubscriber subscriber);

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_SUPERVISED_CHILD_H_
