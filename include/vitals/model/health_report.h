#ifndef VITALS_MODEL_HEALTH_REPORT_H_
#define VITALS_MODEL_HEALTH_REPORT_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

/// \file
/// What a health monitor knows, as values: what supervisors, pages, metrics and logs show.

VITALS_NAMESPACE_BEGIN

/// How a result came about.
enum class HealthOutcome : std::uint8_t {
  kPassed,     ///< the check or report said healthy or degraded
  kFailed,     ///< it said unhealthy
  kTimedOut,   ///< the check did not return within its timeout, or had still not at its next turn
  kException,  ///< the check threw
  kNotRun,     ///< the check could not be run: all threads for checks are taken by others
  kStale,      ///< nothing came in time
};

/// How many values HealthOutcome has.
inline constexpr std::size_t kHealthOutcomeCount = 6;

/// "passed", "failed", "timeout", "exception", "not_run" or "stale".
VITALS_EXPORT std::string_view HealthOutcomeName(HealthOutcome outcome) noexcept;

/// One run of a check, or one report.
struct HealthCheckResult {
  HealthStatus status = HealthStatus::kUnknown;
  HealthOutcome outcome = HealthOutcome::kPassed;
  std::string reason = {};
  std::chrono::system_clock::time_point time = {};  ///< when it was known
  std::chrono::nanoseconds duration{0};             ///< that the check ran; 0 for a report
};

/// What was counted of a component since it was added.
struct HealthCounts {
  std::uint64_t results = 0;                                       ///< runs and reports
  std::array<std::uint64_t, kHealthOutcomeCount> by_outcome = {};  ///< of these, by HealthOutcome
  std::uint64_t runs = 0;                                          ///< of a check, that ended
  std::chrono::nanoseconds run_time{0};                            ///< of all these runs
  std::uint64_t transitions = 0;
  std::uint64_t flaps = 0;  ///< how often it began to flap
};

/// How a component is, and what that is known from.
struct ComponentReport {
  std::string component;  ///< its name, e.g. "storage/wal"
  HealthStatus status = HealthStatus::kUnknown;
  std::string reason = {};
  bool critical = true;
  bool flapping = false;
  HealthStatus underlying_status = HealthStatus::kUnknown;  ///< what it would be if nothing flapped
  bool held = false;                                        ///< see HealthReporter::Hold()
  std::chrono::system_clock::time_point since = {};         ///< when `status` began
  std::chrono::nanoseconds age{0};         ///< of `last_result`; without one, since it was added
  std::uint32_t consecutive_failures = 0;  ///< results in a row that said unhealthy
  /// The latest. Its status may be another than `status`: thresholds, the dwell time and flapping
  /// are between them.
  std::optional<HealthCheckResult> last_result = {};
  HealthCounts counts = {};
};

/// The name of a component and the reason of its status, as HealthReport::reason has them.
VITALS_EXPORT std::string ReasonWithName(const ComponentReport& component);

/// How several components are, taken together.
///
/// It is unhealthy when a critical one is; else unknown when a critical one is; else degraded when
/// a critical one is, or one that is not critical is unhealthy; else healthy. So it is without any.
struct HealthReport {
  HealthStatus status = HealthStatus::kHealthy;
  std::string reason = {};  ///< of the first component that makes it so, after its name
  std::vector<ComponentReport> components = {};  ///< by name

  /// Lets `component` count for status and reason; `components` stays as it is.
  VITALS_EXPORT void Count(const ComponentReport& component);
};

/// What several components are together when these are `together` and one more is `status`: the
/// rule of HealthReport. Without any they are healthy.
VITALS_EXPORT HealthStatus CombineHealth(HealthStatus together, HealthStatus status,
                                         bool critical) noexcept;

/// Takes components together.
VITALS_EXPORT HealthReport Aggregate(std::vector<ComponentReport> components);

/// A component's status has changed.
struct HealthTransition {
  std::uint64_t sequence = 0;  ///< 1, 2, 3... over all components of a monitor
  /// The component. Of a change of several taken together: the part of their names that they share
  /// ("storage"), or nothing for all of the monitor.
  std::string component;
  bool aggregate = false;  ///< several components, taken together
  HealthStatus from = HealthStatus::kUnknown;
  HealthStatus to = HealthStatus::kUnknown;
  std::string reason = {};
  bool critical = true;
  bool flapping = false;  ///< `to` is degraded for changing too often
  std::uint32_t consecutive_failures = 0;
  std::chrono::system_clock::time_point time = {};

  /// Whether the component does its work again, having not done so.
  bool IsRecovery() const noexcept {
    return from == HealthStatus::kUnhealthy && to != HealthStatus::kUnhealthy && !flapping;
  }
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_HEALTH_REPORT_H_
