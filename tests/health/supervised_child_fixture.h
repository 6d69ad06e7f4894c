#ifndef VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_
#define VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "vitals/health/supervised_child.h"

namespace vitals {

/// A child that says what the test lets it say.
class SupervisedChildTest : public ::testing::Test, protected testing::Monitored {
 protected:
  static constexpr char kName[] = "workers/resize";
  static constexpr std::chrono::seconds kInterval{10};

  void Add(std::function<ChildHealth()> health_check, SupervisedChildOptions options = {}) {
    options.config.check_interval = kInterval;
    auto added = SupervisedChild::Create(monitor, kName, std::move(health_check), options);
    ASSERT_TRUE(added.ok()) << added.status();
    child = *std::move(added);
  }

  void Add(SupervisedChildOptions options = {}) {
    const auto say = [this] {
      ++asked;
      return says;
    };
    Add(say, std::move(options));
  }

  /// One that runs and was found so.
  void AddHealthy() {
    Add();
    child->SetState(ChildState::kRunning);
    Check();
  }

  void MakeUnhealthy() {
    says = ChildHealth::Failed("no heartbeat");
    Check(3);
  }

  /// Lets turns of the check come.
  void Check(int turns = 1) { Advance(turns * kInterval); }

  HealthResult Shown() {
    const ComponentReport report = Of(kName);
    return {report.status, report.reason};
  }

  std::vector<std::string> Path() { return Transitions(kName); }

  ChildHealth says = ChildHealth::Healthy();
  int asked = 0;
  std::unique_ptr<SupervisedChild> child;
};

}  // namespace vitals

#endif  // VITALS_TESTS_HEALTH_SUPERVISED_CHILD_FIXTURE_H_
