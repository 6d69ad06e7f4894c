#ifndef VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_
#define VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "vitals/health/supervised_child.h"
#include "vitals/testing/fake_clock.h"

namespace vitals {

/// A child that says what the test lets it say, in a monitor that the test drives.
class SupervisedChildTest : public ::testing::Test {
 protected:
  static constexpr char kName[] = "workers/resize";
  static constexpr std::chrono::seconds kInterval{10};

  SupervisedChildTest() {
    HealthMonitorOptions options;
    options.host_driven = true;
    options.clock = clock_;
    options.random = [] { return 0.0; };
    monitor_ = HealthMonitor::Create(std::move(options)).value();
  }

  void Add(std::function<ChildHealth()> health_check, SupervisedChildOptions options = {}) {
    options.config.check_interval = kInterval;
    auto child = SupervisedChild::Create(monitor_, kName, std::move(health_check), options);
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

  /// A child that runs and was found so.
  void AddHealthy() {
    Add();
    child_->SetState(ChildState::kRunning);
    Check();
  }

  void MakeUnhealthy() {
    says_ = ChildHealth::Failed("no heartbeat");
    Check(3);
  }

  /// Lets turns of the check come.
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

  /// Statuses that the component took, oldest first.
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

}  // namespace vitals

#endif  /// VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_
