#include "health/limits.h"

#include <string>

#include "fmt/format.h"
#include "health/figures.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

std::string ToText(std::uint64_t value) { return fmt::to_string(value); }
std::string ToText(double value) { return fmt::to_string(value); }
std::string ToText(std::chrono::nanoseconds value) { return FormatSeconds(value); }

template <typename Value>
absl::Status CheckOrder(std::string_view option, LimitKind kind,
                        const HealthLimits<Value>& limits) {
  if (!limits.degraded || !limits.unhealthy) return absl::OkStatus();
  const bool is_max = kind == LimitKind::kMax;
  const bool in_order =
      is_max ? *limits.degraded <= *limits.unhealthy : *limits.degraded >= *limits.unhealthy;
  if (in_order) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{0}.degraded is {1}: choose at {2} {0}.unhealthy, which is {3}", option,
                  ToText(*limits.degraded), is_max ? "most" : "least", ToText(*limits.unhealthy)));
}

// Checks each limit that there is.
template <typename Value>
absl::Status CheckEach(std::string_view option, const HealthLimits<Value>& limits,
                       absl::Status (*check)(std::string_view option, Value limit)) {
  absl::Status status;
  if (limits.degraded) status.Update(check(fmt::format("{}.degraded", option), *limits.degraded));
  if (limits.unhealthy)
    status.Update(check(fmt::format("{}.unhealthy", option), *limits.unhealthy));
  return status;
}

absl::Status CheckRatio(std::string_view option, double ratio) {
  return CheckNumber(option, ratio, 0.0, 1.0);
}

absl::Status CheckAge(std::string_view option, std::chrono::nanoseconds age) {
  return CheckDuration(option, age, std::chrono::nanoseconds(0), std::chrono::hours(24 * 365));
}

}  // namespace

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::uint64_t>& limits) {
  return CheckOrder(option, kind, limits);
}

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<double>& limits) {
  absl::Status status = CheckEach(option, limits, CheckRatio);
  status.Update(CheckOrder(option, kind, limits));
  return status;
}

absl::Status CheckLimits(std::string_view option, LimitKind kind,
                         const HealthLimits<std::chrono::nanoseconds>& limits) {
  absl::Status status = CheckEach(option, limits, CheckAge);
  status.Update(CheckOrder(option, kind, limits));
  return status;
}

}  // namespace health
VITALS_NAMESPACE_END
