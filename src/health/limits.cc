#include "health/limits.h"

#include <string>

#include "fmt/format.h"
#include "health/figures.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

std::string ToText(std::uint64_t value) { return fmt::to_string(value); }
std::string ToText(double value) { return fmt::to_string(value); }
std::string ToText(std::chrono::nanoseconds value) { return FormatDuration(value); }

template <typename Value>
absl::Status CheckOrder(std::string_view option, LimitKind kind,
                        const HealthLimits<Value>& limits) {
  if (!limits.degraded || !limits.unhealthy) return absl::OkStatus();
  const bool is_max = kind == LimitKind::kMax;
  const bool in_order =
      is_max ? *limits.degraded <= *limits.unhealthy : *limits.degraded >= *limits.unhealthy;
  if (in_order) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{0}.degraded is {1}, must be at {2} {0}.unhealthy, {3}", option,
                  ToText(*limits.degraded), is_max ? "most" : "least", ToText(*limits.unhealthy)));
}

absl::Status CheckRatio(std::string_view option, std::string_view limit,
                        const std::optional<double>& ratio) {
  if (!ratio || (*ratio >= 0 && *ratio <= 1)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}.{} is {}, must be from 0 to 1", option, limit, *ratio));
}

absl::Status CheckNotNegative(std::string_view option, std::string_view limit,
                              const std::optional<std::chrono::nanoseconds>& time) {
  if (!time || *time >= std::chrono::nanoseconds(0)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}.{} is {} ns, must be at least 0", option, limit, time->count()));
}

}  // namespace

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::uint64_t>& limits) {
  return CheckOrder(option, kind, limits);
}

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<double>& limits) {
  absl::Status status = CheckRatio(option, "degraded", limits.degraded);
  status.Update(CheckRatio(option, "unhealthy", limits.unhealthy));
  status.Update(CheckOrder(option, kind, limits));
  return status;
}

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::chrono::nanoseconds>& limits) {
  absl::Status status = CheckNotNegative(option, "degraded", limits.degraded);
  status.Update(CheckNotNegative(option, "unhealthy", limits.unhealthy));
  status.Update(CheckOrder(option, kind, limits));
  return status;
}

}  // namespace health
VITALS_NAMESPACE_END
