#ifndef VITALS_SRC_HEALTH_RESTART_PLAN_H_
#define VITALS_SRC_HEALTH_RESTART_PLAN_H_

#include <chrono>
#include <cstdint>
#include <deque>

#include "vitals/base/config.h"
#include "vitals/health/restart_hook.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// When to restart one component next, by RestartOptions:
///
///     sound --unhealthy--> due at once --Take()--> restarting --Returned()--> due after back-off
///       ^                                                                          |
///       +--- sound for `window`, or recovered in between <-------------------------+
///                                             max_restarts within window: given up +
///
/// Pure: time comes with the calls. Not thread-safe.
class RestartPlan {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Action : std::uint8_t { kNone, kRestart, kGiveUp };

  /// `options` outlives the plan.
  explicit RestartPlan(const RestartOptions& options) : options_(options) {}

  /// The component became unhealthy, or is.
  void OnUnhealthy(Time now);

  /// It is no longer.
  void OnSound(Time now);

  /// What is due now; it is then taken as done, but for Returned() after a restart.
  Action Take(Time now);

  /// The restart was tried.
  void Returned(Time now);

  /// When Take() or IsOver() may say something new.
  Time Next() const;

  /// Whether the component has been sound for so long that the plan may be forgotten.
  bool IsOver(Time now) const;

  /// Whether something was asked for since it was last sound for `window`.
  bool was_used() const { return attempt_ > 0; }
  bool unhealthy() const { return unhealthy_; }
  int attempt() const { return attempt_; }

 private:
  std::chrono::nanoseconds Backoff() const;

  const RestartOptions& options_;
  bool unhealthy_ = false;
  bool given_up_ = false;
  int attempt_ = 0;
  Time earliest_ = Time::min();  // of the next attempt
  Time due_ = Time::max();
  Time sound_since_ = Time::max();
  std::deque<Time> restarts_;  // the latest, at most max_restarts
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_RESTART_PLAN_H_
