#ifndef VITALS_HEALTH_ITEM_AGE_CHECK_H_
#define VITALS_HEALTH_ITEM_AGE_CHECK_H_

#include <chrono>
#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What an ItemAgeCheck looks at.
struct ItemAgeCheckOptions {
  /// For how long the oldest item has waited; none when nothing waits.
  std::function<std::optional<std::chrono::nanoseconds>()> oldest_age = {};
  /// At least one of both. 0 to a year.
  HealthLimits<std::chrono::nanoseconds> max_age = {.degraded = std::chrono::minutes(1),
                                                    .unhealthy = std::chrono::minutes(5)};
};

/// Nothing must wait for too long. Unlike the depth of a queue, the age of its oldest item means
/// the same for slow and fast ones.
///
///     auto check = vitals::ItemAgeCheck::Create({.oldest_age = [&] { return queue.oldest_age();
///     }});
///
/// It throws what the function throws.
class VITALS_EXPORT ItemAgeCheck {
 public:
  /// InvalidArgument for an option that is missing or out of its range; the message names it.
  static absl::StatusOr<ItemAgeCheck> Create(ItemAgeCheckOptions options);

  HealthResult operator()() const;

 private:
  explicit ItemAgeCheck(ItemAgeCheckOptions options);

  ItemAgeCheckOptions options_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_ITEM_AGE_CHECK_H_
