#ifndef VITALS_HEALTH_HEALTH_REPORTER_H_
#define VITALS_HEALTH_HEALTH_REPORTER_H_

#include <memory>
#include <string_view>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

namespace health {
class Component;
}  // namespace health

/// Tells a monitor how a component is, from the component's own threads. Copyable; copies report
/// for the same component. Reports of a component that was removed, of a monitor that was stopped,
/// and in a fork child are dropped, and so are those of an empty reporter.
///
///     vitals::HealthReporter wal = *monitor.AddReporter("storage/wal");
///     wal.Report(vitals::HealthStatus::kDegraded, "a segment is 3 s behind");
class VITALS_EXPORT HealthReporter {
 public:
  HealthReporter() noexcept = default;
  explicit HealthReporter(std::shared_ptr<health::Component> component) noexcept
      : component_(std::move(component)) {}

  /// Takes effect at once, by the component's HealthRules. Thread-safe. About 80 ns when the status
  /// stays: two clock reads, and a short lock of this component alone, for which it may wait while
  /// another thread reports for the same component or reads it. Longer when the status changes.
  /// `reason` is copied, up to HealthResult::kMaxReasonBytes; what no memory is left for is lost.
  void Report(HealthStatus status, std::string_view reason = {}) const noexcept;

  /// Sets the status at once, whatever the rules say, and keeps it until Release(): for what is
  /// known of a component that is being started, maintained, or was stopped on purpose. kUnknown
  /// says that it is not yet known. Meanwhile its check is not run, reports are dropped, nothing
  /// becomes stale, and no restart hook is asked to restart it. A run in progress is abandoned: its
  /// result does not count, and after Release() another may begin before it has returned.
  /// Thread-safe, as Report().
  void Hold(HealthStatus status, std::string_view reason = {}) const noexcept;

  /// Judges the component by its results again, starting from the status that was held, as if it
  /// had just been added. Its check has a turn at once. Does nothing where nothing is held.
  void Release() const noexcept;

  /// Makes the component unhealthy at once, whatever the rules say: for what is known to have
  /// ended. Counts as a result that came now. From there the component is judged as after
  /// Release(), so restart hooks are asked for it. Abandons a run in progress as Hold() does.
  /// Thread-safe, as Report().
  void Fail(std::string_view reason) const noexcept;

 private:
  std::shared_ptr<health::Component> component_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_REPORTER_H_
