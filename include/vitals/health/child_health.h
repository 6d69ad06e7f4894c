#ifndef VITALS_HEALTH_CHILD_HEALTH_H_
#define VITALS_HEALTH_CHILD_HEALTH_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_options.h"
#include "vitals/model/health_status.h"

/// \file
/// Health in the words of a supervisor: what a child says of itself, how it is asked, and the
/// states that the supervisor takes it through. See SupervisedChild.

VITALS_NAMESPACE_BEGIN

/// What a supervised child says of itself. It becomes a HealthResult by itself, so that a callable
/// that returns it is a HealthCheck.
struct ChildHealth {
  enum class Kind : std::uint8_t {
    kHealthy,   ///< does its work
    kDegraded,  ///< does its work, with trouble
    kFailed,    ///< does not do its work: what a restart may help
  };

  Kind kind = Kind::kHealthy;
  std::string reason = {};  ///< for people; see HealthResult::reason

  static ChildHealth Healthy() { return {}; }
  static ChildHealth Degraded(std::string reason) { return {Kind::kDegraded, std::move(reason)}; }
  static ChildHealth Failed(std::string reason) { return {Kind::kFailed, std::move(reason)}; }

  /// The same in these words. What is not known has failed, as it has where a check returns it.
  VITALS_EXPORT static ChildHealth From(HealthResult result);

  // A conversion, since what a child's check returns is wanted where a check's result is.
  VITALS_EXPORT operator HealthResult() const;  // NOLINT(google-explicit-constructor)

  friend bool operator==(const ChildHealth&, const ChildHealth&) = default;
};

/// "healthy", "degraded" or "failed".
VITALS_EXPORT std::string_view ChildHealthKindName(ChildHealth::Kind kind) noexcept;

/// How a supervisor has its children checked.
struct HealthConfig {
  /// As HealthCheckOptions::interval. 1 ms to 24 hours.
  std::chrono::nanoseconds check_interval = std::chrono::seconds(10);
  /// A check that takes longer has failed. 1 ms up to the interval.
  std::chrono::nanoseconds check_timeout = std::chrono::seconds(5);
  /// So many checks in a row that failed make the child unhealthy. 1 to 1,000.
  int failure_threshold = 3;

  friend bool operator==(const HealthConfig&, const HealthConfig&) = default;
};

/// The options of a check that is run so. What HealthConfig does not say has the default.
/// InvalidArgument names the member that is out of its range.
VITALS_EXPORT absl::StatusOr<HealthCheckOptions> ToHealthCheckOptions(const HealthConfig& config);

/// Where a supervisor has a child.
enum class ChildState : std::uint8_t {
  kStarting,    ///< has been told to start
  kRunning,     ///< has started: from now on its checks count
  kStopping,    ///< has been told to stop
  kStopped,     ///< is not to run
  kRestarting,  ///< is on its way from running to starting
  kFailed,      ///< has ended by itself, did not start, or was given up
};

/// "starting", "running", "stopping", "stopped", "restarting" or "failed".
VITALS_EXPORT std::string_view ChildStateName(ChildState state) noexcept;

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_CHILD_HEALTH_H_
