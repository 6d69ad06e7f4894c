#include "telemetry/health_log.h"

#include <string>

#include "fmt/format.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace {

LogSeverity SeverityOf(const HealthTransition& transition) {
  if (transition.to == HealthStatus::kUnhealthy && transition.critical) return LogSeverity::kError;
  const bool bad =
      transition.to == HealthStatus::kUnhealthy || transition.to == HealthStatus::kDegraded;
  return bad ? LogSeverity::kWarning : LogSeverity::kInfo;
}

}  // namespace

void LogTransition(const HealthTransition& transition) {
  std::string text =
      fmt::format("health: {} is {}, was {}", transition.component, HealthStatusName(transition.to),
                  HealthStatusName(transition.from));
  if (!transition.reason.empty()) text += ": " + transition.reason;
  Log(SeverityOf(transition), text);
}

VITALS_NAMESPACE_END
