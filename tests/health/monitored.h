#ifndef VITALS_TESTS_HEALTH_MONITORED_H_
#define VITALS_TESTS_HEALTH_MONITORED_H_

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"
#include "vitals/testing/fake_clock.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// A monitor that the test drives, on a clock that the test moves; nothing in it is random.
class Monitored {
 public:
  explicit Monitored(HealthMonitorOptions options = {}) {
    options.host_driven = true;
    options.clock = clock;
    if (!options.random) options.random = [] { return 0.0; };
    auto created = HealthMonitor::Create(std::move(options));
    EXPECT_TRUE(created.ok()) << created.status();
    monitor = *std::move(created);
  }

  /// Moves the clock in steps of `step`, and polls after each.
  void Advance(std::chrono::nanoseconds duration,
               std::chrono::nanoseconds step = std::chrono::seconds(1)) {
    for (; duration.count() > 0; duration -= step) {
      clock->Advance(std::min(step, duration));
      monitor->Poll();
    }
  }

  /// How a component is now.
  ComponentReport Of(const std::string& component) {
    auto report = monitor->Report(component);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? report->components.at(0) : ComponentReport();
  }

  /// Transitions so far, oldest first, as "healthy > unhealthy (reason)".
  std::vector<std::string> Transitions(const std::string& component) {
    std::vector<std::string> texts;
    const auto history = monitor->History({.under = component}).value();
    for (const HealthTransition& transition : history) {
      std::string text(HealthStatusName(transition.from));
      text += " > " + std::string(HealthStatusName(transition.to));
      if (!transition.reason.empty()) text += " (" + transition.reason + ")";
      texts.insert(texts.begin(), text);
    }
    return texts;
  }

  const std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<HealthMonitor> monitor;
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTS_HEALTH_MONITORED_H_
