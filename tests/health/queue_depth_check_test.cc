#include "vitals/health/queue_depth_check.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace vitals_test {
namespace {

using vitals::HealthResult;
using vitals::QueueDepthCheck;
using vitals::QueueDepthCheckOptions;

HealthResult Check(std::uint64_t depth, const vitals::HealthLimits<std::uint64_t>& limits) {
  return (*QueueDepthCheck::Create({.depth = [depth] { return depth; }, .max_depth = limits}))();
}

TEST(QueueDepthCheckTest, PassesALimitAboveIt) {
  EXPECT_EQ(Check(0, {.degraded = 10, .unhealthy = 20}), HealthResult::Healthy());
  EXPECT_EQ(Check(10, {.degraded = 10, .unhealthy = 20}), HealthResult::Healthy());
  EXPECT_EQ(Check(11, {.degraded = 10, .unhealthy = 20}),
            HealthResult::Degraded("11 items wait (limit 10)"));
  EXPECT_EQ(Check(20, {.degraded = 10, .unhealthy = 20}),
            HealthResult::Degraded("20 items wait (limit 10)"));
  EXPECT_EQ(Check(21, {.degraded = 10, .unhealthy = 20}),
            HealthResult::Unhealthy("21 items wait (limit 20)"));
}

TEST(QueueDepthCheckTest, EitherLimitMayBeAbsent) {
  EXPECT_EQ(Check(1'000'000, {.degraded = 10}),
            HealthResult::Degraded("1000000 items wait (limit 10)"));
  EXPECT_EQ(Check(20, {.unhealthy = 20}), HealthResult::Healthy());
  EXPECT_EQ(Check(21, {.unhealthy = 20}), HealthResult::Unhealthy("21 items wait (limit 20)"));
  EXPECT_EQ(Check(1, {.unhealthy = 0}), HealthResult::Unhealthy("1 items wait (limit 0)"));
}

TEST(QueueDepthCheckTest, RefusesBadOptions) {
  const auto depth = [] { return std::uint64_t{1}; };
  EXPECT_EQ(QueueDepthCheck::Create({.max_depth = {.degraded = 1}}).status(),
            absl::InvalidArgumentError(
                "depth is empty: give a function that returns how many items wait now"));
  EXPECT_EQ(QueueDepthCheck::Create({.depth = depth}).status(),
            absl::InvalidArgumentError("max_depth has no limit: give max_depth.degraded, "
                                       "max_depth.unhealthy or both"));
  EXPECT_EQ(QueueDepthCheck::Create({.depth = depth, .max_depth = {.degraded = 2, .unhealthy = 1}})
                .status(),
            absl::InvalidArgumentError(
                "max_depth.degraded is 2: choose at most max_depth.unhealthy, which is 1"));
}

}  // namespace
}  // namespace vitals_test
