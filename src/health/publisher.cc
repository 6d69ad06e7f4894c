#include "health/publisher.h"

#include <algorithm>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace health {

bool Publisher::Publish(HealthTransition& transition) {
  const base::MutexLock lock(mutex_);
  transition.sequence = ++last_sequence_;
  for (const std::shared_ptr<Listener>& listener : listeners_) listener->Post(transition);
  if (transition.aggregate) return false;
  return !std::exchange(changed_, true) && AnyWantsAggregates();
}

bool Publisher::AnyWantsAggregates() const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [](const auto& listener) { return listener->WantsAggregates(); });
}

std::vector<std::shared_ptr<Listener>> Publisher::TakeEnded() {
  std::vector<std::shared_ptr<Listener>> ended;
  for (std::shared_ptr<Listener>& listener : listeners_) {
    if (!listener->ended()) continue;
    dropped_by_ended_ += listener->dropped();
    ended.push_back(std::move(listener));
  }
  std::erase(listeners_, nullptr);
  return ended;
}

void Publisher::Add(const std::shared_ptr<Listener>& listener) {
  const base::MutexLock lock(mutex_);
  listeners_.push_back(listener);
  // How things are now is what later changes are compared with.
  if (listener->WantsAggregates()) changed_ = true;
}

std::vector<std::shared_ptr<Listener>> Publisher::Listeners() {
  std::vector<std::shared_ptr<Listener>> ended;  // what they own ends after the lock
  const base::MutexLock lock(mutex_);
  ended = TakeEnded();
  return listeners_;
}

void Publisher::NoteChange() {
  const base::MutexLock lock(mutex_);
  changed_ = true;
}

bool Publisher::TakeChanged() {
  std::vector<std::shared_ptr<Listener>> ended;  // what they own ends after the lock
  const base::MutexLock lock(mutex_);
  ended = TakeEnded();
  return AnyWantsAggregates() && std::exchange(changed_, false);
}

bool Publisher::HasNews() const {
  const base::MutexLock lock(mutex_);
  return (changed_ && AnyWantsAggregates()) ||
         std::any_of(listeners_.begin(), listeners_.end(),
                     [](const auto& listener) { return listener->HasWaiting(); });
}

std::uint64_t Publisher::Dropped() const {
  const base::MutexLock lock(mutex_);
  std::uint64_t dropped = dropped_by_ended_;
  for (const std::shared_ptr<Listener>& listener : listeners_) dropped += listener->dropped();
  return dropped;
}

}  // namespace health
VITALS_NAMESPACE_END
