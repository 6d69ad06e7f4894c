#ifndef VITALS_HEALTH_ERROR_RATE_CHECK_H_
#define VITALS_HEALTH_ERROR_RATE_CHECK_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What an ErrorRateCheck looks at.
struct ErrorRateCheckOptions {
  /// How many requests ended so far, failed ones included: a total that grows.
  std::function<std::uint64_t()> requests = {};
  /// How many of them failed. Asked before `requests`; a request that is counted there first and
  /// here afterwards never shows as a failure without a request.
  std::function<std::uint64_t()> errors = {};
  /// Of the requests that failed within the window, among all of it. 0 to 1.
  HealthLimits<double> max_ratio = {.degraded = 0.05, .unhealthy = 0.5};
  /// 1 ms to 24 hours. The check should run several times as often.
  std::chrono::nanoseconds window = std::chrono::minutes(1);
  /// With fewer requests in the window it is healthy, whatever became of them. At least 1.
  std::uint64_t min_requests = 10;
  /// For the window; null for the system's.
  std::shared_ptr<const Clock> clock = nullptr;
};

/// The share of requests that fail must stay low, over a sliding window.
///
/// The window ends with the present run. It begins with the latest run that is at least `window`
/// ago; with the first run, until that is so long ago. So it is a little longer than `window`, and
/// where runs are further apart than that, it is the time since the previous one. What was counted
/// before the first run is left out. Of runs closer than a 60th of `window` some are no beginning.
///
/// A total that goes back, as that of a component that was restarted, has begun anew at 0.
///
///     auto check = vitals::ErrorRateCheck::Create(
///         {.requests = [&] { return server.requests(); }, .errors = [&] { return server.errors();
///         }});
///
/// Remembers up to 62 runs. Runs must come one at a time, as those of one HealthMonitor do; give
/// each component a check of its own. It throws what the functions throw.
class VITALS_EXPORT ErrorRateCheck {
 public:
  /// InvalidArgument for an option that is missing or out of its range; the message names it.
  static absl::StatusOr<ErrorRateCheck> Create(ErrorRateCheckOptions options);

  HealthResult operator()();

 private:
  // How much a total has grown since the first look.
  struct Growth {
    void Update(std::uint64_t total);

    std::optional<std::uint64_t> last_total = std::nullopt;
    std::uint64_t amount = 0;
  };

  struct Sample {
    Clock::MonotonicTime time;
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
  };

  explicit ErrorRateCheck(ErrorRateCheckOptions options);
  Sample TakeSample();
  Sample SlideWindow(const Sample& now);

  ErrorRateCheckOptions options_;
  Growth requests_;
  Growth errors_;
  std::deque<Sample> samples_;  // oldest first
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_ERROR_RATE_CHECK_H_
