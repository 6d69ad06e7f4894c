#ifndef VITALS_MODEL_HEALTH_STATUS_H_
#define VITALS_MODEL_HEALTH_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// How a component is.
enum class HealthStatus : std::uint8_t {
  kUnknown,    ///< not yet known: nothing was checked or reported so far
  kHealthy,    ///< does its work
  kDegraded,   ///< does its work, but slower, less of it, or soon no longer
  kUnhealthy,  ///< does not do its work
};

/// How many values HealthStatus has.
inline constexpr std::size_t kHealthStatusCount = 4;

/// "unknown", "healthy", "degraded" or "unhealthy".
VITALS_EXPORT std::string_view HealthStatusName(HealthStatus status) noexcept;

/// What one check or report says: a status, and why.
///
///     if (free_bytes < limit) return vitals::HealthResult::Degraded("the disk is nearly full");
///     return vitals::HealthResult::Healthy();
///
/// A check that returns kUnknown says nothing, which is taken as a failure.
struct HealthResult {
  /// Bytes of a reason that are kept; a longer one is cut, between characters.
  static constexpr std::size_t kMaxReasonBytes = 1024;

  HealthStatus status = HealthStatus::kHealthy;
  std::string reason = {};  ///< for people: what is wrong, and what would help; may be empty

  static HealthResult Healthy(std::string reason = {}) {
    return {HealthStatus::kHealthy, std::move(reason)};
  }
  static HealthResult Degraded(std::string reason) {
    return {HealthStatus::kDegraded, std::move(reason)};
  }
  static HealthResult Unhealthy(std::string reason) {
    return {HealthStatus::kUnhealthy, std::move(reason)};
  }

  friend bool operator==(const HealthResult&, const HealthResult&) = default;
};

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_HEALTH_STATUS_H_
