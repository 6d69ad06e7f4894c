#ifndef VITALS_HEALTH_RESTART_HOOK_H_
#define VITALS_HEALTH_RESTART_HOOK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// Which components a supervisor restarts when one fails: Erlang's strategies. A request carries
/// it; what it means is up to the supervisor, and the monitor restarts no siblings by itself.
enum class RestartStrategy : std::uint8_t {
  kOneForOne,   ///< the one that failed
  kOneForAll,   ///< it and all its siblings
  kRestForOne,  ///< it and the siblings that were started after it
};

/// "one_for_one", "one_for_all" or "rest_for_one".
VITALS_EXPORT std::string_view RestartStrategyName(RestartStrategy strategy) noexcept;

/// When a hook is asked to restart a component, and how often.
struct RestartOptions {
  /// This component and the ones below it; empty for all.
  std::string under = {};
  RestartStrategy strategy = RestartStrategy::kOneForOne;
  /// A component that is unhealthy is asked for at once. While it stays so, or is again before
  /// `window` is over, the next request is at least this long after the previous call has
  /// returned, and each following one twice as long, up to `max_backoff`; and not before a result
  /// has come since that says unhealthy, unless the component is stale. What is held is not asked
  /// for: see HealthReporter::Hold(). 1 ms to 24 hours.
  std::chrono::nanoseconds initial_backoff = std::chrono::seconds(1);
  std::chrono::nanoseconds max_backoff = std::chrono::minutes(1);
  /// So many requests within `window`; then the limit is reached, and nothing more is asked for the
  /// component until it has been healthy or degraded for `window`. 1 to 1,000.
  int max_restarts = 5;
  std::chrono::nanoseconds window = std::chrono::minutes(5);  ///< 1 ms to 24 hours
};

/// What a hook is asked for.
struct RestartRequest {
  enum class Kind : std::uint8_t {
    kRestart,       ///< restart the component
    kLimitReached,  ///< it was restarted too often: escalate, or give up
    kRecovered,     ///< it is no longer unhealthy, after one of the others
  };

  Kind kind = Kind::kRestart;
  std::string component;
  std::string reason = {};  ///< of the status
  int attempt = 0;          ///< 1 for the first request since the component was last sound
  RestartStrategy strategy = RestartStrategy::kOneForOne;
};

/// Restarts what it is asked for, on a thread of its own; requests of one hook come one after
/// another. Returning tells that it was tried; an error, or what it throws, is logged, and the
/// component stays unhealthy until its check says otherwise.
using RestartHook = std::function<absl::Status(const RestartRequest& request)>;

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_RESTART_HOOK_H_
