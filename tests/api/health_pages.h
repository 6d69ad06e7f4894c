#ifndef VITALS_TESTS_API_HEALTH_PAGES_H_
#define VITALS_TESTS_API_HEALTH_PAGES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/api/json_pages.h"
#include "tests/health/monitored.h"
#include "vitals/api/health_routes.h"
#include "vitals/health/health_monitor.h"

namespace vitals_test {

/// The pages of a monitor that the test drives, which starts at 2000-01-01 00:00:00 UTC.
struct HealthPages : JsonPages, vitals::testing::Monitored {
  HealthPages() {
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
};

/// The names of the members of an object, in their order.
inline std::vector<std::string> NamesIn(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_API_HEALTH_PAGES_H_
