#ifndef VITALS_HEALTH_HEALTH_MONITOR_H_
#define VITALS_HEALTH_HEALTH_MONITOR_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_check.h"
#include "vitals/health/health_options.h"
#include "vitals/health/health_reporter.h"
#include "vitals/health/health_subscription.h"
#include "vitals/health/restart_hook.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN

namespace health {
class MonitorCore;
}  // namespace health

/// Which transitions HealthMonitor::History() returns.
struct HealthHistoryQuery {
  std::string under = {};  ///< of this component and the ones below it; empty for all
  std::chrono::system_clock::time_point start = std::chrono::system_clock::time_point::min();
  std::chrono::system_clock::time_point end = std::chrono::system_clock::time_point::max();
  std::size_t limit = 100;  ///< the newest so many; 1 to 100,000
};

/// What HealthMonitor::stats() returns.
struct HealthMonitorStats {
  std::size_t components = 0;
  std::size_t threads = 0;         ///< that run checks, or wait for one
  std::size_t hung_checks = 0;     ///< runs that have timed out and not returned
  std::size_t waiting_checks = 0;  ///< whose turn it is, and that no thread has taken yet
  std::uint64_t late_starts = 0;   ///< runs that started more than 100 ms after their turn
  std::chrono::nanoseconds max_start_delay{0};  ///< from a turn to the start of its run, ever
  std::uint64_t dropped_transitions = 0;        ///< by all subscribers that were too slow
};

/// Knows how the components of a process are: runs their checks on schedule, takes their reports,
/// and tells who asks or subscribes.
///
///     auto monitor = vitals::HealthMonitor::Create();
///     if (!monitor.ok()) return monitor.status();
///     auto added = (*monitor)->AddCheck("storage/wal", [&] { return wal.is_open(); });
///     ...
///     if ((*monitor)->status() == vitals::HealthStatus::kUnhealthy) ...
///
/// Names are one or more parts with '/' between them, of letters, digits, '_', '-', '.' and ':',
/// together at most 255 characters. They make a tree: "storage" stands for all whose names begin
/// with "storage/", and for a component of that name, if there is one.
///
/// A check that hangs takes a thread, and nothing else: others run on time, reads return at once.
/// Results are applied where they come about; reads never run a check. All of it works by
/// HealthMonitorOptions::clock.
///
/// Thread-safe. Any function may be called from checks, subscribers and hooks. In a fork child the
/// monitor is off: it runs nothing, all is unknown, and what would change it fails.
class VITALS_EXPORT HealthMonitor {
 public:
  /// InvalidArgument for an option out of its range, Unavailable when no thread can be started.
  static absl::StatusOr<std::shared_ptr<HealthMonitor>> Create(HealthMonitorOptions options = {});

  /// Stops, as Stop().
  ~HealthMonitor();
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  /// Adds a component that is checked. What `check` refers to must live until Remove() or Stop()
  /// has returned OK or, if the check hangs, until it returns; what it owns it owns that long.
  ///
  /// InvalidArgument for a bad name or option, AlreadyExists for a name that is taken,
  /// ResourceExhausted beyond max_components, FailedPrecondition after Stop().
  absl::Status AddCheck(std::string_view component, HealthCheck check,
                        const HealthCheckOptions& options = {});

  /// Adds a component that reports. Errors as AddCheck().
  absl::StatusOr<HealthReporter> AddReporter(std::string_view component,
                                             const HealthReporterOptions& options = {});

  /// Reports for a component that was added, also for one that is checked: a report counts as a
  /// result of its check does. NotFound.
  absl::StatusOr<HealthReporter> GetReporter(std::string_view component) const;

  /// Removes a component. Waits for a run of its check to return, unless the run has timed out or
  /// is the caller: then DeadlineExceeded, and the component is gone all the same. NotFound when
  /// there is none.
  absl::Status Remove(std::string_view component);

  /// Runs a check now and waits for its result, at most its timeout, after that of a run that was
  /// in progress. A run that hangs counts as at any of its turns. The result counts as any other. A
  /// component that is held, or has no check, is returned as it is. NotFound; FailedPrecondition
  /// after Stop(), and from within the check itself.
  absl::StatusOr<ComponentReport> CheckNow(std::string_view component);

  /// All components taken together: see HealthReport. About 50 ns for each.
  HealthStatus status() const;

  /// Status and reason of all components, or of a group, taken together; `components` is empty. As
  /// fast as status().
  HealthReport Summary(std::string_view group = {}) const;

  /// All components. About 0.1 us for each.
  HealthReport Report() const;

  /// A component, or those below the name. NotFound when there is none.
  absl::StatusOr<HealthReport> Report(std::string_view component) const;

  /// The components of a group. Healthy, and empty, when there are none.
  HealthReport GroupReport(std::string_view group) const;

  /// The latest results of a component, newest first, at most HealthMonitorOptions::kept_results.
  /// NotFound.
  absl::StatusOr<std::vector<HealthCheckResult>> Results(std::string_view component) const;

  /// Transitions of the components there are, newest first; of each the latest
  /// HealthMonitorOptions::kept_transitions can be found. InvalidArgument for a limit out of range.
  absl::StatusOr<std::vector<HealthTransition>> History(const HealthHistoryQuery& query = {}) const;

  /// Tells `subscriber` of transitions from now on. InvalidArgument for a bad option or an empty
  /// subscriber, Unavailable when no thread can be started, FailedPrecondition after Stop().
  absl::StatusOr<HealthSubscription> Subscribe(HealthSubscriber subscriber,
                                               HealthSubscriptionOptions options = {});

  /// Asks `hook` to restart components that are unhealthy, from now on; those that already are, at
  /// once. Errors as Subscribe().
  absl::StatusOr<HealthSubscription> AddRestartHook(RestartHook hook, RestartOptions options = {});

  /// Does what is due. With HealthMonitorOptions::host_driven the host calls it, at best every 10
  /// ms; else only a test that moves a clock of its own needs to. Returns the moment of
  /// Clock::MonotonicNow() at which more will be due.
  std::chrono::steady_clock::time_point Poll();

  HealthMonitorStats stats() const;

  /// Runs nothing any more. Waits at most HealthMonitorOptions::stop_timeout for checks and
  /// subscribers that run. DeadlineExceeded when some had not returned, and names them: their
  /// threads are left to themselves, and own what of vitals they use. Reads go on. OK at once when
  /// already stopped.
  absl::Status Stop();

 private:
  explicit HealthMonitor(std::shared_ptr<health::MonitorCore> core);
  bool IsForked() const;
  // Components `under` a name that are in a group; each empty for all.
  HealthReport ReportOf(std::string_view under, std::string_view group) const;

  const std::uint64_t fork_generation_;
  const std::shared_ptr<health::MonitorCore> core_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_MONITOR_H_
