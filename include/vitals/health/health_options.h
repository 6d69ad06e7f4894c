#ifndef VITALS_HEALTH_HEALTH_OPTIONS_H_
#define VITALS_HEALTH_HEALTH_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// The groups that HealthReport()s are asked for most: those of Kubernetes.
inline constexpr char kReadyGroup[] = "ready";  ///< can take work: what `/readyz` answers for
inline constexpr char kLiveGroup[] = "live";    ///< need not be restarted

/// How results become a status.
struct HealthRules {
  /// So many results in a row that are worse than the status make it worse: it becomes the best of
  /// them. 1 to 1,000. A status that is not yet known becomes healthy or degraded by one result.
  int failure_threshold = 3;
  /// So many results in a row that are better than the status make it better: it becomes the worst
  /// of them. 1 to 1,000.
  int success_threshold = 2;
  /// From when the component is added, failures do not count for this long, or until the first
  /// result that is none. Up to 24 hours.
  std::chrono::nanoseconds start_grace{0};
  /// A status that has become worse lasts at least this long. What is worse never waits. Up to 24
  /// hours.
  std::chrono::nanoseconds min_dwell{0};
  /// A status that changes so often within `flap_window` flaps: it is then shown as degraded, and
  /// so is reported once, until fewer changes are left in the window. 0 for never; else 2 to 100.
  int flap_changes = 6;
  /// 1 ms to 24 hours.
  std::chrono::nanoseconds flap_window = std::chrono::minutes(5);
};

/// How a check is run and judged.
///
/// A component that fails is found unhealthy within `failure_threshold` intervals and one timeout.
struct HealthCheckOptions {
  /// From the start of one run to that of the next. 1 ms to 24 hours. The first run starts when the
  /// check is added; the second after a random part of the interval, so that checks that were
  /// added together do not run together.
  std::chrono::nanoseconds interval = std::chrono::seconds(10);
  /// A run may come earlier by up to this part of the interval, at random, so that checks do not
  /// fall into step. 0 to 0.9.
  double jitter = 0.1;
  /// A run that takes longer has failed. One that does not return is not started again until it
  /// does; each of its turns that come meanwhile has failed too. 1 ms to 24 hours.
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
  /// Lets the timeout be longer than the interval. Turns that come while a run has not timed out
  /// are then left out.
  bool allow_timeout_above_interval = false;
  /// When no result came for this long the component is unhealthy, with the reason "stale". 0:
  /// three intervals and a timeout. Else at least an interval and a timeout; up to 30 days.
  std::chrono::nanoseconds max_age{0};
  HealthRules rules = {};
  /// Without it, the component makes what it belongs to degraded at worst.
  bool critical = true;
  /// The groups it counts for: see HealthMonitor::GroupReport(). Names as those of components,
  /// without '/'.
  std::vector<std::string> groups = {kReadyGroup};
  /// What it is until the first result. With kHealthy a component that is added to a host that
  /// serves does not take it out of service.
  HealthStatus initial_status = HealthStatus::kUnknown;
};

/// How reports of a component are judged. They are what the component says of itself, so by default
/// one is enough.
struct HealthReporterOptions {
  /// As HealthCheckOptions::max_age. 0: reports are good until the next, for a component that
  /// reports changes only. Else 1 ms to 30 days.
  std::chrono::nanoseconds max_age = std::chrono::minutes(1);
  HealthRules rules = {.failure_threshold = 1, .success_threshold = 1};
  bool critical = true;                                  ///< as HealthCheckOptions::critical
  std::vector<std::string> groups = {kReadyGroup};       ///< as HealthCheckOptions::groups
  HealthStatus initial_status = HealthStatus::kUnknown;  ///< as HealthCheckOptions's
};

/// Options of a HealthMonitor.
struct HealthMonitorOptions {
  /// Most components. 1 to 1,000,000.
  std::size_t max_components = 100'000;
  /// Most threads that run checks, those lost to checks that hang included. There are as few as
  /// will do: one, and more when checks wait for some 10 ms. When all hang, the checks whose turn
  /// it is fail with "not run: pool exhausted". 1 to 4,096.
  std::size_t max_threads = 128;
  /// Results of each component that can be read. 1 to 1,000.
  std::size_t kept_results = 10;
  /// Transitions of each component that can be read. 1 to 10,000.
  std::size_t kept_transitions = 100;
  /// How long Stop() waits for checks and subscribers that have not returned. 0 to 1 hour.
  std::chrono::nanoseconds stop_timeout = std::chrono::seconds(2);
  /// No threads: the host calls HealthMonitor::Poll() often enough, which runs the checks that are
  /// due one after another, and subscribers. There, what hangs hangs the host. Let the thread that
  /// calls Poll() be the one that calls CheckNow(), which runs a check there too.
  bool host_driven = false;
  /// Tells when what is due; null for the system's clocks.
  std::shared_ptr<const Clock> clock = nullptr;
  /// Draws from [0, 1), for the jitter; empty for a generator seeded by the system. Called by one
  /// at a time. Where it throws, or draws anything else, 0.5 is taken.
  std::function<double()> random = {};
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_OPTIONS_H_
