#ifndef VITALS_TELEMETRY_HEALTH_H_
#define VITALS_TELEMETRY_HEALTH_H_

#include <cstddef>

#include "vitals/base/config.h"
#include "vitals/health/health_collector.h"
#include "vitals/health/health_options.h"

VITALS_NAMESPACE_BEGIN

/// How a host watches its components.
struct HealthOptions {
  /// With an exporter that the host drives (`http.io_threads` of 0), the monitor is driven with it:
  /// Telemetry::Poll() runs checks, too.
  HealthMonitorOptions monitor = {};
  /// Logs each change of a component's status: what becomes unhealthy as an error, or as a warning
  /// if it is not critical; degraded as a warning; the rest as information.
  bool log_transitions = true;
  /// Components that have metrics of their own: see HealthCollector. 0 for none.
  std::size_t max_metric_components = HealthCollector::kDefaultMaxComponents;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TELEMETRY_HEALTH_H_
