#ifndef VITALS_SRC_HEALTH_STATUS_TRACKER_H_
#define VITALS_SRC_HEALTH_STATUS_TRACKER_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/health/health_options.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Makes a status of results and time, by HealthRules. It has three layers, each seen by the next:
///
///     results --thresholds, dwell--> settled --age--> stale --flaps--> status()
///
///   - settled: moved by rows of results; a row is kept for each status, and counts the latest
///     results that were this bad or worse, or this good or better;
///   - stale: nothing came for max_age; it is unhealthy until a result comes;
///   - flapping: settled changed flap_changes times within flap_window; it is degraded, unless
///   stale.
///
/// Pure: time comes with the calls; one that is a little earlier than the last does no harm. Not
/// thread-safe.
class StatusTracker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr Time kNever = Time::max();

  /// `max_age` of 0: results do not become stale. `rules` outlives the tracker.
  StatusTracker(const HealthRules& rules, std::chrono::nanoseconds max_age, HealthStatus initial,
                Time now);

  /// Begins anew with this status, as if made with it now. What was counted stays.
  void Reset(HealthStatus status, std::string_view reason, Time now);

  /// Takes in a result, which has a status other than unknown.
  void OnResult(HealthStatus status, std::string_view reason, Time now);

  /// Lets time do what it does.
  void Advance(Time now);

  /// The moment at which Advance() may change something next; kNever when only a result can.
  Time NextChange() const;

  HealthStatus status() const;
  HealthStatus underlying_status() const { return settled_; }
  std::string reason() const;
  bool flapping() const { return flapping_ && !stale_; }
  bool stale() const { return stale_; }
  std::uint64_t flaps() const { return flaps_; }
  std::uint32_t consecutive_failures() const { return consecutive_failures_; }

 private:
  void CountResult(HealthStatus status, Time now);
  void Settle(Time now);
  HealthStatus Target() const;
  void MoveTo(HealthStatus status, Time now);
  void UpdateFlapping(Time now);

  const HealthRules& rules_;
  const std::chrono::nanoseconds max_age_;
  HealthStatus settled_ = HealthStatus::kUnknown;
  std::string settled_reason_;
  // When settled_ last became worse, and whether a dwell time counts from then.
  Time worse_since_{};
  bool dwells_ = false;
  Time grace_end_{};
  Time expires_at_ = kNever;
  bool stale_ = false;

  // Latest results in a row that were: not healthy; unhealthy; healthy; not unhealthy.
  int not_healthy_row_ = 0;
  int unhealthy_row_ = 0;
  int healthy_row_ = 0;
  int not_unhealthy_row_ = 0;
  std::uint32_t consecutive_failures_ = 0;
  std::string latest_reason_;
  HealthStatus latest_ = HealthStatus::kUnknown;

  // When settled_ changed, within the window, oldest first; at most flap_changes.
  std::deque<Time> changes_;
  bool flapping_ = false;
  std::uint64_t flaps_ = 0;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_STATUS_TRACKER_H_
