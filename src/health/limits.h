#ifndef VITALS_SRC_HEALTH_LIMITS_H_
#define VITALS_SRC_HEALTH_LIMITS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

/// \file
/// What the ready-made checks do with their limits: hold them against a figure, and validate them.

VITALS_NAMESPACE_BEGIN
namespace health {

/// Which side of a limit is beyond it.
enum class LimitKind : std::uint8_t {
  kMax,  ///< above
  kMin,  ///< below
};

/// The limit that a figure has passed, and what that makes of it.
template <typename Value>
struct PassedLimit {
  HealthStatus status;
  Value limit;
};

/// The worst limit that `value` has passed, if any.
template <typename Value>
std::optional<PassedLimit<Value>> FindPassedLimit(LimitKind kind, Value value,
                                                  const HealthLimits<Value>& limits) {
  const auto passed = [&](const std::optional<Value>& limit) {
    return limit.has_value() && (kind == LimitKind::kMax ? value > *limit : value < *limit);
  };
  if (passed(limits.unhealthy)) return {{HealthStatus::kUnhealthy, *limits.unhealthy}};
  if (passed(limits.degraded)) return {{HealthStatus::kDegraded, *limits.degraded}};
  return std::nullopt;
}

template <typename Value>
bool HasLimit(const HealthLimits<Value>& limits) {
  return limits.degraded.has_value() || limits.unhealthy.has_value();
}

/// InvalidArgument for limits in an order in which the degraded one would never matter, or out of
/// range: ratios are from 0 to 1, durations from 0 to a year. The message has `option`, their name.
absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::uint64_t>& limits);
absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<double>& limits);
absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::chrono::nanoseconds>& limits);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_LIMITS_H_
