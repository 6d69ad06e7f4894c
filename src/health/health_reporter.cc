#include "vitals/health/health_reporter.h"

#include <exception>

#include "health/component.h"

VITALS_NAMESPACE_BEGIN

void HealthReporter::Report(HealthStatus status, std::string_view reason) const noexcept {
  if (component_ == nullptr) return;
  try {
    component_->Report(status, reason);
  } catch (const std::exception&) {
    // No memory is left; the component becomes stale if that goes on.
  }
}

VITALS_NAMESPACE_END
