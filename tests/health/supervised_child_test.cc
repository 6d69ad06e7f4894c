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
    child->SetState(ChildState::kStopping);
    return ChildHealth::Failed("no longer there");
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  const auto results = monitor->Results(kName);
  ASSERT_TRUE(results.ok()) << results.status();
  for (const HealthCheckResult& result : *results) {
    EXPECT_EQ(result.outcome, HealthOutcome::kPassed) << result.reason;
  }
  EXPECT_EQ(results->front().reason, "stopping");
}

TEST_F(SupervisedChildTest, WhatACheckThrowsDoesNotCountOnceTheStateHasChanged) {
  Add([this]() -> ChildHealth {
    child->SetState(ChildState::kRestarting);
    throw std::runtime_error("the socket is closed");
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  EXPECT_EQ(monitor->Results(kName)->front().reason, "restarting");
  EXPECT_EQ(Shown().status, HealthStatus::kDegraded);
}

TEST_F(SupervisedChildTest, WhatACheckThrowsHasFailed) {
  Add([]() -> ChildHealth { throw std::runtime_error("the socket is closed"); });
  child->SetState(ChildState::kRunning);
  Check(3);
  EXPECT_EQ(Shown().status, HealthStatus::kUnhealthy);
  EXPECT_THAT(Shown().reason, HasSubstr("the socket is closed"));
}

TEST_F(SupervisedChildTest, AsksTheNewOneWhenItWasRestartedDuringACheck) {
  Add([this] {
    if (++asked > 1) return ChildHealth::Degraded("the new one");
    child->SetState(ChildState::kRestarting);
    child->SetState(ChildState::kRunning);
    return ChildHealth::Failed("the old one");
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(monitor->Results(kName)->front().reason, "the new one");
}

TEST_F(SupervisedChildTest, AHookIsAskedForWhatFailedAndNotForWhatWasStopped) {
  std::vector<RestartRequest::Kind> requests;
  const auto hook = monitor->AddRestartHook(
      [&](const RestartRequest& request) {
        requests.push_back(request.kind);
        if (request.kind == RestartRequest::Kind::kRestart) {
          child->SetState(ChildState::kRestarting);
          child->SetState(ChildState::kRunning);
        }
        return absl::OkStatus();
      },
      {.initial_backoff = std::chrono::minutes(1)});
  ASSERT_TRUE(hook.ok()) << hook.status();
  AddHealthy();
  child->SetState(ChildState::kStopping);
  child->SetState(ChildState::kStopped);
  Check(3);
  EXPECT_THAT(requests, IsEmpty());
  child->SetState(ChildState::kStarting);
  child->SetState(ChildState::kRunning);
  child->SetState(ChildState::kFailed, "it exited with 3");
  Check(3);
  EXPECT_THAT(requests,
              ElementsAre(RestartRequest::Kind::kRestart, RestartRequest::Kind::kRecovered));
}

TEST_F(SupervisedChildTest, TellsTheSupervisorOfChangesAndRecovery) {
  std::vector<std::string> told;
  const auto subscription = SubscribeToChildHealth(
      *monitor, "workers",
      [&](std::string_view component, const ChildHealth& health, std::uint32_t failures) {
        told.push_back(std::string(component) + ' ' +
                       std::string(ChildHealthKindName(health.kind)) + ' ' +
                       std::to_string(failures) + ' ' + health.reason);
      });
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  AddHealthy();
  MakeUnhealthy();
  child->SetState(ChildState::kRestarting);
  child->SetState(ChildState::kRunning);
  says = ChildHealth::Healthy();
  Check();
  EXPECT_THAT(told,
              ElementsAre("workers/resize degraded 0 starting", "workers/resize healthy 0 ",
                          "workers/resize failed 3 no heartbeat", "workers/resize healthy 0 "));
}

TEST_F(SupervisedChildTest, CountsForWhatItIsGivenTo) {
  Add({.critical = false, .groups = {kLiveGroup}});
  child->SetState(ChildState::kFailed);
  EXPECT_EQ(monitor->status(), HealthStatus::kDegraded);
  EXPECT_EQ(monitor->GroupReport(kLiveGroup).components.size(), 1U);
  EXPECT_THAT(monitor->GroupReport(kReadyGroup).components, IsEmpty());
}

TEST_F(SupervisedChildTest, KnowsItselfFromTheComponentsBelowIt) {
  ASSERT_TRUE(monitor->AddCheck("workers/resize/cache", [] { return true; }).ok());
  AddHealthy();
  MakeUnhealthy();
  child->SetState(ChildState::kRestarting);
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("restarting"));
}

TEST_F(SupervisedChildTest, RemovesTheComponentWhenItDies) {
  AddHealthy();
  child.reset();
  EXPECT_EQ(monitor->Report(kName).status().code(), absl::StatusCode::kNotFound);
  AddHealthy();
  EXPECT_EQ(Shown(), HealthResult::Healthy());
}

TEST_F(SupervisedChildTest, MayDieInItsOwnCheck) {
  Add([this] {
    child.reset();
    return ChildHealth::Healthy();
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  EXPECT_EQ(monitor->Report(kName).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SupervisedChildTest, OutlivesWhatTheMonitorDoes) {
  AddHealthy();
  ASSERT_TRUE(monitor->Remove(kName).ok());
  child->SetState(ChildState::kFailed);
  ASSERT_TRUE(monitor->Stop().ok());
  child->SetState(ChildState::kRunning);
  EXPECT_EQ(child->state(), ChildState::kRunning);
}

TEST_F(SupervisedChildTest, SaysWhatItCannotBeMadeOf) {
  const auto healthy = [] { return ChildHealth::Healthy(); };
  const auto create = [&](std::shared_ptr<HealthMonitor> of, std::string_view name,
                          std::function<ChildHealth()> health_check,
                          const SupervisedChildOptions& options = {}) {
    return SupervisedChild::Create(std::move(of), name, std::move(health_check), options).status();
  };
  EXPECT_EQ(create(nullptr, kName, healthy), absl::InvalidArgumentError("the monitor is null"));
  EXPECT_EQ(create(monitor, kName, nullptr),
            absl::InvalidArgumentError(
                "the health check of \"workers/resize\" is empty: give it a callable"));
  EXPECT_EQ(create(monitor, kName, healthy, {.config = {.failure_threshold = 0}}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(create(monitor, "no name", healthy).code(), absl::StatusCode::kInvalidArgument);
  Add();
  EXPECT_EQ(create(monitor, kName, healthy).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(SubscribeToChildHealth(*monitor, "workers", nullptr).status(),
            absl::InvalidArgumentError("the subscriber is empty: give it a callable"));
}

TEST_F(SupervisedChildTest, DoesNothingInAForkChild) {
  AddHealthy();
  vitals_test::ExpectInForkChild([this] {
    child->SetState(ChildState::kFailed);
    const bool stopped = child->state() == ChildState::kStopped;
    child.reset();
    return stopped;
  });
  EXPECT_EQ(child->state(), ChildState::kRunning);
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
