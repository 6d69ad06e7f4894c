#include "vitals/health/item_age_check.h"

#include <chrono>
#include <optional>

#include "gtest/gtest.h"

namespace vitals_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using vitals::HealthResult;
using vitals::ItemAgeCheck;
using vitals::ItemAgeCheckOptions;

using Limits = vitals::HealthLimits<nanoseconds>;

HealthResult Check(std::optional<nanoseconds> age, const Limits& limits) {
  return (*ItemAgeCheck::Create({.oldest_age = [age] { return age; }, .max_age = limits}))();
}

HealthResult CheckByDefault(std::optional<nanoseconds> age) {
  return (*ItemAgeCheck::Create({.oldest_age = [age] { return age; }}))();
}

TEST(ItemAgeCheckTest, IsHealthyWhenNothingWaits) {
  EXPECT_EQ(CheckByDefault(std::nullopt), HealthResult::Healthy());
}

TEST(ItemAgeCheckTest, PassesALimitAboveIt) {
  EXPECT_EQ(CheckByDefault(nanoseconds(-1)), HealthResult::Healthy()) << "of another clock";
  EXPECT_EQ(CheckByDefault(minutes(1)), HealthResult::Healthy());
  EXPECT_EQ(CheckByDefault(minutes(1) + nanoseconds(1)),
            HealthResult::Degraded("the oldest item has waited for 1 min (limit 1 min)"));
  EXPECT_EQ(CheckByDefault(minutes(5)),
            HealthResult::Degraded("the oldest item has waited for 5 min (limit 1 min)"));
  EXPECT_EQ(CheckByDefault(minutes(7) + seconds(12)),
            HealthResult::Unhealthy("the oldest item has waited for 7 min 12 s (limit 5 min)"));
}

TEST(ItemAgeCheckTest, EitherLimitMayBeAbsent) {
  EXPECT_EQ(Check(hours(52), {.degraded = hours(3) + minutes(5)}),
            HealthResult::Degraded("the oldest item has waited for 2 d 4 h (limit 3 h 5 min)"));
  EXPECT_EQ(Check(milliseconds(249), {.unhealthy = milliseconds(250)}), HealthResult::Healthy());
  EXPECT_EQ(Check(milliseconds(1550), {.unhealthy = milliseconds(250)}),
            HealthResult::Unhealthy("the oldest item has waited for 1.6 s (limit 250 ms)"));
}

TEST(ItemAgeCheckTest, RefusesBadOptions) {
  const auto error_of = [](const Limits& limits) {
    return ItemAgeCheck::Create({.oldest_age = [] { return seconds(1); }, .max_age = limits})
        .status();
  };
  EXPECT_EQ(ItemAgeCheck::Create({}).status(),
            absl::InvalidArgumentError("oldest_age is empty: give a function that returns for how "
                                       "long the oldest item has waited"));
  EXPECT_EQ(error_of({}), absl::InvalidArgumentError("max_age has no limit: give max_age.degraded, "
                                                     "max_age.unhealthy or both"));
  EXPECT_EQ(
      error_of({.degraded = nanoseconds(-1)}),
      absl::InvalidArgumentError("max_age.degraded is -1e-09 s: choose from 0 s to 31536000 s"));
  EXPECT_EQ(error_of({.unhealthy = seconds(-1)}),
            absl::InvalidArgumentError("max_age.unhealthy is -1 s: choose from 0 s to 31536000 s"));
  EXPECT_EQ(error_of({.degraded = minutes(2), .unhealthy = seconds(90)}),
            absl::InvalidArgumentError(
                "max_age.degraded is 120 s: choose at most max_age.unhealthy, which is 90 s"));
  EXPECT_TRUE(error_of({.degraded = minutes(2), .unhealthy = minutes(2)}).ok());
}

}  // namespace
}  // namespace vitals_test
