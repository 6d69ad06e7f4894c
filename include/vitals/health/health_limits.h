#ifndef VITALS_HEALTH_HEALTH_LIMITS_H_
#define VITALS_HEALTH_HEALTH_LIMITS_H_

#include <optional>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// Limits of a figure that a check looks at. Beyond `unhealthy` the component is unhealthy, else
/// beyond `degraded` it is degraded. A limit that is absent is never passed.
///
/// Beyond is above for limits that are named `max_...`, and below for `min_...`. A figure that
/// equals its limit is within.
template <typename Value>
struct HealthLimits {
  std::optional<Value> degraded = std::nullopt;
  std::optional<Value> unhealthy = std::nullopt;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_LIMITS_H_
