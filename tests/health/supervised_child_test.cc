#include "vitals/health/supervised_child.h"

#include <atomic>
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
#include "tests/health/gate.h"
#include "tests/health/supervised_child_fixture.h"
#include "tests/testing/child_process.h"
#include "tests/testing/eventually.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using vitals_test::Eventually;

TEST_F(SupervisedChildTest, WhatACheckThrowsDoesNotCountOnceTheStateHasChanged) {
  Add([this]() -> ChildHealth {
    child->SetState(ChildState::kRestarting);
    throw std::runtime_error("the socket is closed");
  });
  child->SetState(ChildState::kRunning);
  monitor->Poll();
  EXPECT_THAT(*monitor->Results(kName), IsEmpty());
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
  monitor->Poll();
  EXPECT_EQ(asked, 2);
  const auto results = monitor->Results(kName);
  ASSERT_EQ(results->size(), 1U);
  EXPECT_EQ(results->front().reason, "the new one");
}

// What a restart hook is asked for, and what the supervisor then does.
class ChildRestartTest : public SupervisedChildTest {
 protected:
  void AddHook(std::function<void()> restart, RestartOptions options = {}) {
    hook_ = monitor
                ->AddRestartHook(
                    [this, restart = std::move(restart)](const RestartRequest& request) {
                      requests_.push_back(request.kind);
                      if (request.kind == Kind::kRestart) restart();
                      return absl::OkStatus();
                    },
                    std::move(options))
                .value();
  }

  using Kind = RestartRequest::Kind;

  std::vector<Kind> requests_;

 private:
  HealthSubscription hook_;
};

TEST_F(ChildRestartTest, IsAskedForWhatFailedAndNotForWhatWasStopped) {
  AddHook([this] {
    child->SetState(ChildState::kRestarting);
    child->SetState(ChildState::kRunning);
  });
  AddHealthy();
  child->SetState(ChildState::kStopping);
  child->SetState(ChildState::kStopped);
  Check(3);
  EXPECT_THAT(requests_, IsEmpty());
  child->SetState(ChildState::kStarting);
  child->SetState(ChildState::kRunning);
  child->SetState(ChildState::kFailed, "it exited with 3");
  Check(3);
  EXPECT_THAT(requests_, ElementsAre(Kind::kRestart, Kind::kRecovered));
}

TEST_F(ChildRestartTest, IsAskedAgainWhenTheChildDoesNotStartUpToTheLimit) {
  AddHook(
      [this] {
        child->SetState(ChildState::kRestarting);
        child->SetState(ChildState::kStarting);
        child->SetState(ChildState::kFailed, "the port is taken");
      },
      {.max_restarts = 2});
  AddHealthy();
  child->SetState(ChildState::kFailed, "it exited with 3");
  Check(30);
  EXPECT_THAT(requests_, ElementsAre(Kind::kRestart, Kind::kRestart, Kind::kLimitReached));
  EXPECT_EQ(Shown(), HealthResult::Unhealthy("the port is taken"));
}

TEST_F(ChildRestartTest, IsNotAskedForAChildThatIsBeingRestarted) {
  AddHook([this] { child->SetState(ChildState::kRestarting); });
  AddHealthy();
  MakeUnhealthy();
  Check(30);
  child->SetState(ChildState::kStarting);
  Check(30);
  EXPECT_THAT(requests_, ElementsAre(Kind::kRestart));
  child->SetState(ChildState::kFailed, "the port is taken");
  Check();
  EXPECT_THAT(requests_, ElementsAre(Kind::kRestart, Kind::kRestart));
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
  Check(2);
  EXPECT_THAT(told, ElementsAre("workers/resize healthy 0 ", "workers/resize failed 3 no heartbeat",
                                "workers/resize healthy 0 "));
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

TEST(SupervisedChildThreadsTest, ARestartedChildIsAskedWhileTheCheckOfTheOldOneHangs) {
  const std::shared_ptr<HealthMonitor> monitor = HealthMonitor::Create().value();
  const auto gate = std::make_shared<testing::Gate>();
  const auto restarted = std::make_shared<std::atomic<bool>>(false);
  const auto check = [gate, restarted] {
    if (!*restarted) gate->Pass();
    return ChildHealth::Healthy();
  };
  const auto child = SupervisedChild::Create(monitor, "workers/resize", check).value();
  child->SetState(ChildState::kRunning);
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  *restarted = true;
  child->SetState(ChildState::kStarting);
  child->SetState(ChildState::kRunning);
  EXPECT_TRUE(Eventually([&] { return monitor->status() == HealthStatus::kHealthy; }));
  gate->Open();
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
