#include "vitals/health/health_monitor.h"

#include <algorithm>
#include <utility>

#include "base/fork.h"
#include "fmt/format.h"
#include "health/keep_forever.h"
#include "health/monitor_core.h"
#include "health/option_checks.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace {

using health::Component;

constexpr std::size_t kMaxHistoryLimit = 100'000;

absl::Status OffInChild() {
  return absl::FailedPreconditionError(
      "the health monitor is the parent process's: create another in the fork child");
}

}  // namespace

absl::StatusOr<std::shared_ptr<HealthMonitor>> HealthMonitor::Create(HealthMonitorOptions options) {
  if (absl::Status status = health::ValidateOptions(options); !status.ok()) return status;
  auto core = std::make_shared<health::MonitorCore>(std::move(options));
  if (absl::Status status = core->Start(); !status.ok()) return status;
  return std::shared_ptr<HealthMonitor>(new HealthMonitor(std::move(core)));
}

HealthMonitor::HealthMonitor(std::shared_ptr<health::MonitorCore> core)
    : fork_generation_(base::ForkGeneration()), core_(std::move(core)) {}

HealthMonitor::~HealthMonitor() {
  if (IsForked()) {
    health::KeepForever(core_);
    return;
  }
  if (const absl::Status status = Stop(); !status.ok()) {
    Log(LogSeverity::kWarning, std::string(status.message()));
  }
}

bool HealthMonitor::IsForked() const { return fork_generation_ != base::ForkGeneration(); }

absl::Status HealthMonitor::AddCheck(std::string_view component, HealthCheck check,
                                     const HealthCheckOptions& options) {
  if (IsForked()) return OffInChild();
  if (!check) return absl::InvalidArgumentError("the check is empty: give it something to call");
  if (absl::Status status = health::ValidateOptions(options); !status.ok()) return status;
  HealthCheckOptions resolved = options;
  resolved.max_age = health::MaxAge(options);
  return core_->Add(component, std::move(check), std::move(resolved)).status();
}

absl::StatusOr<HealthReporter> HealthMonitor::AddReporter(std::string_view component,
                                                          const HealthReporterOptions& options) {
  if (IsForked()) return OffInChild();
  if (absl::Status status = health::ValidateOptions(options); !status.ok()) return status;
  auto added = core_->Add(component, HealthCheck(),
                          {.max_age = options.max_age,
                           .rules = options.rules,
                           .critical = options.critical,
                           .groups = options.groups,
                           .initial_status = options.initial_status});
  if (!added.ok()) return added.status();
  return HealthReporter(*std::move(added));
}

absl::StatusOr<HealthReporter> HealthMonitor::GetReporter(std::string_view component) const {
  if (IsForked()) return OffInChild();
  auto found = core_->Find(component);
  if (!found.ok()) return found.status();
  return HealthReporter(*std::move(found));
}

absl::Status HealthMonitor::Remove(std::string_view component) {
  return IsForked() ? OffInChild() : core_->Remove(component);
}

absl::StatusOr<ComponentReport> HealthMonitor::CheckNow(std::string_view component) {
  if (IsForked()) return OffInChild();
  return core_->CheckNow(component);
}

HealthStatus HealthMonitor::status() const { return Summary().status; }

HealthReport HealthMonitor::Summary(std::string_view group) const {
  if (IsForked()) return {.status = HealthStatus::kUnknown};
  const auto now = core_->Now();
  const auto components = core_->tree().Under("");
  HealthReport summary;
  Component* decisive = nullptr;
  for (const std::shared_ptr<Component>& component : components) {
    if (!group.empty() && !component->IsIn(group)) continue;
    const HealthStatus together =
        CombineHealth(summary.status, component->StatusAt(now), component->critical());
    if (together != summary.status) decisive = component.get();
    summary.status = together;
  }
  if (decisive != nullptr) summary.reason = ReasonWithName(decisive->ReportAt(now));
  return summary;
}

HealthReport HealthMonitor::ReportOf(std::string_view under, std::string_view group) const {
  if (IsForked()) return {.status = HealthStatus::kUnknown};
  const auto now = core_->Now();
  const auto components = core_->tree().Under(under);
  std::vector<ComponentReport> reports;
  reports.reserve(components.size());
  for (const std::shared_ptr<Component>& component : components) {
    if (group.empty() || component->IsIn(group)) reports.push_back(component->ReportAt(now));
  }
  return Aggregate(std::move(reports));
}

HealthReport HealthMonitor::Report() const { return ReportOf({}, {}); }

absl::StatusOr<HealthReport> HealthMonitor::Report(std::string_view component) const {
  if (IsForked()) return OffInChild();
  HealthReport report = ReportOf(component, {});
  if (report.components.empty() || component.empty()) {
    return absl::NotFoundError(
        fmt::format("there is no component '{}', and none below it", component));
  }
  return report;
}

HealthReport HealthMonitor::GroupReport(std::string_view group) const {
  return group.empty() ? HealthReport() : ReportOf({}, group);
}

absl::StatusOr<std::vector<HealthCheckResult>> HealthMonitor::Results(
    std::string_view component) const {
  if (IsForked()) return OffInChild();
  const auto found = core_->Find(component);
  if (!found.ok()) return found.status();
  return (*found)->Results();
}

absl::StatusOr<std::vector<HealthTransition>> HealthMonitor::History(
    const HealthHistoryQuery& query) const {
  if (IsForked()) return OffInChild();
  if (query.limit < 1 || query.limit > kMaxHistoryLimit) {
    return absl::InvalidArgumentError(
        fmt::format("limit is {}: choose from 1 to {}", query.limit, kMaxHistoryLimit));
  }
  std::vector<HealthTransition> found;
  const auto newer = [](const HealthTransition& a, const HealthTransition& b) {
    return a.sequence > b.sequence;
  };
  for (const std::shared_ptr<Component>& component : core_->tree().Under(query.under)) {
    std::size_t taken = 0;
    component->VisitTransitions([&](const HealthTransition& transition) {
      if (transition.time < query.start) return true;
      if (transition.time > query.end) return true;
      found.push_back(transition);
      return ++taken < query.limit;
    });
    // Bounds what is held: no more than this are asked for.
    if (found.size() > 2 * query.limit) {
      std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(query.limit),
                       found.end(), newer);
      found.resize(query.limit);
    }
  }
  std::sort(found.begin(), found.end(), newer);
  if (found.size() > query.limit) found.resize(query.limit);
  return found;
}

absl::StatusOr<HealthSubscription> HealthMonitor::Subscribe(HealthSubscriber subscriber,
                                                            HealthSubscriptionOptions options) {
  if (IsForked()) return OffInChild();
  if (!subscriber) return absl::InvalidArgumentError("the subscriber is empty");
  if (absl::Status status = health::ValidateOptions(options); !status.ok()) return status;
  return core_->Listen(std::make_shared<health::SubscriberListener>(
      std::move(subscriber), std::move(options), core_->clock()));
}

absl::StatusOr<HealthSubscription> HealthMonitor::AddRestartHook(RestartHook hook,
                                                                 RestartOptions options) {
  if (IsForked()) return OffInChild();
  if (!hook) return absl::InvalidArgumentError("the restart hook is empty");
  if (absl::Status status = health::ValidateOptions(options); !status.ok()) return status;
  return core_->AddRestartHook(std::move(hook), std::move(options));
}

std::chrono::steady_clock::time_point HealthMonitor::Poll() {
  return IsForked() ? std::chrono::steady_clock::time_point::max() : core_->Poll();
}

HealthMonitorStats HealthMonitor::stats() const {
  return IsForked() ? HealthMonitorStats() : core_->stats();
}

absl::Status HealthMonitor::Stop() { return IsForked() ? absl::OkStatus() : core_->Stop(); }

VITALS_NAMESPACE_END
