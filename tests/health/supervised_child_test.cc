#include "vitals/health/supervised_child.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/supervised_child_fixture.h"
#include "tests/testing/child_process.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
      monitor, "workers/resize", [] { return ChildHealth::Healthy(); }, options);
  ASSERT_TRUE(child.ok()) << child.status();
  std::vector<std::thread> threads;
  for (const ChildState state : {ChildState::kRunning, ChildState::kRestarting}) {
    threads.emplace_back([&child, state] {
      for (int i = 0; i < 1000; ++i) (*child)->SetState(state);
    });
  }
  for (std::thread& thread : threads) thread.join();
  (*child)->SetState(ChildState::kFailed, "the end");
  EXPECT_EQ(monitor->Report("workers/resize")->status, HealthStatus::kUnhealthy);
}

}  // namespace
}  // namespace vitals
