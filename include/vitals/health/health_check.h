#ifndef VITALS_HEALTH_HEALTH_CHECK_H_
#define VITALS_HEALTH_HEALTH_CHECK_H_

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// A component that can tell how it is.
class VITALS_EXPORT ComponentHealth {
 public:
  virtual ~ComponentHealth() = default;

  /// Called on a thread of the monitor, by one at a time, but see HealthReporter::Hold(). It may
  /// take as long as HealthCheckOptions::timeout says. What it throws is a failure, with its text.
  virtual HealthResult CheckHealth() = 0;
};

namespace health {

inline HealthResult ToHealthResult(HealthResult result) { return result; }
inline HealthResult ToHealthResult(HealthStatus status) { return {status, {}}; }

// A template, so that no pointer or number is taken for a bool.
template <std::same_as<bool> Bool>
HealthResult ToHealthResult(Bool passed) {
  return {passed ? HealthStatus::kHealthy : HealthStatus::kUnhealthy, {}};
}

inline HealthResult ToHealthResult(const absl::Status& status) {
  if (status.ok()) return HealthResult::Healthy();
  return HealthResult::Unhealthy(std::string(status.message()));
}

}  // namespace health

/// What is run to learn how a component is: a callable that returns HealthResult, HealthStatus,
/// bool (true: healthy) or absl::Status (an error: unhealthy, with its message); or a
/// ComponentHealth. Copyable; copies share what they call.
///
///     vitals::HealthCheck check([&] { return file.is_open(); });
class HealthCheck {
 public:
  /// Empty: HealthMonitor::AddCheck() refuses it.
  HealthCheck() noexcept = default;

  template <typename Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, HealthCheck> &&
           requires(Callable & callable) { health::ToHealthResult(callable()); })
      HealthCheck(Callable callable)  // NOLINT(google-explicit-constructor): a lambda is a check
      : run_(std::make_shared<const std::function<HealthResult()>>(
            [callable = std::move(callable)]() mutable {
              return health::ToHealthResult(callable());
            })) {}

  /// Asks `component`, and owns it with others. Empty where that is null.
  template <std::derived_from<ComponentHealth> Component>
  // NOLINTNEXTLINE(google-explicit-constructor): as above
  HealthCheck(std::shared_ptr<Component> component)
      : run_(component == nullptr
                 ? nullptr
                 : std::make_shared<const std::function<HealthResult()>>(
                       [component = std::move(component)] { return component->CheckHealth(); })) {}

  /// Whether there is something to run.
  explicit operator bool() const noexcept { return run_ != nullptr; }

  /// Runs it, and throws what it throws.
  HealthResult operator()() const { return (*run_)(); }

 private:
  // Not in the object: a run that never returns goes on owning what it uses.
  std::shared_ptr<const std::function<HealthResult()>> run_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_CHECK_H_
