#include "vitals/health/supervised_child.h"

#include <utility>

#include "absl/status/status.h"
#include "base/fork.h"
#include "base/mutex.h"
#include "base/utf8.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// What a component shows when its child enters a state; `now` is what it shows so far.
HealthResult ToShow(ChildState state, std::string_view reason, HealthResult now) {
  if (state == ChildState::kRunning) return now;
  reason = base::CutUtf8(reason, HealthResult::kMaxReasonBytes);
  const std::string_view name = ChildStateName(state);
  if (state == ChildState::kFailed) {
    return HealthResult::Unhealthy(std::string(reason.empty() ? name : reason));
  }
  std::string text = reason.empty() ? std::string(name) : fmt::format("{}: {}", name, reason);
  // Else a restart would look like a recovery. What was stopped on purpose is nothing to restart.
  if (now.status == HealthStatus::kUnhealthy && state != ChildState::kStopped) {
    return HealthResult::Unhealthy(std::move(text));
  }
  if (state == ChildState::kStarting) return {HealthStatus::kUnknown, std::move(text)};
  return HealthResult::Degraded(std::move(text));
}

}  // namespace

/// The check of a supervised child, which knows the state that the child is in. Owned by the
/// component and by runs that hang too. Thread-safe.
class ChildProbe : public std::enable_shared_from_this<ChildProbe> {
 public:
  explicit ChildProbe(std::function<ChildHealth()> health_check)
      : health_check_(std::move(health_check)) {}

  /// Adds the component, in the state that its child begins in.
  absl::StatusOr<HealthReporter> AddTo(HealthMonitor& monitor, std::string_view component,
                                       const HealthCheckOptions& options) {
    // A run that begins at once waits for the lock, and is then abandoned.
    const base::MutexLock lock(mutex_);
    const absl::Status added = monitor.AddCheck(
        component, [self = shared_from_this()] { return self->Check(); }, options);
    if (!added.ok()) return added;
    absl::StatusOr<HealthReporter> reporter = monitor.GetReporter(component);
    if (!reporter.ok()) return reporter.status();
    const HealthResult shown = ToShow(state_, {}, {});
    reporter->Hold(shown.status, shown.reason);
    return reporter;
  }

  /// Takes the child to a state. `now` is asked what the component shows so far.
  void Enter(ChildState state, std::string_view reason, const HealthReporter& reporter,
             const std::function<HealthResult()>& now) {
    const base::MutexLock lock(mutex_);
    const bool runs = state == ChildState::kRunning;
    if (runs && state_ == state) return;
    state_ = state;
    HealthResult shown = ToShow(state, reason, now());
    if (state == ChildState::kFailed) {
      // Not held, so that it fails again at each turn, and is asked for until the limit.
      reporter.Fail(shown.reason);
    } else {
      // Also before it runs: this abandons a run that began before.
      reporter.Hold(shown.status, shown.reason);
      if (runs) reporter.Release();
    }
    failure_ = std::move(shown.reason);
  }

  /// What the child says of itself while it runs, else that it has failed. In the states that are
  /// held nothing counts.
  HealthResult Check() {
    {
      const base::MutexLock lock(mutex_);
      if (state_ != ChildState::kRunning) return HealthResult::Unhealthy(failure_);
    }
    return health_check_();
  }

  ChildState state() const {
    const base::MutexLock lock(mutex_);
    return state_;
  }

 private:
  const std::function<ChildHealth()> health_check_;
  mutable base::Mutex mutex_;
  ChildState state_ VITALS_GUARDED_BY(mutex_) = ChildState::kStarting;
  std::string failure_ VITALS_GUARDED_BY(mutex_);  // when it has failed
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

  const auto probe = std::make_shared<health::ChildProbe>(std::move(health_check));
  absl::StatusOr<HealthReporter> reporter = probe->AddTo(*monitor, component, *check_options);
  if (!reporter.ok()) return reporter.status();
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
  probe_->Enter(state, reason, reporter_, [this] { return Shown(); });
}

ChildState SupervisedChild::state() const {
  if (base::ForkGeneration() != fork_generation_) return ChildState::kStopped;
  return probe_->state();
}

HealthResult SupervisedChild::Shown() const {
  const absl::StatusOr<HealthReport> report = monitor_->Report(component_);
  if (!report.ok()) return {};
  // Those below it come after it. What flaps may be unhealthy underneath.
  const ComponentReport& component = report->components.front();
  return {component.underlying_status, component.reason};
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
