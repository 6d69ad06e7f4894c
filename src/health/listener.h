#ifndef VITALS_SRC_HEALTH_LISTENER_H_
#define VITALS_SRC_HEALTH_LISTENER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/health/health_subscription.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Is told of transitions, one after another: on a thread of its own, or by RunPending().
///
///     Publisher --Post()--> queue (bounded, the oldest goes) --Handle()--> subscriber, restarts
///
/// Thread-safe. The thread owns the listener with others, so that a call that never returns leaves
/// nothing dangling.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Listener(HealthSubscriptionOptions options, std::shared_ptr<const Clock> clock);

  /// End() or Stop() came before.
  virtual ~Listener() = default;

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  absl::Status StartThread();

  /// Whether it wants aggregates, and has not been ended.
  bool WantsAggregates() const { return options_.aggregates && !ended(); }

  /// Queues it, if it is wanted.
  void Post(const HealthTransition& transition);

  /// Lets the thread look at the time again.
  void Wake();

  /// Handles what waits and what is due, unless that is going on elsewhere. Returns the moment at
  /// which more will be due.
  Time RunPending();

  /// Handles nothing more. Returns when what is being handled has been, except when called by that.
  void End();

  /// As End(), but waits until `deadline` at most. False when something was still being handled,
  /// and the thread was left to itself.
  bool Stop(std::chrono::steady_clock::time_point deadline);

  /// Whether this is a child of the process that made it: nothing of it may be used then.
  bool IsForked() const;

  /// Whether a transition waits to be handled.
  bool HasWaiting() const;

  bool ended() const;
  std::uint64_t dropped() const;

  /// For messages about it.
  const std::string& under() const { return options_.under; }

 protected:
  /// Both by one at a time, without a lock. What they throw is logged.
  virtual void Handle(const HealthTransition& transition) = 0;

  /// Does what is due, and returns when to be called again.
  virtual Time HandleDue() { return Time::max(); }

  /// Lets go of the host's function and what it owns: nothing is handled any more. Called as the
  /// others; by whoever ended it, where it was not ended by itself.
  virtual void Forget() = 0;

  const Clock& clock() const { return *clock_; }

 private:
  void Loop();
  bool WaitForWork();
  bool TakeNext(HealthTransition& transition);
  bool WaitUntilIdle(std::chrono::steady_clock::time_point deadline);
  void ForgetByOne();
  bool IsRunnerLocked() const VITALS_REQUIRES(mutex_);

  const HealthSubscriptionOptions options_;
  const std::shared_ptr<const Clock> clock_;
  const std::uint64_t fork_generation_;
  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::deque<HealthTransition> waiting_ VITALS_GUARDED_BY(mutex_);
  std::uint64_t dropped_ VITALS_GUARDED_BY(mutex_) = 0;
  bool ended_ VITALS_GUARDED_BY(mutex_) = false;
  bool woken_ VITALS_GUARDED_BY(mutex_) = true;  // so that what is due at first is found
  Time next_due_ VITALS_GUARDED_BY(mutex_) = Time::max();
  // Who handles something; no thread's id when nobody does.
  std::thread::id runner_ VITALS_GUARDED_BY(mutex_);
  base::Thread thread_ VITALS_GUARDED_BY(mutex_);
};

/// Calls a subscriber.
class SubscriberListener final : public Listener {
 public:
  SubscriberListener(HealthSubscriber subscriber, HealthSubscriptionOptions options,
                     std::shared_ptr<const Clock> clock)
      : Listener(std::move(options), std::move(clock)), subscriber_(std::move(subscriber)) {}

 private:
  void Handle(const HealthTransition& transition) override { subscriber_(transition); }
  void Forget() override { subscriber_ = nullptr; }

  HealthSubscriber subscriber_;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_LISTENER_H_
