#include "health/timer_queue.h"

#include "health/component.h"

VITALS_NAMESPACE_BEGIN
namespace health {

void TimerQueue::ScheduleBy(const std::shared_ptr<Component>& component, Time when) {
  const base::MutexLock lock(mutex_);
  Time& scheduled = component->timer;
  if (closed_ || when >= scheduled) return;
  if (scheduled != Time::max()) entries_.erase({scheduled, component});
  scheduled = when;
  entries_.insert({when, component});
  if (when < waited_for_) changed_.NotifyAll();
}

void TimerQueue::Cancel(const std::shared_ptr<Component>& component) {
  const base::MutexLock lock(mutex_);
  if (component->timer != Time::max()) entries_.erase({component->timer, component});
  // Nothing is earlier, so it is not scheduled again.
  component->timer = Time::min();
}

std::vector<std::shared_ptr<Component>> TimerQueue::TakeDue(Time now) {
  std::vector<std::shared_ptr<Component>> due;
  const base::MutexLock lock(mutex_);
  auto end = entries_.begin();
  for (; end != entries_.end() && end->when <= now; ++end) {
    end->component->timer = Time::max();
    due.push_back(end->component);
  }
  entries_.erase(entries_.begin(), end);
  return due;
}

TimerQueue::Time TimerQueue::Next() const {
  const base::MutexLock lock(mutex_);
  return Earliest();
}

TimerQueue::Time TimerQueue::Earliest() const {
  return entries_.empty() ? Time::max() : entries_.begin()->when;
}

bool TimerQueue::Pause(std::chrono::nanoseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  const base::MutexLock lock(mutex_);
  while (!closed_ && std::chrono::steady_clock::now() < end) changed_.WaitUntil(mutex_, end);
  return !closed_;
}

bool TimerQueue::WaitUntil(Time when, std::chrono::nanoseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  const base::MutexLock lock(mutex_);
  waited_for_ = when;
  while (!closed_ && !woken_ && Earliest() >= when && std::chrono::steady_clock::now() < end) {
    changed_.WaitUntil(mutex_, end);
  }
  waited_for_ = Time::min();
  woken_ = false;
  return !closed_;
}

void TimerQueue::Wake() {
  const base::MutexLock lock(mutex_);
  woken_ = true;
  changed_.NotifyAll();
}

void TimerQueue::Close() {
  absl::btree_set<Entry> forgotten;  // ends after the lock: components may die with it
  const base::MutexLock lock(mutex_);
  closed_ = true;
  forgotten.swap(entries_);
  changed_.NotifyAll();
}

}  // namespace health
VITALS_NAMESPACE_END
