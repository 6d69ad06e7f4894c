#include "health/status_tracker.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "health/figures.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

constexpr std::string_view kStale = "stale";

// Statuses are compared: the worse, the greater.
static_assert(HealthStatus::kHealthy < HealthStatus::kDegraded &&
              HealthStatus::kDegraded < HealthStatus::kUnhealthy);

// Rows need not be told apart beyond the largest threshold.
constexpr int kLongestRow = 1000;

void CountIf(bool holds, int& row) { row = holds ? std::min(row + 1, kLongestRow) : 0; }

}  // namespace

StatusTracker::StatusTracker(const HealthRules& rules, std::chrono::nanoseconds max_age,
                             HealthStatus initial, Time now)
    : rules_(rules), max_age_(max_age) {
  Reset(initial, {}, now);
}

void StatusTracker::Reset(HealthStatus status, std::string_view reason, Time now) {
  settled_ = status;
  settled_reason_ = reason;
  worse_since_ = now;
  dwells_ = false;
  grace_end_ = now + rules_.start_grace;
  expires_at_ = max_age_.count() == 0 ? kNever : grace_end_ + max_age_;
  stale_ = false;
  not_healthy_row_ = 0;
  unhealthy_row_ = 0;
  healthy_row_ = 0;
  not_unhealthy_row_ = 0;
  consecutive_failures_ = 0;
  changes_.clear();
  flapping_ = false;
}

void StatusTracker::OnResult(HealthStatus status, std::string_view reason, Time now) {
  Advance(now);
  latest_ = status;
  if (latest_reason_ != reason) latest_reason_ = reason;
  if (max_age_.count() != 0) expires_at_ = now + max_age_;
  if (std::exchange(stale_, false)) settled_reason_ = "was stale";
  CountResult(status, now);
  Settle(now);
  if (latest_ == settled_ && settled_reason_ != latest_reason_) settled_reason_ = latest_reason_;
}

void StatusTracker::CountResult(HealthStatus status, Time now) {
  const bool unhealthy = status == HealthStatus::kUnhealthy;
  if (!unhealthy) {
    grace_end_ = now;
  } else if (now < grace_end_) {
    // It breaks rows of better results, and starts none of worse ones.
    healthy_row_ = 0;
    not_unhealthy_row_ = 0;
    return;
  }
  consecutive_failures_ = unhealthy ? consecutive_failures_ + 1 : 0;
  CountIf(status != HealthStatus::kHealthy, not_healthy_row_);
  CountIf(unhealthy, unhealthy_row_);
  CountIf(status == HealthStatus::kHealthy, healthy_row_);
  CountIf(!unhealthy, not_unhealthy_row_);
}

// What the rows say that the status is to be.
HealthStatus StatusTracker::Target() const {
  if (unhealthy_row_ >= rules_.failure_threshold) return HealthStatus::kUnhealthy;
  switch (settled_) {
    case HealthStatus::kUnknown:
      if (healthy_row_ > 0) return HealthStatus::kHealthy;
      if (not_unhealthy_row_ > 0) return HealthStatus::kDegraded;
      break;
    case HealthStatus::kHealthy:
      if (not_healthy_row_ >= rules_.failure_threshold) return HealthStatus::kDegraded;
      break;
    case HealthStatus::kDegraded:
    case HealthStatus::kUnhealthy:
      if (healthy_row_ >= rules_.success_threshold) return HealthStatus::kHealthy;
      if (not_unhealthy_row_ >= rules_.success_threshold) return HealthStatus::kDegraded;
      break;
  }
  return settled_;
}

void StatusTracker::Settle(Time now) {
  const HealthStatus target = Target();
  if (target == settled_) return;
  const bool better = settled_ != HealthStatus::kUnknown && target < settled_;
  if (better && dwells_ && now < worse_since_ + rules_.min_dwell) return;
  MoveTo(target, now);
  settled_reason_ = latest_reason_;
}

void StatusTracker::MoveTo(HealthStatus status, Time now) {
  const HealthStatus from = settled_;
  settled_ = status;
  if (status > from && from != HealthStatus::kUnknown) {
    worse_since_ = now;
    dwells_ = true;
  } else if (from == HealthStatus::kUnknown) {
    worse_since_ = now;
    dwells_ = status != HealthStatus::kHealthy;
    return;
  }
  if (rules_.flap_changes == 0) return;
  changes_.push_back(now);
  if (changes_.size() > static_cast<std::size_t>(rules_.flap_changes)) changes_.pop_front();
  UpdateFlapping(now);
}

void StatusTracker::Advance(Time now) {
  if (now >= expires_at_) {
    expires_at_ = kNever;
    stale_ = true;
    healthy_row_ = 0;
    not_unhealthy_row_ = 0;
    ++consecutive_failures_;
    latest_ = HealthStatus::kUnhealthy;
    latest_reason_ = kStale;
    if (settled_ != HealthStatus::kUnhealthy) MoveTo(HealthStatus::kUnhealthy, now);
    settled_reason_ = kStale;
  } else {
    Settle(now);
  }
  UpdateFlapping(now);
}

void StatusTracker::UpdateFlapping(Time now) {
  while (!changes_.empty() && now - changes_.front() >= rules_.flap_window) changes_.pop_front();
  const bool flaps =
      rules_.flap_changes > 0 && changes_.size() >= static_cast<std::size_t>(rules_.flap_changes);
  if (flaps && !flapping_) ++flaps_;
  flapping_ = flaps;
}

StatusTracker::Time StatusTracker::NextChange() const {
  Time next = expires_at_;
  if (dwells_ && Target() < settled_) next = std::min(next, worse_since_ + rules_.min_dwell);
  if (flapping_) next = std::min(next, changes_.front() + rules_.flap_window);
  return next;
}

HealthStatus StatusTracker::status() const {
  if (stale_) return HealthStatus::kUnhealthy;
  return flapping_ ? HealthStatus::kDegraded : settled_;
}

std::string StatusTracker::reason() const {
  if (stale_ || !flapping_) return settled_reason_;
  const std::string_view separator = settled_reason_.empty() ? "" : ": ";
  return fmt::format("flapping: {} changes within {}, now {}{}{}", changes_.size(),
                     FormatSeconds(rules_.flap_window), HealthStatusName(settled_), separator,
                     settled_reason_);
}

}  // namespace health
VITALS_NAMESPACE_END
