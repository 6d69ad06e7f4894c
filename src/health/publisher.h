#ifndef VITALS_SRC_HEALTH_PUBLISHER_H_
#define VITALS_SRC_HEALTH_PUBLISHER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "health/listener.h"
#include "vitals/base/config.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Numbers the transitions of a monitor and hands each to the listeners that want it, in the order
/// of the numbers. Thread-safe; hands over in some hundred nanoseconds, and waits for nobody.
class Publisher {
 public:
  /// Sets transition.sequence, and hands over copies. The caller holds the lock of what changed, so
  /// that the changes of one component are numbered in their order. Returns whether TakeChanged()
  /// would now be true for the first time since it was last called.
  bool Publish(HealthTransition& transition);

  void Add(const std::shared_ptr<Listener>& listener);

  /// The listeners that have not been ended; the others are let go of.
  std::vector<std::shared_ptr<Listener>> Listeners();

  /// Notes that there are other components than before.
  void NoteChange();

  /// Whether a component changed since this was last asked, or there are others, and a listener
  /// wants to know of several taken together.
  bool TakeChanged();

  /// Whether TakeChanged() would say so, or a listener has something to handle.
  bool HasNews() const;

  /// What listeners had to drop, those that were ended included.
  std::uint64_t Dropped() const;

 private:
  bool AnyWantsAggregates() const VITALS_REQUIRES(mutex_);
  std::vector<std::shared_ptr<Listener>> TakeEnded() VITALS_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::uint64_t last_sequence_ VITALS_GUARDED_BY(mutex_) = 0;
  bool changed_ VITALS_GUARDED_BY(mutex_) = false;
  std::uint64_t dropped_by_ended_ VITALS_GUARDED_BY(mutex_) = 0;
  std::vector<std::shared_ptr<Listener>> listeners_ VITALS_GUARDED_BY(mutex_);
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_PUBLISHER_H_
