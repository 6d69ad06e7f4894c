#include "vitals/health/child_health.h"

#include "absl/status/status.h"
#include "health/option_checks.h"

VITALS_NAMESPACE_BEGIN
ChildHealth ChildHealth::From(HealthResult result) {
  switch (result.status) {
    case HealthStatus::kHealthy:
      return {Kind::kHealthy, std::move(result.reason)};
    case HealthStatus::kDegraded:
      return {Kind::kDegraded, std::move(result.reason)};
    case HealthStatus::kUnknown:
    case HealthStatus::kUnhealthy:
      break;
  }
  return {Kind::kFailed, std::move(result.reason)};
}

ChildHealth::operator HealthResult() const {
  switch (kind) {
    case Kind::kHealthy:
      return {HealthStatus::kHealthy, reason};
    case Kind::kDegraded:
      return {HealthStatus::kDegraded, reason};
    case Kind::kFailed:
      break;
  }
  return {HealthStatus::kUnhealthy, reason};
}

std::string_view ChildHealthKindName(ChildHealth::Kind kind) noexcept {
  switch (kind) {
    case ChildHealth::Kind::kHealthy:
      return "healthy";
    case ChildHealth::Kind::kDegraded:
      return "degraded";
    case ChildHealth::Kind::kFailed:
      return "failed";
  }
  return "failed";
}

absl::StatusOr<HealthCheckOptions> ToHealthCheckOptions(const HealthConfig& config) {
  if (absl::Status status = health::ValidateOptions(config); !status.ok()) return status;
  HealthCheckOptions options;
  options.interval = config.check_interval;
  options.timeout = config.check_timeout;
  options.rules.failure_threshold = config.failure_threshold;
  return options;
}

std::string_view ChildStateName(ChildState state) noexcept {
  switch (state) {
    case ChildState::kStarting:
      return "starting";
    case ChildState::kRunning:
      return "running";
    case ChildState::kStopping:
      return "stopping";
    case ChildState::kStopped:
      return "stopped";
    case ChildState::kRestarting:
      return "restarting";
    case ChildState::kFailed:
      return "failed";
  }
  return "failed";
}

VITALS_NAMESPACE_END
