#include "vitals/health/child_health.h"

#include <chrono>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/health/health_check.h"

namespace vitals {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

TEST(ChildHealthTest, IsAHealthResultInOtherWords) {
  EXPECT_EQ(HealthResult(ChildHealth::Healthy()), HealthResult::Healthy());
  EXPECT_EQ(HealthResult(ChildHealth::Degraded("slow")), HealthResult::Degraded("slow"));
  EXPECT_EQ(HealthResult(ChildHealth::Failed("lost")), HealthResult::Unhealthy("lost"));
  for (const ChildHealth& health :
       {ChildHealth::Healthy(), ChildHealth::Degraded("slow"), ChildHealth::Failed("lost")}) {
    EXPECT_EQ(ChildHealth::From(health), health);
  }
}

TEST(ChildHealthTest, WhatIsNotKnownHasFailed) {
  EXPECT_EQ(ChildHealth::From({HealthStatus::kUnknown, "no answer"}),
            ChildHealth::Failed("no answer"));
}

TEST(ChildHealthTest, ACallableThatReturnsItIsACheck) {
  const HealthCheck check([] { return ChildHealth::Degraded("slow"); });
  EXPECT_EQ(check(), HealthResult::Degraded("slow"));
}

TEST(ChildHealthTest, KindsAndStatesHaveNames) {
  EXPECT_EQ(ChildHealthKindName(ChildHealth::Kind::kHealthy), "healthy");
  EXPECT_EQ(ChildHealthKindName(ChildHealth::Kind::kDegraded), "degraded");
  EXPECT_EQ(ChildHealthKindName(ChildHealth::Kind::kFailed), "failed");
  EXPECT_EQ(ChildStateName(ChildState::kStarting), "starting");
  EXPECT_EQ(ChildStateName(ChildState::kRunning), "running");
  EXPECT_EQ(ChildStateName(ChildState::kStopping), "stopping");
  EXPECT_EQ(ChildStateName(ChildState::kStopped), "stopped");
  EXPECT_EQ(ChildStateName(ChildState::kRestarting), "restarting");
  EXPECT_EQ(ChildStateName(ChildState::kFailed), "failed");
}

TEST(HealthConfigTest, BecomesOptionsOfACheck) {
  const auto options = ToHealthCheckOptions(
      {.check_interval = seconds(30), .check_timeout = milliseconds(250), .failure_threshold = 4});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->interval, seconds(30));
  EXPECT_EQ(options->timeout, milliseconds(250));
  EXPECT_EQ(options->rules.failure_threshold, 4);
  EXPECT_EQ(options->rules.success_threshold, HealthRules().success_threshold);
  EXPECT_EQ(options->rules.flap_changes, HealthRules().flap_changes);
}

TEST(HealthConfigTest, TakesWhatIsInItsRange) {
  EXPECT_TRUE(ToHealthCheckOptions({}).ok());
  EXPECT_TRUE(ToHealthCheckOptions({.check_interval = milliseconds(1),
                                    .check_timeout = milliseconds(1),
                                    .failure_threshold = 1})
                  .ok());
  EXPECT_TRUE(
      ToHealthCheckOptions(
          {.check_interval = hours(24), .check_timeout = hours(24), .failure_threshold = 1000})
          .ok());
}

TEST(HealthConfigTest, SaysWhatIsOutOfItsRange) {
  struct Case {
    HealthConfig config;
    std::string message;
  };
  const Case cases[] = {
      {{.check_interval = nanoseconds(0)}, "check_interval is 0 s: choose from 0.001 s to 86400 s"},
      {{.check_interval = hours(24) + nanoseconds(1)}, "check_interval is 86400"},
      {{.check_timeout = milliseconds(-5)},
       "check_timeout is -0.005 s: choose from 0.001 s to 10 s"},
      {{.check_interval = seconds(2), .check_timeout = seconds(3)},
       "check_timeout is 3 s: choose from 0.001 s to 2 s"},
      {{.failure_threshold = 0}, "failure_threshold is 0: choose from 1 to 1000"},
      {{.failure_threshold = std::numeric_limits<int>::max()}, "failure_threshold is 2147483647"},
  };
  for (const Case& bad : cases) {
    const absl::Status status = ToHealthCheckOptions(bad.config).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.message));
  }
}

}  // namespace
}  // namespace vitals
