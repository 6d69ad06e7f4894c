#ifndef VITALS_HEALTH_HEALTH_SUBSCRIPTION_H_
#define VITALS_HEALTH_HEALTH_SUBSCRIPTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "vitals/base/config.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN

namespace health {
class Listener;
}  // namespace health

/// Which transitions a subscriber is told of.
struct HealthSubscriptionOptions {
  /// Those of this component and the ones below it ("storage" for "storage" and "storage/wal");
  /// empty for all.
  std::string under = {};
  /// Also those of components taken together: see HealthTransition::aggregate.
  bool aggregates = false;
  /// Transitions that wait for the subscriber; beyond it the oldest are dropped and counted. 1 to
  /// 1,000,000.
  std::size_t max_waiting = 1024;
};

/// Is told of a transition, on a thread of its own, one after another, in the order in which they
/// came about. It may take its time, may call the monitor, and may end its own subscription. What
/// it throws is logged.
using HealthSubscriber = std::function<void(const HealthTransition& transition)>;

/// Keeps a subscriber, or a restart hook, subscribed. Movable; ends when it dies. It may outlive
/// the monitor.
class VITALS_EXPORT HealthSubscription {
 public:
  HealthSubscription() noexcept;
  explicit HealthSubscription(std::shared_ptr<health::Listener> listener) noexcept;
  HealthSubscription(HealthSubscription&& other) noexcept;
  HealthSubscription& operator=(HealthSubscription&& other) noexcept;
  ~HealthSubscription();

  /// Ends it: when this returns, the subscriber is not running, will not be called again, and what
  /// it owned is let go of. It waits for a call in progress, however long that takes; within that
  /// call itself it returns at once, and the rest comes about when the call returns.
  void Reset();

  /// How many transitions were dropped because the subscriber was too slow.
  std::uint64_t dropped() const noexcept;

 private:
  std::shared_ptr<health::Listener> listener_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_HEALTH_SUBSCRIPTION_H_
