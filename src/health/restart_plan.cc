#include "health/restart_plan.h"

#include <algorithm>
#include <cstddef>

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// What waits for a result is looked at this often at most.
constexpr std::chrono::milliseconds kLook{50};

}  // namespace

void RestartPlan::OnUnhealthy(Time now) {
  if (unhealthy_) return;
  if (IsOver(now)) {
    attempt_ = 0;
    given_up_ = false;
    earliest_ = Time::min();
    returned_at_ = Time::min();
    restarts_.clear();
  }
  unhealthy_ = true;
  sound_since_ = Time::max();
  due_ = given_up_ ? now + options_.window : std::max(now, earliest_);
}

void RestartPlan::OnSound(Time now) {
  if (!unhealthy_) return;
  unhealthy_ = false;
  due_ = Time::max();
  sound_since_ = now;
}

RestartPlan::Action RestartPlan::Take(Time now) {
  if (!unhealthy_ || now < due_) return Action::kNone;
  // When it is given up: to see whether it is sound, or gone, without news of it.
  due_ = given_up_ ? now + options_.window : Time::max();
  if (given_up_) return Action::kNone;
  while (!restarts_.empty() && now - restarts_.front() >= options_.window) restarts_.pop_front();
  if (restarts_.size() >= static_cast<std::size_t>(options_.max_restarts)) {
    given_up_ = true;
    due_ = now + options_.window;
    return Action::kGiveUp;
  }
  restarts_.push_back(now);
  ++attempt_;
  return Action::kRestart;
}

void RestartPlan::Returned(Time now) {
  returned_at_ = now;
  earliest_ = now + Backoff();
  if (unhealthy_) due_ = earliest_;
}

void RestartPlan::Postpone(Time now) {
  if (unhealthy_) due_ = now + std::max<std::chrono::nanoseconds>(options_.initial_backoff, kLook);
}

// initial_backoff after the first attempt, twice as much after each more.
std::chrono::nanoseconds RestartPlan::Backoff() const {
  std::chrono::nanoseconds backoff = options_.initial_backoff;
  for (int i = 1; i < attempt_ && backoff < options_.max_backoff; ++i) backoff *= 2;
  return std::min(backoff, options_.max_backoff);
}

RestartPlan::Time RestartPlan::Next() const {
  if (unhealthy_) return due_;
  return sound_since_ == Time::max() ? Time::max() : sound_since_ + options_.window;
}

bool RestartPlan::IsOver(Time now) const {
  return !unhealthy_ && sound_since_ != Time::max() && now - sound_since_ >= options_.window;
}

}  // namespace health
VITALS_NAMESPACE_END
