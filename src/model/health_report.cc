#include "vitals/model/health_report.h"

#include <utility>

VITALS_NAMESPACE_BEGIN

HealthStatus CombineHealth(HealthStatus together, HealthStatus status, bool critical) noexcept {
  if (!critical) {
    status = status == HealthStatus::kUnhealthy ? HealthStatus::kDegraded : HealthStatus::kHealthy;
  }
  // From the least to the most that it says about the whole.
  const auto weight = [](HealthStatus one) {
    switch (one) {
      case HealthStatus::kHealthy:
        return 0;
      case HealthStatus::kDegraded:
        return 1;
      case HealthStatus::kUnknown:
        return 2;
      case HealthStatus::kUnhealthy:
        return 3;
    }
    return 3;
  };
  return weight(status) > weight(together) ? status : together;
}

std::string ReasonWithName(const ComponentReport& component) {
  if (component.reason.empty()) return component.component;
  return component.component + ": " + component.reason;
}

void HealthReport::Count(const ComponentReport& component) {
  const HealthStatus together = CombineHealth(status, component.status, component.critical);
  if (together == status) return;
  status = together;
  reason = ReasonWithName(component);
}

HealthReport Aggregate(std::vector<ComponentReport> components) {
  HealthReport report;
  for (const ComponentReport& component : components) report.Count(component);
  report.components = std::move(components);
  return report;
}

VITALS_NAMESPACE_END
