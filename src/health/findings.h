#ifndef VITALS_SRC_HEALTH_FINDINGS_H_
#define VITALS_SRC_HEALTH_FINDINGS_H_

#include <string>
#include <string_view>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// What a check that looks at several figures finds wrong, taken together as one result: with the
/// worst status and all reasons, the worst first. Healthy when there is nothing.
class Findings {
 public:
  void AddDegraded(std::string_view reason) { Append(reason, degraded_); }

  /// `status` is kDegraded or kUnhealthy.
  void Add(HealthStatus status, std::string_view reason) {
    Append(reason, status == HealthStatus::kUnhealthy ? unhealthy_ : degraded_);
  }

  HealthResult Take() && {
    if (unhealthy_.empty() && degraded_.empty()) return HealthResult::Healthy();
    if (unhealthy_.empty()) return HealthResult::Degraded(std::move(degraded_));
    if (!degraded_.empty()) Append(degraded_, unhealthy_);
    return HealthResult::Unhealthy(std::move(unhealthy_));
  }

 private:
  static void Append(std::string_view reason, std::string& reasons) {
    if (!reasons.empty()) reasons += "; ";
    reasons += reason;
  }

  std::string degraded_;
  std::string unhealthy_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_FINDINGS_H_
