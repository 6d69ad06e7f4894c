#ifndef VITALS_HEALTH_HEALTH_COLLECTOR_H_
#define VITALS_HEALTH_HEALTH_COLLECTOR_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"
#include "vitals/metrics/collector.h"

VITALS_NAMESPACE_BEGIN

/// Shows what a HealthMonitor knows, for as long as it lives:
///
///   component_health_status{component}                 1 healthy, 0.5 degraded, 0 unhealthy; no
///                                                      line while it is not yet known
///   component_health_state{component,...}              a StateSet of the four statuses
///   component_health_check_duration_seconds{component} time and number of runs of its check
///   component_health_failures_total{component,kind}    failed, timeout, exception, not_run, stale
///   component_health_transitions_total{component}
///   component_health_flaps_total{component}
///
///   vitals_health_status                               as above, of all components together
///   vitals_health_components, ..._omitted_components
///   vitals_health_threads, ..._hung_checks, ..._waiting_checks
///   vitals_health_late_starts_total, ..._max_start_delay_seconds
///   vitals_health_dropped_transitions_total
///
/// Costs about a microsecond for each component.
class VITALS_EXPORT HealthCollector final : public Collector {
 public:
  /// Components that are shown unless it is told otherwise.
  static constexpr std::size_t kDefaultMaxComponents = 2000;

  /// Shows at most `max_components`, those first that are not healthy; the others are in the
  /// figures of the monitor alone.
  explicit HealthCollector(std::weak_ptr<const HealthMonitor> monitor,
                           std::size_t max_components = kDefaultMaxComponents)
      : monitor_(std::move(monitor)), max_components_(max_components) {}

  std::vector<CollectedFamily> Collect() override;

 private:
  const std::weak_ptr<const HealthMonitor> monitor_;
  const std::size_t max_components_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_COLLECTOR_H_
