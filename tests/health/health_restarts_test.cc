#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "vitals/base/log.h"
#include "vitals/health/health_monitor.h"

namespace vitals {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Monitored;

// What a hook was asked for, as "restart x 1: reason", and how long after the test began.
class RestartsTest : public ::testing::Test {
 protected:
  void AddHook(RestartOptions options = {}) {
    hook_ = monitored_.monitor
                ->AddRestartHook(
                    [this](const RestartRequest& request) {
                      asked_.push_back(Text(request));
                      return answer_;
                    },
                    std::move(options))
                .value();
  }

  std::string Text(const RestartRequest& request) {
    const std::vector<std::string> kinds = {"restart", "limit", "recovered"};
    const auto after =
        std::chrono::duration_cast<seconds>(monitored_.clock->MonotonicNow() - begin_);
    return std::to_string(after.count()) + " " + kinds.at(static_cast<std::size_t>(request.kind)) +
           " " + request.component + " " + std::to_string(request.attempt);
  }

  // Reports every second that it is unhealthy.
  void FailFor(seconds duration) {
    for (; duration.count() > 0; --duration) {
      monitored_.clock->Advance(seconds(1));
      x_.Report(HealthStatus::kUnhealthy);
      monitored_.monitor->Poll();
    }
  }

  std::vector<std::string> Asked() {
    monitored_.monitor->Poll();
    return std::exchange(asked_, {});
  }

  Monitored monitored_;
  const std::chrono::steady_clock::time_point begin_ = monitored_.clock->MonotonicNow();
  absl::Status answer_;
  std::vector<std::string> asked_;
  HealthSubscription hook_;
  HealthReporter x_ =
      monitored_.monitor
          ->AddReporter(
              "x", {.max_age = std::chrono::nanoseconds(0),
                    .rules = {.failure_threshold = 1, .success_threshold = 1, .flap_changes = 0}})
          .value();
};

TEST_F(RestartsTest, TheFirstRestartComesAtOnceAndTheNextAfterBackoff) {
  AddHook({.initial_backoff = seconds(1), .max_backoff = seconds(5), .max_restarts = 6});
  x_.Report(HealthStatus::kUnhealthy, "dead");
  EXPECT_THAT(Asked(), ElementsAre("0 restart x 1"));
  FailFor(seconds(17));
  // 1 s, 2 s, 4 s, then 5 s.
  EXPECT_THAT(Asked(), ElementsAre("1 restart x 2", "3 restart x 3", "7 restart x 4",
                                   "12 restart x 5", "17 restart x 6"));
}

TEST_F(RestartsTest, AtTheLimitItGivesUp) {
  AddHook({.initial_backoff = seconds(1), .max_restarts = 2, .window = seconds(60)});
  FailFor(seconds(600));
  EXPECT_THAT(Asked(), ElementsAre("1 restart x 1", "2 restart x 2", "4 limit x 2"));
}

TEST_F(RestartsTest, AnotherRestartWaitsForAResultThatCameAfterTheLatest) {
  AddHook({.initial_backoff = seconds(1), .max_restarts = 5});
  x_.Report(HealthStatus::kUnhealthy);
  monitored_.Advance(seconds(30));
  EXPECT_THAT(Asked(), ElementsAre("1 restart x 1"));
  x_.Report(HealthStatus::kUnhealthy);
  monitored_.Advance(seconds(30));
  EXPECT_THAT(Asked(), ElementsAre("31 restart x 2"));
}

TEST_F(RestartsTest, WhatIsStaleIsRestartedUntilItReports) {
  const HealthReporter y = monitored_.monitor->AddReporter("y", {.max_age = seconds(10)}).value();
  AddHook({.under = "y", .initial_backoff = seconds(4), .max_restarts = 2});
  y.Report(HealthStatus::kHealthy);
  monitored_.Advance(seconds(40));
  EXPECT_THAT(Asked(), ElementsAre("10 restart y 1", "14 restart y 2", "22 limit y 2"));
}

TEST_F(RestartsTest, WhatFlapsForItsRestartsReachesTheLimit) {
  const HealthReporter y = monitored_.monitor
                               ->AddReporter("y", {.rules = {.failure_threshold = 1,
                                                             .success_threshold = 1,
                                                             .flap_changes = 4,
                                                             .flap_window = seconds(100)}})
                               .value();
  AddHook({.under = "y", .initial_backoff = seconds(1), .max_restarts = 3});
  for (int i = 0; i < 5; ++i) {
    monitored_.Advance(seconds(10));
    y.Report(HealthStatus::kUnhealthy);
    monitored_.monitor->Poll();
    y.Report(HealthStatus::kUnhealthy);
    monitored_.Advance(seconds(5));
    y.Report(HealthStatus::kHealthy);
  }
  EXPECT_TRUE(monitored_.Of("y").flapping);
  // The third failure makes it flap; what flaps has not recovered.
  EXPECT_THAT(Asked(), ElementsAre("10 restart y 1", "16 recovered y 1", "25 restart y 2",
                                   "31 recovered y 2", "40 restart y 3", "56 limit y 3"));
}

TEST_F(RestartsTest, WhatIsHeldIsNotRestarted) {
  AddHook();
  x_.Hold(HealthStatus::kUnhealthy, "maintenance");
  monitored_.Advance(seconds(60));
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(RestartsTest, WhatIsHeldAndThenReleasedIsRestartedWhenAResultSaysSo) {
  AddHook({.initial_backoff = seconds(1)});
  x_.Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Asked(), ElementsAre("0 restart x 1"));
  x_.Hold(HealthStatus::kUnhealthy, "restarting");
  monitored_.Advance(seconds(60));
  x_.Release();
  monitored_.Advance(seconds(60));
  EXPECT_THAT(Asked(), IsEmpty());
  x_.Report(HealthStatus::kUnhealthy);
  monitored_.Advance(seconds(1));
  EXPECT_THAT(Asked(), ElementsAre("121 restart x 2"));
}

TEST_F(RestartsTest, WhatFailsAtOnceIsAskedForAtOnceAlsoAfterARestart) {
  AddHook({.initial_backoff = seconds(10)});
  x_.Fail("ended");
  EXPECT_THAT(Asked(), ElementsAre("0 restart x 1"));
  x_.Hold(HealthStatus::kDegraded, "restarting");
  EXPECT_THAT(Asked(), ElementsAre("0 recovered x 1"));
  monitored_.Advance(seconds(30));
  x_.Fail("ended");
  EXPECT_THAT(Asked(), ElementsAre("30 restart x 2"));
}

TEST_F(RestartsTest, WhatWasNeverHeardOfIsRestartedOnce) {
  const HealthReporter y =
      monitored_.monitor
          ->AddReporter("y", {.max_age = seconds(0), .initial_status = HealthStatus::kUnhealthy})
          .value();
  AddHook({.under = "y"});
  monitored_.Advance(seconds(60));
  EXPECT_THAT(Asked(), ElementsAre("1 restart y 1"));
  y.Report(HealthStatus::kUnhealthy);
  monitored_.Advance(seconds(2));
  EXPECT_THAT(Asked(), ElementsAre("61 restart y 2"));
}

TEST_F(RestartsTest, AHoldThatIsSoundIsARecovery) {
  AddHook();
  x_.Report(HealthStatus::kUnhealthy);
  Asked();
  x_.Hold(HealthStatus::kDegraded, "maintenance");
  EXPECT_THAT(Asked(), ElementsAre("0 recovered x 1"));
}

TEST_F(RestartsTest, RecoveryIsTold) {
  AddHook();
  x_.Report(HealthStatus::kUnhealthy);
  Asked();
  x_.Report(HealthStatus::kDegraded);
  EXPECT_THAT(Asked(), ElementsAre("0 recovered x 1"));
  monitored_.Advance(seconds(60));
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(RestartsTest, WhatFailsAgainSoonKeepsItsBackoff) {
  AddHook({.initial_backoff = seconds(10), .window = seconds(60)});
  x_.Report(HealthStatus::kUnhealthy);
  Asked();
  x_.Report(HealthStatus::kHealthy);
  monitored_.Advance(seconds(3));
  Asked();
  x_.Report(HealthStatus::kUnhealthy);
  monitored_.Advance(seconds(10));
  EXPECT_THAT(Asked(), ElementsAre("10 restart x 2"));
}

TEST_F(RestartsTest, WhatWasSoundForTheWindowStartsAnew) {
  AddHook({.max_restarts = 1, .window = seconds(60)});
  FailFor(seconds(10));
  EXPECT_THAT(Asked(), ElementsAre("1 restart x 1", "2 limit x 1"));
  x_.Report(HealthStatus::kHealthy);
  EXPECT_THAT(Asked(), ElementsAre("10 recovered x 1"));
  monitored_.Advance(seconds(60));
  x_.Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Asked(), ElementsAre("70 restart x 1"));
}

TEST_F(RestartsTest, WhatIsUnhealthyAlreadyIsAskedForAtOnce) {
  x_.Report(HealthStatus::kUnhealthy);
  AddHook();
  EXPECT_THAT(Asked(), ElementsAre("0 restart x 1"));
}

TEST_F(RestartsTest, WhatWasRemovedIsNotRestarted) {
  AddHook();
  x_.Report(HealthStatus::kUnhealthy);
  Asked();
  EXPECT_TRUE(monitored_.monitor->Remove("x").ok());
  monitored_.Advance(seconds(600));
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(RestartsTest, OnlyWhatIsUnderTheNameIsRestarted) {
  AddHook({.under = "workers"});
  x_.Report(HealthStatus::kUnhealthy);
  monitored_.monitor->AddReporter("workers/1").value().Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Asked(), ElementsAre("0 restart workers/1 1"));
}

TEST_F(RestartsTest, AHookThatFailsIsLoggedAndAskedAgain) {
  std::vector<std::string> lines;
  SetLogSink([&lines](LogSeverity, std::string_view line) { lines.emplace_back(line); });
  answer_ = absl::UnavailableError("no slot");
  AddHook();
  FailFor(seconds(2));
  SetLogSink({});
  EXPECT_THAT(Asked(), ElementsAre("1 restart x 1", "2 restart x 2"));
  EXPECT_THAT(lines, ElementsAre("the restart hook failed for x: no slot",
                                 "the restart hook failed for x: no slot"));
}

TEST_F(RestartsTest, TheStrategyIsInTheRequest) {
  RestartRequest asked;
  const auto hook = monitored_.monitor
                        ->AddRestartHook(
                            [&asked](const RestartRequest& request) {
                              asked = request;
                              throw std::runtime_error("no");
                              return absl::OkStatus();
                            },
                            {.strategy = RestartStrategy::kRestForOne})
                        .value();
  SetLogSink([](LogSeverity, std::string_view) {});
  x_.Report(HealthStatus::kUnhealthy, "dead");
  monitored_.monitor->Poll();
  SetLogSink({});
  EXPECT_EQ(asked.strategy, RestartStrategy::kRestForOne);
  EXPECT_EQ(asked.reason, "dead");
  EXPECT_EQ(RestartStrategyName(RestartStrategy::kOneForOne), "one_for_one");
  EXPECT_EQ(RestartStrategyName(RestartStrategy::kOneForAll), "one_for_all");
  EXPECT_EQ(RestartStrategyName(RestartStrategy::kRestForOne), "rest_for_one");
}

}  // namespace
}  // namespace vitals
