#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/supervised_child_fixture.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const HealthResult kStarting = {HealthStatus::kUnknown, "starting"};

TEST_F(SupervisedChildTest, IsNotAskedWhileItStarts) {
  says = ChildHealth::Failed("not there yet");
  Add();
  EXPECT_EQ(child->state(), ChildState::kStarting);
  EXPECT_EQ(Shown(), kStarting);
  Check(10);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(Shown(), kStarting);
}

TEST_F(SupervisedChildTest, IsHealthyWhenItRunsAndACheckHasPassed) {
  Add();
  child->SetState(ChildState::kRunning);
  EXPECT_EQ(child->state(), ChildState::kRunning);
  EXPECT_EQ(Shown(), kStarting);
  monitor->Poll();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(Shown(), HealthResult::Healthy());
  EXPECT_THAT(Path(), ElementsAre("unknown > healthy"));
}

TEST_F(SupervisedChildTest, IsUnhealthyAfterTheThreshold) {
  AddHealthy();
  says = ChildHealth::Failed("no heartbeat");
  Check(2);
  EXPECT_EQ(Shown().status, HealthStatus::kHealthy);
  Check();
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("no heartbeat"));
  says = ChildHealth::Degraded("slow");
  Check(2);
  EXPECT_EQ(Shown(), HealthResult::Degraded("slow"));
}

struct StateCase {
  ChildState state;
  HealthResult from_healthy;
  HealthResult from_unhealthy;
};

void PrintTo(const StateCase& tested, std::ostream* out) { *out << ChildStateName(tested.state); }

class ChildStateTest : public SupervisedChildTest,
                       public ::testing::WithParamInterface<StateCase> {};

TEST_P(ChildStateTest, ShowsAtOnceOfAHealthyChild) {
  AddHealthy();
  child->SetState(GetParam().state);
  EXPECT_EQ(child->state(), GetParam().state);
  EXPECT_EQ(Shown(), GetParam().from_healthy);
}

TEST_P(ChildStateTest, ShowsAtOnceOfAnUnhealthyChild) {
  AddHealthy();
  MakeUnhealthy();
  child->SetState(GetParam().state);
  EXPECT_EQ(Shown(), GetParam().from_unhealthy);
}

TEST_P(ChildStateTest, LastsWithoutTheChildBeingAsked) {
  AddHealthy();
  child->SetState(GetParam().state);
  asked = 0;
  Check(10);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(Shown(), GetParam().from_healthy);
}

TEST_P(ChildStateTest, AbandonsACheckInProgress) {
  Add([this] {
    ++asked;
    if (asked == 1) child->SetState(GetParam().state);
    return ChildHealth::Degraded("of the old one");
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  Check(3);
  EXPECT_EQ(asked, 1);
  EXPECT_THAT(Shown().reason, Not(HasSubstr("old")));
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  EXPECT_EQ(asked, 2);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChildStateTest,
    ::testing::Values(StateCase{ChildState::kStarting, kStarting,
                                HealthResult::Unhealthy("starting")},
                      StateCase{ChildState::kStopping, HealthResult::Degraded("stopping"),
                                HealthResult::Unhealthy("stopping")},
                      StateCase{ChildState::kStopped, HealthResult::Degraded("stopped"),
                                HealthResult::Degraded("stopped")},
                      StateCase{ChildState::kRestarting, HealthResult::Degraded("restarting"),
                                HealthResult::Unhealthy("restarting")},
                      StateCase{ChildState::kFailed, HealthResult::Unhealthy("failed"),
                                HealthResult::Unhealthy("failed")}),
    [](const auto& tested) { return std::string(ChildStateName(tested.param.state)); });

TEST_F(SupervisedChildTest, ShowsTheReasonOfAState) {
  AddHealthy();
  child->SetState(ChildState::kRestarting, "its parent asked for it");
  EXPECT_EQ(Shown(), HealthResult::Degraded("restarting: its parent asked for it"));
  child->SetState(ChildState::kFailed, "the port is taken");
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("the port is taken"));
  child->SetState(ChildState::kFailed, "the port is still taken");
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("the port is still taken"));
}

TEST_F(SupervisedChildTest, CutsLongReasons) {
  AddHealthy();
  child->SetState(ChildState::kFailed, std::string(100'000, 'x'));
  EXPECT_EQ(Shown().reason, std::string(HealthResult::kMaxReasonBytes, 'x'));
}

TEST_F(SupervisedChildTest, HasRecoveredFromARestartWhenChecksHavePassed) {
  AddHealthy();
  MakeUnhealthy();
  child->SetState(ChildState::kRestarting);
  Check(5);
  child->SetState(ChildState::kStarting);
  Check(5);
  child->SetState(ChildState::kRunning);
  says = ChildHealth::Healthy();
  monitor->Poll();
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("starting"));
  Check();
  EXPECT_EQ(Shown(), HealthResult::Healthy());
  EXPECT_THAT(Path(), ElementsAre("unknown > healthy", "healthy > unhealthy (no heartbeat)",
                                  "unhealthy > healthy"));
}

TEST_F(SupervisedChildTest, StaysUnhealthyAfterARestartThatDidNotHelp) {
  AddHealthy();
  MakeUnhealthy();
  child->SetState(ChildState::kRestarting);
  child->SetState(ChildState::kRunning);
  Check(10);
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("no heartbeat"));
  EXPECT_THAT(Path(), ElementsAre("unknown > healthy", "healthy > unhealthy (no heartbeat)"));
}

TEST_F(SupervisedChildTest, StartsAnewWhenItWasStopped) {
  AddHealthy();
  MakeUnhealthy();
  child->SetState(ChildState::kStopped);
  child->SetState(ChildState::kStarting);
  EXPECT_EQ(Shown(), kStarting);
}

TEST_F(SupervisedChildTest, CountsFailuresFromNoneWhenItRunsAgain) {
  AddHealthy();
  says = ChildHealth::Failed("no heartbeat");
  Check(2);
  child->SetState(ChildState::kRestarting);
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  Check();
  EXPECT_EQ(Shown().status, HealthStatus::kDegraded);
  Check();
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
}

TEST_F(SupervisedChildTest, GoesOnCountingWhenToldAgainThatItRuns) {
  AddHealthy();
  says = ChildHealth::Failed("no heartbeat");
  for (int i = 0; i < 3; ++i) {
    child->SetState(ChildState::kRunning);
    Check();
  }
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
}

TEST_F(SupervisedChildTest, FailsAtEachTurnWhileItHasFailed) {
  AddHealthy();
  child->SetState(ChildState::kFailed, "it exited with 3");
  EXPECT_EQ(Of(kName).consecutive_failures, 1U);
  monitor->Poll();
  EXPECT_EQ(Of(kName).consecutive_failures, 2U);
  Check(2);
  EXPECT_EQ(Of(kName).consecutive_failures, 4U);
  EXPECT_EQ(Of(kName).last_result->reason, "it exited with 3");
  child->SetState(ChildState::kRunning);
  EXPECT_EQ(Of(kName).consecutive_failures, 0U);
  monitor->Poll();
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
  Check();
  EXPECT_EQ(Shown(), HealthResult::Healthy());
}

// Six changes within five minutes are too often.
TEST_F(SupervisedChildTest, ChangesOfStateDoNotMakeItFlap) {
  AddHealthy();
  for (int i = 0; i < 10; ++i) {
    child->SetState(ChildState::kFailed);
    EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
    child->SetState(ChildState::kRunning);
    monitor->Poll();
    Check();
    EXPECT_EQ(Shown().status, HealthStatus::kHealthy);
  }
}

TEST_F(SupervisedChildTest, IsUnhealthyUnderneathWhenItFlaps) {
  SupervisedChildOptions options;
  options.config.failure_threshold = 1;
  Add(options);
  child->SetState(ChildState::kRunning);
  Check();
  for (int i = 0; i < 4; ++i) {
    says = ChildHealth::Failed("no heartbeat");
    Check();
    says = ChildHealth::Healthy();
    Check(2);
  }
  says = ChildHealth::Failed("no heartbeat");
  Check();
  ASSERT_TRUE(Of(kName).flapping);
  child->SetState(ChildState::kRestarting);
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("restarting"));
}

}  // namespace
}  // namespace vitals
