#include "vitals/health/supervised_child.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "base/fork.h"
#include "base/mutex.h"
#include "base/utf8.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// What a state shows, as long as no check is asked.
HealthResult Shown(ChildState state, std::string_view reason, bool unhealthy) {
  reason = base::CutUtf8(reason, HealthResult::kMaxReasonBytes);
  const std::string_view name = ChildStateName(state);
  if (state == ChildState::kFailed) {
    return HealthResult::Unhealthy(std::string(reason.empty() ? name : reason));
  }
  std::string text = reason.empty() ? std::string(name) : fmt::format("{}: {}", name, reason);
  if (state == ChildState::kRunning) return HealthResult::Healthy(std::move(text));
  // Else a restart would look like a recovery. What was stopped on purpose is nothing to restart.
  const bool stays_unhealthy = unhealthy && state != ChildState::kStopped;
  return stays_unhealthy ? HealthResult::Unhealthy(std::move(text))
                         : HealthResult::Degraded(std::move(text));
}

}  // namespace

/// The check of a supervised child, which knows the state that the child is in. Owned by the
/// monitor and by runs that hang too. Thread-safe.
class ChildProbe {
 public:
  /// `rules` are those of its component.
  ChildProbe(std::function<ChildHealth()> health_check, const HealthRules& rules)
      : health_check_(std::move(health_check)),
        reports_at_once_(std::max(rules.failure_threshold, rules.success_threshold)),
        shown_(Shown(ChildState::kStarting, {}, false)) {}

  /// Reports the state that a child begins in.
  void Begin(const HealthReporter& reporter) {
    const base::MutexLock lock(mutex_);
    reporter.Report(shown_.status, shown_.reason);
  }

  /// Takes the child to a state, and reports it. `unhealthy`: the component is, so far.
  void Enter(ChildState state, std::string_view reason, bool unhealthy,
             const HealthReporter& reporter) {
    HealthResult shown = Shown(state, reason, unhealthy);
    const base::MutexLock lock(mutex_);
    const bool runs = state == ChildState::kRunning;
    if (state == state_ && (runs || shown == shown_)) return;
    state_ = state;
    shown_ = std::move(shown);
    ++changes_;
    // To have started is one passed result, which a check is to confirm. Any other state takes
    // effect at once: it is reported as often as the rules ask for. Under the lock, so that reports
    // come in the order of the states.
    for (int i = 0; i < (runs ? 1 : reports_at_once_); ++i) {
      reporter.Report(shown_.status, shown_.reason);
    }
  }

  /// What the child says of itself while it runs, else what its state says.
  HealthResult Check() {
    for (;;) {
      const Moment moment = Now();
      if (moment.shown.has_value()) return *moment.shown;
      try {
        const ChildHealth health = health_check_();
        if (Now().changes == moment.changes) return health;
      } catch (...) {
        if (Now().changes == moment.changes) throw;
      }
    }
  }

  ChildState state() const {
    const base::MutexLock lock(mutex_);
    return state_;
  }

 private:
  struct Moment {
    std::uint64_t changes = 0;
    std::optional<HealthResult> shown;
  };

  Moment Now() const {
    const base::MutexLock lock(mutex_);
    if (state_ == ChildState::kRunning) return {changes_, std::nullopt};
    return {changes_, shown_};
  }

  const std::function<ChildHealth()> health_check_;
  const int reports_at_once_;
  mutable base::Mutex mutex_;
  ChildState state_ VITALS_GUARDED_BY(mutex_) = ChildState::kStarting;
  HealthResult shown_ VITALS_GUARDED_BY(mutex_);
  std::uint64_t changes_ VITALS_GUARDED_BY(mutex_) = 0;  // of the state, so far
};

}  // namespace health

absl::StatusOr<std::unique_ptr<SupervisedChild>> SupervisedChild::Create(
    std::shared_ptr<HealthMonitor> monitor, std::string_view component,
    std::function<ChildHealth()> health_check, const SupervisedChildOptions& options) {
  if (monitor == nullptr) return absl::InvalidArgumentError("the monitor is null");
  if (!health_check) {
    return absl::InvalidArgumentError(
        fmt::format("the health check of \"{}\" is empty: give it a callable", component));
  }
  absl::StatusOr<HealthCheckOptions> check_options = ToHealthCheckOptions(options.config);
  if (!check_options.ok()) return check_options.status();
  check_options->critical = options.critical;
  check_options->groups = options.groups;

  const auto probe =
      std::make_shared<health::ChildProbe>(std::move(health_check), check_options->rules);
  const absl::Status added = monitor->AddCheck(
      component, [probe] { return probe->Check(); }, *check_options);
  if (!added.ok()) return added;
  absl::StatusOr<HealthReporter> reporter = monitor->GetReporter(component);
  if (!reporter.ok()) return reporter.status();
  probe->Begin(*reporter);
  return std::unique_ptr<SupervisedChild>(
      new SupervisedChild(std::move(monitor), std::string(component), probe, *std::move(reporter)));
}

SupervisedChild::SupervisedChild(std::shared_ptr<HealthMonitor> monitor, std::string component,
                                 std::shared_ptr<health::ChildProbe> probe, HealthReporter reporter)
    : fork_generation_(base::ForkGeneration()),
      monitor_(std::move(monitor)),
      component_(std::move(component)),
      probe_(std::move(probe)),
      reporter_(std::move(reporter)) {}

SupervisedChild::~SupervisedChild() {
  // Whether a check hangs the monitor has told; what it uses it owns.
  monitor_->Remove(component_).IgnoreError();
}

void SupervisedChild::SetState(ChildState state, std::string_view reason) {
  // A thread of the parent may have held the lock at the fork.
  if (base::ForkGeneration() != fork_generation_) return;
  probe_->Enter(state, reason, IsUnhealthy(), reporter_);
}

ChildState SupervisedChild::state() const {
  if (base::ForkGeneration() != fork_generation_) return ChildState::kStopped;
  return probe_->state();
}

bool SupervisedChild::IsUnhealthy() const {
  const absl::StatusOr<HealthReport> report = monitor_->Report(component_);
  if (!report.ok()) return false;
  // Those below it are there too.
  const auto is_this = [&](const ComponentReport& known) { return known.component == component_; };
  const auto found = std::find_if(report->components.begin(), report->components.end(), is_this);
  return found != report->components.end() && found->status == HealthStatus::kUnhealthy;
}

absl::StatusOr<HealthSubscription> SubscribeToChildHealth(HealthMonitor& monitor,
                                                          std::string_view supervisor,
                                                          ChildHealthSubscriber subscriber) {
  if (!subscriber) {
    return absl::InvalidArgumentError("the subscriber is empty: give it a callable");
  }
  return monitor.Subscribe(
      [subscriber = std::move(subscriber)](const HealthTransition& transition) {
        subscriber(transition.component, ChildHealth::From({transition.to, transition.reason}),
                   transition.consecutive_failures);
      },
      {.under = std::string(supervisor)});
}

VITALS_NAMESPACE_END
