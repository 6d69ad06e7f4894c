#include "vitals/model/health_status.h"

#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN

std::string_view HealthStatusName(HealthStatus status) noexcept {
  switch (status) {
    case HealthStatus::kUnknown:
      return "unknown";
    case HealthStatus::kHealthy:
      return "healthy";
    case HealthStatus::kDegraded:
      return "degraded";
    case HealthStatus::kUnhealthy:
      return "unhealthy";
  }
  return "unknown";
}

std::string_view HealthOutcomeName(HealthOutcome outcome) noexcept {
  switch (outcome) {
    case HealthOutcome::kPassed:
      return "passed";
    case HealthOutcome::kFailed:
      return "failed";
    case HealthOutcome::kTimedOut:
      return "timeout";
    case HealthOutcome::kException:
      return "exception";
    case HealthOutcome::kNotRun:
      return "not_run";
    case HealthOutcome::kStale:
      return "stale";
  }
  return "failed";
}

VITALS_NAMESPACE_END
