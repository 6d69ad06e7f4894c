#include "vitals/health/supervised_child.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/eventually.h"
#include "vitals/health/health_monitor.h"

/// \file
/// A supervisor that says in which state its child is, with a monitor that has threads: a child
/// that ended by itself, and starts that fail.

namespace vitals {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using vitals_test::Eventually;

/// Restarts its child when it is asked to. A start fails as often as the test wants.
class StatesTest : public ::testing::Test {
 protected:
  StatesTest() {
    child_->SetState(ChildState::kRunning);
    EXPECT_TRUE(Eventually([&] { return monitor_->status() == HealthStatus::kHealthy; }));
  }

  void AddHook(int failing_starts) {
    failing_starts_ = failing_starts;
    hook_ = monitor_
                ->AddRestartHook([this](const RestartRequest& request) { return Handle(request); },
                                 {.initial_backoff = milliseconds(10), .max_restarts = 3})
                .value();
  }

  /// From a thread of its own, as where a supervisor waits for a process.
  void Exit() {
    std::thread([this] { child_->SetState(ChildState::kFailed, "exited with 3"); }).join();
  }

  std::vector<std::string> Asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  std::vector<std::string> Path() const {
    std::vector<std::string> path;
    const auto history = monitor_->History({.under = "workers"}).value();
    for (const HealthTransition& transition : history) {
      path.insert(path.begin(),
                  std::string(HealthStatusName(transition.to)) + ' ' + transition.reason);
    }
    return path;
  }

  const std::shared_ptr<HealthMonitor> monitor_ = HealthMonitor::Create().value();
  const std::unique_ptr<SupervisedChild> child_ =
      SupervisedChild::Create(
          monitor_, "workers/resize", [] { return ChildHealth::Healthy(); },
          {.config = {.check_interval = milliseconds(100), .check_timeout = milliseconds(100)}})
          .value();

 private:
  absl::Status Handle(const RestartRequest& request) {
    const std::vector<std::string> kinds = {"restart", "limit", "recovered"};
    const std::lock_guard lock(mutex_);
    asked_.push_back(kinds.at(static_cast<std::size_t>(request.kind)) + ' ' +
                     std::to_string(request.attempt));
    if (request.kind != RestartRequest::Kind::kRestart) return absl::OkStatus();
    child_->SetState(ChildState::kRestarting);
    child_->SetState(ChildState::kStarting);
    if (failing_starts_-- > 0) {
      child_->SetState(ChildState::kFailed, "the port is taken");
    } else {
      child_->SetState(ChildState::kRunning);
    }
    return absl::OkStatus();
  }

  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  int failing_starts_ = 0;
  HealthSubscription hook_;  // the last: it uses the others
};

TEST_F(StatesTest, WhatEndedByItselfIsStartedUntilItRuns) {
  AddHook(/*failing_starts=*/2);
  Exit();
  ASSERT_TRUE(Eventually([&] { return Asked().size() == 4; }));
  EXPECT_THAT(Asked(), ElementsAre("restart 1", "restart 2", "restart 3", "recovered 3"));
  EXPECT_THAT(Path(), ElementsAre("healthy ", "unhealthy exited with 3", "healthy "));
}

TEST_F(StatesTest, WhatNeverStartsReachesTheLimit) {
  AddHook(/*failing_starts=*/100);
  Exit();
  ASSERT_TRUE(Eventually([&] { return Asked().size() == 4; }));
  // Nothing more, however often it has failed since.
  const auto results = [&] {
    return monitor_->Report("workers/resize")->components.at(0).counts.results;
  };
  const auto so_far = results();
  ASSERT_TRUE(Eventually([&] { return results() >= so_far + 3; }));
  EXPECT_THAT(Asked(), ElementsAre("restart 1", "restart 2", "restart 3", "limit 3"));
  EXPECT_EQ(monitor_->Report("workers/resize")->components.at(0).reason, "the port is taken");
  EXPECT_THAT(Path(), ElementsAre("healthy ", "unhealthy exited with 3"));
}

}  // namespace
}  // namespace vitals
