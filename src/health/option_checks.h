#ifndef VITALS_SRC_HEALTH_OPTION_CHECKS_H_
#define VITALS_SRC_HEALTH_OPTION_CHECKS_H_

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/health/child_health.h"
#include "vitals/health/health_options.h"
#include "vitals/health/health_subscription.h"
#include "vitals/health/restart_hook.h"

/// \file
/// InvalidArgument for an option out of its range; the message names it and what would be right.

VITALS_NAMESPACE_BEGIN
namespace health {

absl::Status ValidateOptions(const HealthMonitorOptions& options);
absl::Status ValidateOptions(const HealthCheckOptions& options);
absl::Status ValidateOptions(const HealthReporterOptions& options);
absl::Status ValidateOptions(const HealthSubscriptionOptions& options);
absl::Status ValidateOptions(const RestartOptions& options);
absl::Status ValidateOptions(const HealthConfig& config);

/// HealthCheckOptions::max_age, or what 0 stands for.
std::chrono::nanoseconds MaxAge(const HealthCheckOptions& options);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_OPTION_CHECKS_H_
