#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "vitals/health/health_monitor.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Monitored;
using ::testing::SizeIs;

// Starts of a check, in seconds since the test began, that takes `duration` each time.
class StartsTest : public ::testing::Test {
 protected:
  HealthCheck Check(nanoseconds duration = nanoseconds(0)) {
    return HealthCheck([this, duration] {
      starts_.push_back(
          std::chrono::duration<double>(monitored_.clock->MonotonicNow() - begin_).count());
      monitored_.clock->Advance(duration);
      return true;
    });
  }

  Monitored monitored_;
  const std::chrono::steady_clock::time_point begin_ = monitored_.clock->MonotonicNow();
  std::vector<double> starts_;
};

TEST_F(StartsTest, ACheckRunsAtOnceAndThenAtItsInterval) {
  ASSERT_TRUE(monitored_.monitor->AddCheck("x", Check()).ok());
  monitored_.monitor->Poll();
  monitored_.Advance(seconds(30));
  EXPECT_THAT(starts_, ElementsAre(0, 10, 20, 30));
  EXPECT_EQ(monitored_.Of("x").status, HealthStatus::kHealthy);
  EXPECT_EQ(monitored_.Of("x").counts.runs, 4u);
}

TEST_F(StartsTest, PollTellsWhenMoreIsDue) {
  ASSERT_TRUE(monitored_.monitor->AddCheck("x", Check()).ok());
  EXPECT_EQ(monitored_.monitor->Poll(), begin_ + seconds(10));
  monitored_.clock->Advance(seconds(4));
  EXPECT_EQ(monitored_.monitor->Poll(), begin_ + seconds(10));
  EXPECT_THAT(starts_, ElementsAre(0));
}

TEST_F(StartsTest, TheIntervalIsFromStartToStart) {
  ASSERT_TRUE(monitored_.monitor->AddCheck("x", Check(seconds(3))).ok());
  monitored_.monitor->Poll();
  monitored_.Advance(seconds(20));
  EXPECT_THAT(starts_, ElementsAre(0, 10, 20));
}

TEST_F(StartsTest, TurnsThatWereMissedAreNotMadeUpFor) {
  ASSERT_TRUE(monitored_.monitor->AddCheck("x", Check()).ok());
  monitored_.monitor->Poll();
  monitored_.clock->Advance(seconds(47));
  monitored_.monitor->Poll();
  monitored_.Advance(seconds(10));
  EXPECT_THAT(starts_, ElementsAre(0, 47, 57));
}

TEST(ScheduleTest, TheSecondTurnSpreadsChecksAndJitterOnlyMakesTurnsEarlier) {
  double random = 0.25;
  Monitored monitored({.random = [&random] { return random; }});
  std::vector<double> starts;
  const auto begin = monitored.clock->MonotonicNow();
  ASSERT_TRUE(
      monitored.monitor
          ->AddCheck(
              "x",
              [&] {
                starts.push_back(
                    std::chrono::duration<double>(monitored.clock->MonotonicNow() - begin).count());
                return true;
              },
              {.interval = seconds(10), .jitter = 0.2})
          .ok());
  monitored.monitor->Poll();
  // 10 s less a quarter; then 10 s less a half of the jitter of 2 s, twice.
  random = 0.5;
  monitored.Advance(seconds(26), milliseconds(500));
  EXPECT_THAT(starts, ElementsAre(0, 7.5, 16.5, 25.5));
}

TEST(ScheduleTest, AFailureIsFoundWithinTheIntervalsAndTheTimeout) {
  Monitored monitored;
  bool works = true;
  const HealthCheckOptions options{.interval = seconds(10), .timeout = seconds(5)};
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck(
                      "x", [&works] { return works; }, options)
                  .ok());
  monitored.monitor->Poll();
  works = false;  // just after a run
  monitored.Advance(seconds(30) - nanoseconds(1));
  EXPECT_EQ(monitored.Of("x").status, HealthStatus::kHealthy);
  monitored.Advance(nanoseconds(1));
  EXPECT_EQ(monitored.Of("x").status, HealthStatus::kUnhealthy);
  EXPECT_EQ(monitored.Of("x").consecutive_failures, 3u);
}

TEST(ScheduleTest, ARunThatTakesLongerThanTheTimeoutHasFailed) {
  Monitored monitored;
  nanoseconds duration = seconds(5);
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck("x",
                             [&] {
                               monitored.clock->Advance(duration);
                               return true;
                             })
                  .ok());
  monitored.monitor->Poll();
  EXPECT_EQ(monitored.Of("x").last_result->outcome, HealthOutcome::kPassed);
  duration = seconds(5) + nanoseconds(1);
  monitored.Advance(seconds(5));
  const HealthCheckResult result = *monitored.Of("x").last_result;
  EXPECT_EQ(result.outcome, HealthOutcome::kTimedOut);
  EXPECT_EQ(result.status, HealthStatus::kUnhealthy);
  EXPECT_EQ(result.duration, duration);
  EXPECT_EQ(result.reason, "timeout: took 5.000000001 s");
}

TEST(ScheduleTest, ACheckThatThrowsHasFailedWithItsText) {
  Monitored monitored;
  ASSERT_TRUE(
      monitored.monitor->AddCheck("x", []() -> bool { throw std::runtime_error("no such table"); })
          .ok());
  ASSERT_TRUE(monitored.monitor->AddCheck("y", []() -> bool { throw 7; }).ok());
  monitored.monitor->Poll();
  EXPECT_EQ(monitored.Of("x").last_result->outcome, HealthOutcome::kException);
  EXPECT_EQ(monitored.Of("x").last_result->reason, "no such table");
  EXPECT_EQ(monitored.Of("y").last_result->outcome, HealthOutcome::kException);
  EXPECT_EQ(monitored.Of("y").last_result->reason, "threw something that is no std::exception");
}

class Pump final : public ComponentHealth {
 public:
  HealthResult CheckHealth() override { return HealthResult::Degraded("low pressure"); }
};

TEST(ScheduleTest, ChecksReturnWhatSuitsThem) {
  Monitored monitored;
  HealthMonitor& monitor = *monitored.monitor;
  ASSERT_TRUE(monitor.AddCheck("bool", [] { return false; }).ok());
  ASSERT_TRUE(monitor.AddCheck("status", [] { return HealthStatus::kDegraded; }).ok());
  ASSERT_TRUE(monitor.AddCheck("error", [] { return absl::UnavailableError("gone"); }).ok());
  ASSERT_TRUE(monitor.AddCheck("ok", [] { return absl::OkStatus(); }).ok());
  ASSERT_TRUE(monitor.AddCheck("nothing", [] { return HealthStatus::kUnknown; }).ok());
  ASSERT_TRUE(monitor.AddCheck("pump", std::make_shared<Pump>()).ok());
  monitor.Poll();
  EXPECT_EQ(monitored.Of("bool").last_result->status, HealthStatus::kUnhealthy);
  EXPECT_EQ(monitored.Of("bool").last_result->outcome, HealthOutcome::kFailed);
  EXPECT_EQ(monitored.Of("status").status, HealthStatus::kDegraded);
  EXPECT_EQ(monitored.Of("status").last_result->outcome, HealthOutcome::kPassed);
  EXPECT_EQ(monitored.Of("error").last_result->reason, "gone");
  EXPECT_EQ(monitored.Of("ok").status, HealthStatus::kHealthy);
  EXPECT_EQ(monitored.Of("nothing").last_result->outcome, HealthOutcome::kFailed);
  EXPECT_EQ(monitored.Of("pump").reason, "low pressure");
}

TEST(ScheduleTest, TheLatestResultsCanBeRead) {
  Monitored monitored({.kept_results = 3});
  int run = 0;
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck("x",
                             [&] {
                               monitored.clock->Advance(milliseconds(++run));
                               return HealthResult::Healthy(std::to_string(run));
                             },
                             {.interval = seconds(1), .timeout = seconds(1)})
                  .ok());
  monitored.monitor->Poll();
  monitored.Advance(seconds(4));
  const auto results = monitored.monitor->Results("x").value();
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_EQ(results[0].reason, "5");
  EXPECT_EQ(results[0].duration, milliseconds(5));
  EXPECT_EQ(results[2].reason, "3");
  EXPECT_GT(results[0].time, results[1].time);
}

TEST(ScheduleTest, ABadGeneratorDoesNoHarm) {
  const std::vector<double> draws = {std::nan(""), -1, 1, 1e300};
  std::size_t next = 0;
  // Throws when there are no more.
  Monitored monitored({.random = [&] { return draws.at(next++); }});
  int runs = 0;
  ASSERT_TRUE(
      monitored.monitor->AddCheck("x", [&runs] { return ++runs > 0; }, {.jitter = 0.5}).ok());
  monitored.monitor->Poll();
  // The first interval is half as long, the others three quarters.
  monitored.Advance(seconds(5));
  EXPECT_EQ(runs, 2);
  monitored.Advance(seconds(60), milliseconds(500));
  EXPECT_EQ(runs, 10);
}

TEST(ScheduleTest, ACheckIsRunNowWhenAsked) {
  Monitored monitored;
  int runs = 0;
  ASSERT_TRUE(monitored.monitor->AddCheck("x", [&runs] { return ++runs < 3; }).ok());
  EXPECT_EQ(monitored.monitor->CheckNow("x")->status, HealthStatus::kHealthy);
  EXPECT_EQ(runs, 1);
  // What comes of it counts as any other result.
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(monitored.monitor->CheckNow("x").ok());
  EXPECT_EQ(monitored.Of("x").status, HealthStatus::kUnhealthy);
  EXPECT_EQ(monitored.Of("x").consecutive_failures, 3u);
}

TEST(ScheduleTest, CheckNowOfAComponentWithoutACheckTellsHowItIs) {
  Monitored monitored;
  monitored.monitor->AddReporter("x").value().Report(HealthStatus::kDegraded, "slow");
  EXPECT_EQ(monitored.monitor->CheckNow("x")->reason, "slow");
  EXPECT_EQ(monitored.monitor->CheckNow("y").status().code(), absl::StatusCode::kNotFound);
}

TEST(ScheduleTest, ACheckCannotWaitForItself) {
  Monitored monitored;
  absl::Status inner;
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck("x",
                             [&] {
                               inner = monitored.monitor->CheckNow("x").status();
                               return true;
                             })
                  .ok());
  monitored.monitor->Poll();
  EXPECT_EQ(inner.code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ScheduleTest, ACheckMayRunAnother) {
  Monitored monitored;
  ASSERT_TRUE(monitored.monitor->AddCheck("disk", [] { return false; }).ok());
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck("storage",
                             [&] {
                               const auto disk = monitored.monitor->CheckNow("disk");
                               return disk.ok() && disk->consecutive_failures == 0;
                             })
                  .ok());
  EXPECT_EQ(monitored.monitor->CheckNow("storage")->last_result->outcome, HealthOutcome::kFailed);
}

TEST(ScheduleTest, ACheckMayRunAnotherWhoseTurnHasCome) {
  Monitored monitored;
  int runs = 0;
  // Of those whose turn comes at once, one is before the other.
  for (const std::string name : {"a", "b"}) {
    ASSERT_TRUE(monitored.monitor
                    ->AddCheck(name,
                               [&, other = name == "a" ? "b" : "a"] {
                                 const bool first = ++runs == 1;
                                 // The second cannot wait for the first, which waits for it.
                                 EXPECT_EQ(monitored.monitor->CheckNow(other).ok(), first);
                                 return true;
                               })
                    .ok());
  }
  monitored.monitor->Poll();
  EXPECT_EQ(runs, 2);
}

TEST(ScheduleTest, ACheckMayAddAndRemoveOthersAndPoll) {
  Monitored monitored;
  HealthMonitor& monitor = *monitored.monitor;
  int runs = 0;
  ASSERT_TRUE(monitor
                  .AddCheck("parent",
                            [&] {
                              ++runs;
                              monitor.Remove("child").IgnoreError();
                              monitor.Poll();
                              return monitor.AddCheck("child", [] { return true; }).ok();
                            })
                  .ok());
  monitor.Poll();
  monitored.Advance(seconds(10));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(monitored.Of("parent").status, HealthStatus::kHealthy);
  monitored.Advance(seconds(1));
  EXPECT_EQ(monitored.Of("child").status, HealthStatus::kHealthy);
}

TEST(ScheduleTest, ACheckMayRemoveItself) {
  Monitored monitored;
  int runs = 0;
  absl::Status removed;
  ASSERT_TRUE(monitored.monitor
                  ->AddCheck("x",
                             [&] {
                               ++runs;
                               removed = monitored.monitor->Remove("x");
                               return true;
                             })
                  .ok());
  monitored.monitor->Poll();
  monitored.Advance(seconds(60));
  EXPECT_EQ(runs, 1);
  // It has not returned when it asks.
  EXPECT_EQ(removed.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(monitored.monitor->stats().components, 0u);
}

TEST(ScheduleTest, WhatWasRemovedIsGoneAndItsNameIsFree) {
  Monitored monitored;
  HealthMonitor& monitor = *monitored.monitor;
  const HealthReporter reporter = monitor.AddReporter("x").value();
  reporter.Report(HealthStatus::kUnhealthy, "bad");
  EXPECT_TRUE(monitor.Remove("x").ok());
  EXPECT_EQ(monitor.status(), HealthStatus::kHealthy);
  EXPECT_EQ(monitor.Remove("x").code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(monitor.AddReporter("x").ok());
  reporter.Report(HealthStatus::kUnhealthy, "of the removed one");
  EXPECT_EQ(monitored.Of("x").status, HealthStatus::kUnknown);
}

TEST(ScheduleTest, ReportsCountAsResultsOfTheCheck) {
  Monitored monitored;
  ASSERT_TRUE(monitored.monitor->AddCheck("x", [] { return true; }).ok());
  monitored.monitor->Poll();
  const HealthReporter reporter = monitored.monitor->GetReporter("x").value();
  for (int i = 0; i < 3; ++i) reporter.Report(HealthStatus::kUnhealthy, "out of credit");
  EXPECT_EQ(monitored.Of("x").status, HealthStatus::kUnhealthy);
  EXPECT_EQ(monitored.Of("x").reason, "out of credit");
  EXPECT_FALSE(monitored.monitor->GetReporter("y").ok());
  HealthReporter().Report(HealthStatus::kUnhealthy, "of nobody");
}

TEST(ScheduleTest, AfterStopNothingRunsAndReadsGoOn) {
  Monitored monitored;
  int runs = 0;
  ASSERT_TRUE(monitored.monitor->AddCheck("x", [&runs] { return ++runs > 0; }).ok());
  const HealthReporter reporter = monitored.monitor->AddReporter("y").value();
  reporter.Report(HealthStatus::kHealthy);
  monitored.monitor->Poll();
  EXPECT_TRUE(monitored.monitor->Stop().ok());
  EXPECT_TRUE(monitored.monitor->Stop().ok());
  monitored.Advance(seconds(20));
  reporter.Report(HealthStatus::kUnhealthy, "too late");
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(monitored.monitor->status(), HealthStatus::kHealthy);
  EXPECT_EQ(monitored.monitor->CheckNow("x").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(monitored.monitor->AddReporter("z").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(monitored.monitor->Subscribe([](const auto&) {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace vitals
