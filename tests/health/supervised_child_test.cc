#include "vitals/health/supervised_child.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/child_process.h"
#include "vitals/testing/fake_clock.h"

namespace vitals {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kName[] = "workers/resize";
constexpr seconds kInterval(10);

// A child that says what the test lets it say, in a monitor that the test drives.
class SupervisedChildTest : public ::testing::Test {
 protected:
  SupervisedChildTest() {
    HealthMonitorOptions options;
    options.host_driven = true;
    options.clock = clock_;
    options.random = [] { return 0.0; };
    monitor_ = HealthMonitor::Create(std::move(options)).value();
  }

  void Add(std::function<ChildHealth()> health_check, SupervisedChildOptions options = {}) {
    options.config.check_interval = kInterval;
    auto child =
        SupervisedChild::Create(monitor_, kName, std::move(health_check), std::move(options));
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *std::move(child);
  }

  void Add(SupervisedChildOptions options = {}) {
    const auto say = [this] {
      ++asked_;
      return says_;
    };
    Add(say, std::move(options));
  }

  // A child that runs and was found so.
  void AddHealthy() {
    Add();
    child_->SetState(ChildState::kRunning);
    Check();
  }

  void MakeUnhealthy() {
    says_ = ChildHealth::Failed("no heartbeat");
    Check(3);
  }

  // Lets turns of the check come.
  void Check(int turns = 1) {
    for (int i = 0; i < turns; ++i) {
      monitor_->Poll();
      clock_->Advance(kInterval);
    }
    monitor_->Poll();
  }

  HealthResult Shown() const {
    const auto report = monitor_->Report(kName);
    return {report->components.at(0).status, report->components.at(0).reason};
  }

  // Statuses that the component took, oldest first.
  std::vector<HealthStatus> History() const {
    std::vector<HealthStatus> statuses;
    for (const HealthTransition& transition : monitor_->History().value()) {
      statuses.insert(statuses.begin(), transition.to);
    }
    return statuses;
  }

  const std::shared_ptr<testing::FakeClock> clock_ = std::make_shared<testing::FakeClock>();
  ChildHealth says_ = ChildHealth::Healthy();
  int asked_ = 0;
  std::shared_ptr<HealthMonitor> monitor_;
  std::unique_ptr<SupervisedChild> child_;
};

TEST_F(SupervisedChildTest, IsNotAskedWhileItStarts) {
  says_ = ChildHealth::Failed("not there yet");
  Add();
  EXPECT_EQ(child_->state(), ChildState::kStarting);
  EXPECT_EQ(Shown(), HealthResult::Degraded("starting"));
  Check(10);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(Shown(), HealthResult::Degraded("starting"));
}

TEST_F(SupervisedChildTest, IsHealthyWhenItRunsAndACheckHasPassed) {
  Add();
  child_->SetState(ChildState::kRunning);
  EXPECT_EQ(child_->state(), ChildState::kRunning);
  EXPECT_EQ(Shown(), HealthResult::Degraded("starting"));
  monitor_->Poll();
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(Shown(), HealthResult::Healthy());
  EXPECT_THAT(History(), ElementsAre(HealthStatus::kDegraded, HealthStatus::kHealthy));
}

TEST_F(SupervisedChildTest, IsUnhealthyAfterTheThreshold) {
  AddHealthy();
  says_ = ChildHealth::Failed("no heartbeat");
  Check(2);
  EXPECT_EQ(Shown().status, HealthStatus::kHealthy);
  Check();
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("no heartbeat"));
  says_ = ChildHealth::Degraded("slow");
  Check(2);
  EXPECT_EQ(Shown(), HealthResult::Degraded("slow"));
}

struct StateCase {
  ChildState state;
  HealthResult from_healthy;
  HealthResult from_unhealthy;
};

void PrintTo(const StateCase& tested, std::ostream* out) { *out << ChildStateName(tested.state); }

class StateTest : public SupervisedChildTest, public ::testing::WithParamInterface<StateCase> {};

TEST_P(StateTest, ShowsAtOnceOfAHealthyChild) {
  AddHealthy();
  child_->SetState(GetParam().state);
  EXPECT_EQ(child_->state(), GetParam().state);
  EXPECT_EQ(Shown(), GetParam().from_healthy);
}

TEST_P(StateTest, ShowsAtOnceOfAnUnhealthyChild) {
  AddHealthy();
  MakeUnhealthy();
  child_->SetState(GetParam().state);
  EXPECT_EQ(Shown(), GetParam().from_unhealthy);
}

TEST_P(StateTest, LastsWithoutTheChildBeingAsked) {
  AddHealthy();
  child_->SetState(GetParam().state);
  asked_ = 0;
  Check(10);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(Shown(), GetParam().from_healthy);
}

INSTANTIATE_TEST_SUITE_P(
    All, StateTest,
    ::testing::Values(StateCase{ChildState::kStarting, HealthResult::Degraded("starting"),
                                HealthResult::Unhealthy("starting")},
                      StateCase{ChildState::kStopping, HealthResult::Degraded("stopping"),
                                HealthResult::Unhealthy("stopping")},
                      StateCase{ChildState::kStopped, HealthResult::Degraded("stopped"),
                                HealthResult::Degraded("stopped")},
                      StateCase{ChildState::kRestarting, HealthResult::Degraded("restarting"),
                                HealthResult::Unhealthy("restarting")},
                      StateCase{ChildState::kFailed, HealthResult::Unhealthy("failed"),
                                HealthResult::Unhealthy("failed")}),
    [](const auto& info) { return std::string(ChildStateName(info.param.state)); });

TEST_F(SupervisedChildTest, ShowsTheReasonOfAState) {
  AddHealthy();
  child_->SetState(ChildState::kRestarting, "its parent asked for it");
  EXPECT_EQ(Shown(), HealthResult::Degraded("restarting: its parent asked for it"));
  child_->SetState(ChildState::kFailed, "the port is taken");
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("the port is taken"));
  child_->SetState(ChildState::kFailed, "the port is still taken");
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("the port is still taken"));
}

TEST_F(SupervisedChildTest, CutsLongReasons) {
  AddHealthy();
  child_->SetState(ChildState::kFailed, std::string(100'000, 'x'));
  EXPECT_EQ(Shown().reason, std::string(HealthResult::kMaxReasonBytes, 'x'));
}

TEST_F(SupervisedChildTest, HasRecoveredFromARestartWhenACheckHasPassed) {
  AddHealthy();
  MakeUnhealthy();
  child_->SetState(ChildState::kRestarting);
  Check(5);
  child_->SetState(ChildState::kStarting);
  Check(5);
  child_->SetState(ChildState::kRunning);
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
  says_ = ChildHealth::Healthy();
  Check();
  EXPECT_EQ(Shown(), HealthResult::Healthy());
  EXPECT_THAT(History(), ElementsAre(HealthStatus::kDegraded, HealthStatus::kHealthy,
                                     HealthStatus::kUnhealthy, HealthStatus::kHealthy));
}

TEST_F(SupervisedChildTest, StaysUnhealthyAfterARestartThatDidNotHelp) {
  AddHealthy();
  MakeUnhealthy();
  child_->SetState(ChildState::kRestarting);
  child_->SetState(ChildState::kRunning);
  Check(10);
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("no heartbeat"));
  EXPECT_THAT(History(), ElementsAre(HealthStatus::kDegraded, HealthStatus::kHealthy,
                                     HealthStatus::kUnhealthy));
}

TEST_F(SupervisedChildTest, CountsFailuresFromNoneWhenItRunsAgain) {
  AddHealthy();
  says_ = ChildHealth::Failed("no heartbeat");
  Check(2);
  child_->SetState(ChildState::kRestarting);
  child_->SetState(ChildState::kRunning);
  Check(2);
  EXPECT_EQ(Shown().status, HealthStatus::kDegraded);
  Check();
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
}

TEST_F(SupervisedChildTest, GoesOnCountingWhenToldAgainThatItRuns) {
  AddHealthy();
  says_ = ChildHealth::Failed("no heartbeat");
  for (int i = 0; i < 3; ++i) {
    child_->SetState(ChildState::kRunning);
    Check();
  }
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
}

TEST_F(SupervisedChildTest, DoesNotFlap) {
  AddHealthy();
  for (int i = 0; i < 20; ++i) {
    child_->SetState(ChildState::kFailed);
    EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
    child_->SetState(ChildState::kRunning);
    clock_->Advance(kInterval);
    monitor_->Poll();
    EXPECT_EQ(Shown().status, HealthStatus::kHealthy);
  }
}

TEST_F(SupervisedChildTest, WhatACheckSaysDoesNotCountOnceTheStateHasChanged) {
  Add([this] {
    child_->SetState(ChildState::kStopping);
    return ChildHealth::Failed("no longer there");
  });
  child_->SetState(ChildState::kRunning);
  monitor_->Poll();
  const auto results = monitor_->Results(kName);
  ASSERT_TRUE(results.ok()) << results.status();
  for (const HealthCheckResult& result : *results) {
    EXPECT_EQ(result.outcome, HealthOutcome::kPassed) << result.reason;
  }
  EXPECT_EQ(results->front().reason, "stopping");
}

TEST_F(SupervisedChildTest, WhatACheckThrowsDoesNotCountOnceTheStateHasChanged) {
  Add([this]() -> ChildHealth {
    child_->SetState(ChildState::kRestarting);
    throw std::runtime_error("the socket is closed");
  });
  child_->SetState(ChildState::kRunning);
  monitor_->Poll();
  EXPECT_EQ(monitor_->Results(kName)->front().reason, "restarting");
  EXPECT_EQ(Shown().status, HealthStatus::kDegraded);
}

TEST_F(SupervisedChildTest, WhatACheckThrowsHasFailed) {
  Add([]() -> ChildHealth { throw std::runtime_error("the socket is closed"); });
  child_->SetState(ChildState::kRunning);
  Check(3);
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
  EXPECT_THAT(Shown().reason, HasSubstr("the socket is closed"));
}

TEST_F(SupervisedChildTest, AsksTheNewOneWhenItWasRestartedDuringACheck) {
  Add([this] {
    if (++asked_ > 1) return ChildHealth::Degraded("the new one");
    child_->SetState(ChildState::kRestarting);
    child_->SetState(ChildState::kRunning);
    return ChildHealth::Failed("the old one");
  });
  child_->SetState(ChildState::kRunning);
  monitor_->Poll();
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(monitor_->Results(kName)->front().reason, "the new one");
}

TEST_F(SupervisedChildTest, AHookIsAskedForWhatFailedAndNotForWhatWasStopped) {
  std::vector<RestartRequest::Kind> requests;
  const auto hook = monitor_->AddRestartHook(
      [&](const RestartRequest& request) {
        requests.push_back(request.kind);
        if (request.kind == RestartRequest::Kind::kRestart) {
          child_->SetState(ChildState::kRestarting);
          child_->SetState(ChildState::kRunning);
        }
        return absl::OkStatus();
      },
      {.initial_backoff = std::chrono::minutes(1)});
  ASSERT_TRUE(hook.ok()) << hook.status();
  AddHealthy();
  child_->SetState(ChildState::kStopping);
  child_->SetState(ChildState::kStopped);
  Check(3);
  EXPECT_THAT(requests, IsEmpty());
  child_->SetState(ChildState::kStarting);
  child_->SetState(ChildState::kRunning);
  child_->SetState(ChildState::kFailed, "it exited with 3");
  Check(3);
  EXPECT_THAT(requests,
              ElementsAre(RestartRequest::Kind::kRestart, RestartRequest::Kind::kRecovered));
}

TEST_F(SupervisedChildTest, TellsTheSupervisorOfChangesAndRecovery) {
  std::vector<std::string> told;
  const auto subscription = SubscribeToChildHealth(
      *monitor_, "workers",
      [&](std::string_view component, const ChildHealth& health, std::uint32_t failures) {
        told.push_back(std::string(component) + ' ' +
                       std::string(ChildHealthKindName(health.kind)) + ' ' +
                       std::to_string(failures) + ' ' + health.reason);
      });
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  AddHealthy();
  MakeUnhealthy();
  child_->SetState(ChildState::kRestarting);
  child_->SetState(ChildState::kRunning);
  says_ = ChildHealth::Healthy();
  Check();
  EXPECT_THAT(told,
              ElementsAre("workers/resize degraded 0 starting", "workers/resize healthy 0 ",
                          "workers/resize failed 3 no heartbeat", "workers/resize healthy 0 "));
}

TEST_F(SupervisedChildTest, CountsForWhatItIsGivenTo) {
  Add({.critical = false, .groups = {kLiveGroup}});
  child_->SetState(ChildState::kFailed);
  EXPECT_EQ(monitor_->status(), HealthStatus::kDegraded);
  EXPECT_EQ(monitor_->GroupReport(kLiveGroup).components.size(), 1U);
  EXPECT_THAT(monitor_->GroupReport(kReadyGroup).components, IsEmpty());
}

TEST_F(SupervisedChildTest, KnowsItselfFromTheComponentsBelowIt) {
  ASSERT_TRUE(monitor_->AddCheck("workers/resize/cache", [] { return true; }).ok());
  AddHealthy();
  MakeUnhealthy();
  child_->SetState(ChildState::kRestarting);
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("restarting"));
}

TEST_F(SupervisedChildTest, RemovesTheComponentWhenItDies) {
  AddHealthy();
  child_.reset();
  EXPECT_EQ(monitor_->Report(kName).status().code(), absl::StatusCode::kNotFound);
  AddHealthy();
  EXPECT_EQ(Shown(), HealthResult::Healthy());
}

TEST_F(SupervisedChildTest, MayDieInItsOwnCheck) {
  Add([this] {
    child_.reset();
    return ChildHealth::Healthy();
  });
  child_->SetState(ChildState::kRunning);
  monitor_->Poll();
  EXPECT_EQ(monitor_->Report(kName).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SupervisedChildTest, OutlivesWhatTheMonitorDoes) {
  AddHealthy();
  ASSERT_TRUE(monitor_->Remove(kName).ok());
  child_->SetState(ChildState::kFailed);
  ASSERT_TRUE(monitor_->Stop().ok());
  child_->SetState(ChildState::kRunning);
  EXPECT_EQ(child_->state(), ChildState::kRunning);
}

TEST_F(SupervisedChildTest, SaysWhatItCannotBeMadeOf) {
  const auto says = [] { return ChildHealth::Healthy(); };
  const auto create = [&](std::shared_ptr<HealthMonitor> monitor, std::string_view name,
                          std::function<ChildHealth()> health_check,
                          SupervisedChildOptions options = {}) {
    return SupervisedChild::Create(std::move(monitor), name, std::move(health_check), options)
        .status();
  };
  EXPECT_EQ(create(nullptr, kName, says), absl::InvalidArgumentError("the monitor is null"));
  EXPECT_EQ(create(monitor_, kName, nullptr),
            absl::InvalidArgumentError(
                "the health check of \"workers/resize\" is empty: give it a callable"));
  EXPECT_EQ(create(monitor_, kName, says, {.config = {.failure_threshold = 0}}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(create(monitor_, "no name", says).code(), absl::StatusCode::kInvalidArgument);
  Add();
  EXPECT_EQ(create(monitor_, kName, says).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(SubscribeToChildHealth(*monitor_, "workers", nullptr).status(),
            absl::InvalidArgumentError("the subscriber is empty: give it a callable"));
}

TEST_F(SupervisedChildTest, DoesNothingInAForkChild) {
  AddHealthy();
  vitals_test::ExpectInForkChild([this] {
    child_->SetState(ChildState::kFailed);
    const bool stopped = child_->state() == ChildState::kStopped;
    child_.reset();
    return stopped;
  });
  EXPECT_EQ(child_->state(), ChildState::kRunning);
}

TEST(SupervisedChildThreadsTest, StatesMayChangeWhileChecksRun) {
  const std::shared_ptr<HealthMonitor> monitor = HealthMonitor::Create().value();
  const SupervisedChildOptions options = {
      .config = {.check_interval = std::chrono::milliseconds(1),
                 .check_timeout = std::chrono::milliseconds(1)}};
  const auto child = SupervisedChild::Create(
      monitor, kName, [] { return ChildHealth::Healthy(); }, options);
  ASSERT_TRUE(child.ok()) << child.status();
  std::vector<std::thread> threads;
  for (const ChildState state : {ChildState::kRunning, ChildState::kRestarting}) {
    threads.emplace_back([&child, state] {
      for (int i = 0; i < 1000; ++i) (*child)->SetState(state);
    });
  }
  for (std::thread& thread : threads) thread.join();
  (*child)->SetState(ChildState::kFailed, "the end");
  EXPECT_EQ(monitor->Report(kName)->status, HealthStatus::kUnhealthy);
}

}  // namespace
}  // namespace vitals
