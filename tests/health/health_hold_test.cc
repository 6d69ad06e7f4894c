#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/gate.h"
#include "tests/health/monitored.h"
#include "tests/testing/eventually.h"
#include "vitals/health/health_monitor.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::Gate;
using testing::Monitored;
using vitals_test::Eventually;

constexpr HealthStatus kUnknown = HealthStatus::kUnknown;
constexpr HealthStatus kHealthy = HealthStatus::kHealthy;
constexpr HealthStatus kDegraded = HealthStatus::kDegraded;
constexpr HealthStatus kUnhealthy = HealthStatus::kUnhealthy;

// A component "x" whose check says `result_`.
class HoldTest : public ::testing::Test {
 protected:
  HoldTest() {
    EXPECT_TRUE(monitored_.monitor
                    ->AddCheck("x",
                               [this] {
                                 ++runs_;
                                 return result_;
                               })
                    .ok());
    monitored_.monitor->Poll();
    reporter_ = monitored_.monitor->GetReporter("x").value();
  }

  Monitored monitored_;
  int runs_ = 0;
  HealthStatus result_ = kHealthy;
  HealthReporter reporter_;
};

TEST_F(HoldTest, AHeldStatusShowsAtOnceAndStays) {
  reporter_.Hold(kUnhealthy, "maintenance");
  EXPECT_EQ(monitored_.Of("x").status, kUnhealthy);
  EXPECT_EQ(monitored_.Of("x").reason, "maintenance");
  EXPECT_TRUE(monitored_.Of("x").held);
  reporter_.Report(kHealthy);
  monitored_.Advance(std::chrono::hours(2), std::chrono::minutes(1));
  EXPECT_EQ(monitored_.Of("x").status, kUnhealthy);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(monitored_.Of("x").counts.results, 1u);
}

TEST_F(HoldTest, AHeldStatusMayBeReplaced) {
  reporter_.Hold(kUnknown, "starting");
  reporter_.Hold(kDegraded, "slow to start");
  EXPECT_THAT(monitored_.Transitions("x"),
              ElementsAre("unknown > healthy", "healthy > unknown (starting)",
                          "unknown > degraded (slow to start)"));
}

TEST_F(HoldTest, WhatIsReleasedIsCheckedAtOnceAndJudgedAnew) {
  reporter_.Hold(kUnknown, "starting");
  monitored_.Advance(seconds(3));
  result_ = kUnhealthy;
  reporter_.Release();
  EXPECT_FALSE(monitored_.Of("x").held);
  monitored_.monitor->Poll();
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(monitored_.Of("x").status, kUnknown);
  monitored_.Advance(seconds(20));
  EXPECT_EQ(monitored_.Of("x").status, kUnhealthy);
  EXPECT_EQ(monitored_.Of("x").consecutive_failures, 3u);
}

TEST_F(HoldTest, AHeldFailureRecoversByResults) {
  reporter_.Hold(kUnhealthy, "restarting");
  reporter_.Release();
  monitored_.monitor->Poll();
  EXPECT_EQ(monitored_.Of("x").status, kUnhealthy);
  monitored_.Advance(seconds(10));
  EXPECT_EQ(monitored_.Of("x").status, kHealthy);
}

TEST_F(HoldTest, AHoldForgetsThatItFlapped) {
  const HealthReporter y =
      monitored_.monitor
          ->AddReporter(
              "y", {.rules = {.failure_threshold = 1, .success_threshold = 1, .flap_changes = 2}})
          .value();
  for (const HealthStatus status : {kHealthy, kUnhealthy, kHealthy}) y.Report(status);
  EXPECT_TRUE(monitored_.Of("y").flapping);
  y.Hold(kHealthy, "repaired");
  EXPECT_FALSE(monitored_.Of("y").flapping);
  y.Release();
  y.Report(kUnhealthy);
  EXPECT_EQ(monitored_.Of("y").status, kUnhealthy);
  EXPECT_EQ(monitored_.Of("y").counts.flaps, 1u);
}

TEST_F(HoldTest, WhatIsReleasedHasItsWholeAgeToReport) {
  const HealthReporter y = monitored_.monitor->AddReporter("y", {.max_age = seconds(10)}).value();
  y.Report(kHealthy);
  y.Hold(kDegraded, "maintenance");
  monitored_.Advance(seconds(60));
  y.Release();
  monitored_.Advance(seconds(9));
  EXPECT_EQ(monitored_.Of("y").status, kDegraded);
  monitored_.Advance(seconds(1));
  EXPECT_EQ(monitored_.Of("y").reason, "stale");
}

TEST_F(HoldTest, AFailureCountsAtOnceAndIsJudgedByResults) {
  reporter_.Hold(kDegraded, "starting");
  reporter_.Fail("the port is taken");
  EXPECT_EQ(monitored_.Of("x").status, kUnhealthy);
  EXPECT_EQ(monitored_.Of("x").reason, "the port is taken");
  EXPECT_FALSE(monitored_.Of("x").held);
  EXPECT_EQ(monitored_.Of("x").last_result->outcome, HealthOutcome::kFailed);
  EXPECT_EQ(monitored_.Of("x").consecutive_failures, 1u);
  monitored_.monitor->Poll();
  EXPECT_EQ(runs_, 2);
  monitored_.Advance(seconds(10));
  EXPECT_EQ(monitored_.Of("x").status, kHealthy);
}

TEST_F(HoldTest, WhatWasRemovedIsNotHeld) {
  ASSERT_TRUE(monitored_.monitor->Remove("x").ok());
  reporter_.Hold(kUnhealthy);
  reporter_.Release();
  reporter_.Fail("ended");
  monitored_.Advance(seconds(20));
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(monitored_.monitor->status(), kHealthy);
}

TEST_F(HoldTest, ReleaseWithoutAHoldDoesNothing) {
  reporter_.Release();
  monitored_.monitor->Poll();
  EXPECT_EQ(runs_, 1);
  HealthReporter().Hold(kUnhealthy);
  HealthReporter().Release();
  HealthReporter().Fail("ended");
}

TEST_F(HoldTest, CheckNowOfWhatIsHeldTellsHowItIs) {
  reporter_.Hold(kDegraded, "maintenance");
  EXPECT_EQ(monitored_.monitor->CheckNow("x")->reason, "maintenance");
  EXPECT_EQ(runs_, 1);
}

TEST(HoldThreadsTest, ARunThatHangsIsAbandoned) {
  const auto monitor = HealthMonitor::Create().value();
  const auto gate = std::make_shared<Gate>();
  const auto first = std::make_shared<std::atomic<bool>>(true);
  ASSERT_TRUE(monitor
                  ->AddCheck("x",
                             [gate, first] {
                               if (first->exchange(false)) gate->Pass();
                               return true;
                             },
                             {.interval = milliseconds(10), .timeout = milliseconds(10)})
                  .ok());
  const HealthReporter reporter = monitor->GetReporter("x").value();
  ASSERT_TRUE(Eventually([&] { return monitor->status() == kUnhealthy; }));
  reporter.Hold(kUnhealthy, "restarting");
  reporter.Release();
  EXPECT_TRUE(Eventually([&] { return monitor->status() == kHealthy; }));
  EXPECT_EQ(monitor->stats().hung_checks, 1u);
  EXPECT_EQ(monitor->Remove("x").code(), absl::StatusCode::kDeadlineExceeded);
  gate->Open();
  EXPECT_TRUE(Eventually([&] { return monitor->stats().hung_checks == 0; }));
}

TEST(HoldThreadsTest, CheckNowDoesNotTakeTheResultOfARunThatBeganBefore) {
  const auto monitor = HealthMonitor::Create().value();
  const auto gate = std::make_shared<Gate>();
  const auto runs = std::make_shared<std::atomic<int>>(0);
  ASSERT_TRUE(monitor
                  ->AddCheck("x",
                             [gate, runs] {
                               const int run = ++*runs;
                               gate->Pass();
                               return HealthResult::Degraded(std::to_string(run));
                             },
                             {.interval = seconds(600), .timeout = seconds(600)})
                  .ok());
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  std::thread asker([&] { EXPECT_EQ(monitor->CheckNow("x")->last_result->reason, "2"); });
  gate->Open();
  asker.join();
}

}  // namespace
}  // namespace vitals
