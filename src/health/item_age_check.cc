#include "vitals/health/item_age_check.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/figures.h"
#include "health/limits.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN

absl::StatusOr<ItemAgeCheck> ItemAgeCheck::Create(ItemAgeCheckOptions options) {
  absl::Status status = health::CheckFunction("oldest_age", options.oldest_age != nullptr,
                                              "for how long the oldest item has waited");
  if (!health::HasLimit(options.max_age)) {
    status.Update(absl::InvalidArgumentError(
        "max_age has no limit: give max_age.degraded, max_age.unhealthy or both"));
  }
  status.Update(health::CheckLimits("max_age", health::LimitKind::kMax, options.max_age));
  if (!status.ok()) return status;
  return ItemAgeCheck(std::move(options));
}

ItemAgeCheck::ItemAgeCheck(ItemAgeCheckOptions options) : options_(std::move(options)) {}

HealthResult ItemAgeCheck::operator()() const {
  const std::optional<std::chrono::nanoseconds> age = options_.oldest_age();
  if (!age) return HealthResult::Healthy();
  const auto passed = health::FindPassedLimit(health::LimitKind::kMax, *age, options_.max_age);
  if (!passed) return HealthResult::Healthy();
  return {passed->status,
          fmt::format("the oldest item has waited for {} (limit {})", health::FormatDuration(*age),
                      health::FormatDuration(passed->limit))};
}

VITALS_NAMESPACE_END
