#ifndef VITALS_SRC_HEALTH_TIMER_QUEUE_H_
#define VITALS_SRC_HEALTH_TIMER_QUEUE_H_

#include <chrono>
#include <memory>
#include <vector>

#include "absl/container/btree_set.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

class Component;

/// When each component is to be looked at: one moment for each, ordered by time. Whoever waits for
/// the earliest is woken when that becomes earlier. Thread-safe.
class TimerQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Looks at `component` at `when`, unless that is already to be done earlier.
  void ScheduleBy(const std::shared_ptr<Component>& component, Time when);

  /// Forgets the component for good.
  void Cancel(const std::shared_ptr<Component>& component);

  /// Takes out all whose time has come. Each is to be scheduled again.
  std::vector<std::shared_ptr<Component>> TakeDue(Time now);

  /// When the next is due; Time::max() when none is.
  Time Next() const;

  /// Waits that long. False after Close().
  bool Pause(std::chrono::nanoseconds duration);

  /// Waits until something is to be looked at before `when`, until Wake(), or that long. False
  /// after Close().
  bool WaitUntil(Time when, std::chrono::nanoseconds duration);

  /// Ends WaitUntil(): the present one, else the next.
  void Wake();

  /// Forgets all, and all that comes.
  void Close();

 private:
  struct Entry {
    Time when;
    std::shared_ptr<Component> component;

    friend bool operator<(const Entry& a, const Entry& b) {
      return a.when != b.when ? a.when < b.when : a.component < b.component;
    }
  };

  Time Earliest() const VITALS_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  base::Condition changed_;
  absl::btree_set<Entry> entries_ VITALS_GUARDED_BY(mutex_);
  Time waited_for_ VITALS_GUARDED_BY(mutex_) = Time::min();
  bool woken_ VITALS_GUARDED_BY(mutex_) = false;
  bool closed_ VITALS_GUARDED_BY(mutex_) = false;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_TIMER_QUEUE_H_
