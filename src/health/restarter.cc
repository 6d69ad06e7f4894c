#include "health/restarter.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// Transitions that wait while a hook takes its time; beyond it, CatchUp() looks at all components.
constexpr std::size_t kMaxWaiting = 10'000;

// Whether it is unhealthy, and not for what came before the latest restart. Flapping counts as
// unhealthy: restarts that do not help make a component flap.
bool NeedsRestart(const ComponentReport& report, const RestartPlan& plan, RestartPlan::Time now) {
  if (report.held || report.underlying_status != HealthStatus::kUnhealthy) return false;
  if (plan.returned_at() == RestartPlan::Time::min()) return true;
  if (!report.last_result) return false;
  // Nothing new comes from what is stale.
  if (report.last_result->outcome == HealthOutcome::kStale) return true;
  return report.last_result->status == HealthStatus::kUnhealthy &&
         now - report.age - report.last_result->duration > plan.returned_at();
}

bool IsUnsound(HealthStatus status, bool flapping) {
  return status == HealthStatus::kUnhealthy || flapping;
}

}  // namespace

Restarter::Restarter(RestartHook hook, RestartOptions options, FindComponents find_all,
                     FindComponent find_one, std::shared_ptr<const Clock> clock)
    : Listener({.under = options.under, .max_waiting = kMaxWaiting}, std::move(clock)),
      hook_(std::move(hook)),
      restart_options_(std::move(options)),
      find_all_(std::move(find_all)),
      find_one_(std::move(find_one)) {}

void Restarter::Handle(const HealthTransition& transition) {
  if (IsUnsound(transition.to, transition.flapping)) {
    plans_.try_emplace(transition.component, restart_options_)
        .first->second.OnUnhealthy(clock().MonotonicNow());
    return;
  }
  const auto found = plans_.find(transition.component);
  if (found == plans_.end() || !found->second.unhealthy()) return;
  RestartPlan& plan = found->second;
  plan.OnSound(clock().MonotonicNow());
  if (!plan.was_used()) return;
  Ask({.kind = RestartRequest::Kind::kRecovered,
       .component = transition.component,
       .reason = transition.reason,
       .attempt = plan.attempt()});
}

// At first, and when transitions were lost.
void Restarter::CatchUp() {
  const std::uint64_t lost = dropped();
  if (caught_up_ == lost) return;
  caught_up_ = lost;
  const Time now = clock().MonotonicNow();
  for (const ComponentReport& component : find_all_()) {
    if (IsUnsound(component.status, component.flapping)) {
      plans_.try_emplace(component.component, restart_options_).first->second.OnUnhealthy(now);
    } else if (const auto found = plans_.find(component.component); found != plans_.end()) {
      found->second.OnSound(now);
    }
  }
}

Listener::Time Restarter::HandleDue() {
  CatchUp();
  Time next = Time::max();
  for (auto plan = plans_.begin(); plan != plans_.end();) {
    if (!DoDue(plan->first, plan->second)) {
      plan = plans_.erase(plan);
      continue;
    }
    next = std::min(next, plan->second.Next());
    ++plan;
  }
  return next;
}

// False when the plan is to be forgotten.
bool Restarter::DoDue(const std::string& component, RestartPlan& plan) {
  const Time now = clock().MonotonicNow();
  if (plan.IsOver(now)) return false;
  if (!plan.unhealthy() || now < plan.Next()) return true;
  const std::optional<ComponentReport> report = find_one_(component);
  if (!report) return false;
  if (!NeedsRestart(*report, plan, now)) {
    plan.Postpone(now);
    return true;
  }
  switch (plan.Take(now)) {
    case RestartPlan::Action::kNone:
      break;
    case RestartPlan::Action::kRestart:
      Ask({.kind = RestartRequest::Kind::kRestart,
           .component = component,
           .reason = report->reason,
           .attempt = plan.attempt()});
      plan.Returned(clock().MonotonicNow());
      break;
    case RestartPlan::Action::kGiveUp:
      Ask({.kind = RestartRequest::Kind::kLimitReached,
           .component = component,
           .reason = report->reason,
           .attempt = plan.attempt()});
      break;
  }
  return true;
}

void Restarter::Ask(RestartRequest request) {
  request.strategy = restart_options_.strategy;
  absl::Status status;
  try {
    status = hook_(request);
  } catch (const std::exception& error) {
    status = absl::InternalError(error.what());
  } catch (...) {
    status = absl::InternalError("threw something that is no std::exception");
  }
  if (status.ok()) return;
  Log(LogSeverity::kError, fmt::format("the restart hook failed for {}: {}", request.component,
                                       std::string(status.message())));
}

}  // namespace health
VITALS_NAMESPACE_END
