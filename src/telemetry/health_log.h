#ifndef VITALS_SRC_TELEMETRY_HEALTH_LOG_H_
#define VITALS_SRC_TELEMETRY_HEALTH_LOG_H_

#include "vitals/base/config.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN

/// Logs that the status of a component has changed.
void LogTransition(const HealthTransition& transition);

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_HEALTH_LOG_H_
