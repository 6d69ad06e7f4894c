#ifndef VITALS_SRC_HEALTH_ENVIRONMENT_H_
#define VITALS_SRC_HEALTH_ENVIRONMENT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "health/publisher.h"
#include "health/timer_queue.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/health/health_options.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// What the components of a monitor share. They own it with the monitor, so that a check that hangs
/// finds it when it returns.
struct Environment {
  explicit Environment(const HealthMonitorOptions& options);

  const std::shared_ptr<const Clock> clock;
  const std::size_t kept_results;
  const std::size_t kept_transitions;
  const std::uint64_t fork_generation;
  Publisher publisher;
  TimerQueue timers;
  std::atomic<bool> stopped{false};
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_ENVIRONMENT_H_
