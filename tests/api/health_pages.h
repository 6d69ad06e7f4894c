#ifndef VITALS_TESTS_API_HEALTH_PAGES_H_
#define VITALS_TESTS_API_HEALTH_PAGES_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/api/json_pages.h"
#include "vitals/api/health_routes.h"
#include "vitals/health/health_monitor.h"
#include "vitals/testing/fake_clock.h"

namespace vitals_test {

/// The pages of a monitor that the test drives, which starts at 2000-01-01 00:00:00 UTC.
struct HealthPages : JsonPages {
  explicit HealthPages(vitals::HealthMonitorOptions options = {}) {
    options.host_driven = true;
    options.clock = clock;
    options.random = [] { return 0.5; };
    monitor = vitals::HealthMonitor::Create(std::move(options)).value();
    const absl::Status status = vitals::api::AddHealthRoutes(monitor, router);
    EXPECT_TRUE(status.ok()) << status;
  }

  /// Adds a component that reports, and that is critical and in the group "ready" unless told
  /// otherwise.
  vitals::HealthReporter Add(std::string_view component,
                             const vitals::HealthReporterOptions& options = {}) {
    auto reporter = monitor->AddReporter(component, options);
    EXPECT_TRUE(reporter.ok()) << reporter.status();
    return *std::move(reporter);
  }

  /// Adds one and reports at once.
  void Report(std::string_view component, vitals::HealthStatus status, std::string_view reason = {},
              const vitals::HealthReporterOptions& options = {}) {
    Add(component, options).Report(status, reason);
  }

  std::shared_ptr<vitals::testing::FakeClock> clock =
      std::make_shared<vitals::testing::FakeClock>();
  std::shared_ptr<vitals::HealthMonitor> monitor;
};

/// The names of the members of an object, in their order.
inline std::vector<std::string> NamesIn(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_HEALTH_PAGES_H_
