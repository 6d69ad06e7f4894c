#include "vitals/health/health_reporter.h"

#include <exception>

#include "health/component.h"

VITALS_NAMESPACE_BEGIN

namespace {

// Without memory a report is lost; the component becomes stale if that goes on.
template <typename Action>
void TryTo(const Action& action) noexcept {
  try {
    action();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

void HealthReporter::Report(HealthStatus status, std::string_view reason) const noexcept {
  if (component_ != nullptr) TryTo([&] { component_->Report(status, reason); });
}

void HealthReporter::Hold(HealthStatus status, std::string_view reason) const noexcept {
  if (component_ != nullptr) TryTo([&] { component_->Hold(status, reason); });
}

void HealthReporter::Release() const noexcept {
  if (component_ != nullptr) TryTo([&] { component_->Release(); });
}

void HealthReporter::Fail(std::string_view reason) const noexcept {
  if (component_ != nullptr) TryTo([&] { component_->Fail(reason); });
}

VITALS_NAMESPACE_END
