#include "health/monitor_core.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "health/component_name.h"
#include "health/option_checks.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// The thread looks at what is due this often at most, so that many checks cost few wake-ups.
constexpr std::chrono::milliseconds kLeastPause{10};

// Longest wait at once, so that no sum of times overflows.
constexpr std::chrono::hours kLongestWait{1};

std::function<double()> SystemRandom() {
  return [engine = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
}

// What `random` draws; the middle where it throws, or draws what is not in [0, 1).
double Draw(const std::function<double()>& random) noexcept {
  constexpr double kMiddle = 0.5;
  try {
    const double drawn = random();
    return drawn >= 0 && drawn < 1 ? drawn : kMiddle;
  } catch (...) {
    return kMiddle;
  }
}

// Says which thread steps, for a scope.
class Stepping {
 public:
  explicit Stepping(std::atomic<std::thread::id>& stepper) : stepper_(stepper) {
    stepper_.store(std::this_thread::get_id());
  }
  ~Stepping() { stepper_.store(std::thread::id()); }
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;

 private:
  std::atomic<std::thread::id>& stepper_;
};

absl::Status NoComponent(std::string_view name) {
  return absl::NotFoundError(fmt::format("there is no component '{}'", name));
}

}  // namespace

MonitorCore::MonitorCore(HealthMonitorOptions options)
    : options_(std::move(options)),
      environment_(std::make_shared<Environment>(options_)),
      tree_(options_.max_components),
      pool_(options_.max_threads, environment_->clock),
      random_(options_.random ? options_.random : SystemRandom()) {}

absl::Status MonitorCore::Start() {
  if (options_.host_driven) return absl::OkStatus();
  if (absl::Status status = pool_.StartThread(); !status.ok()) return status;
  // Stop() comes before the end of this, and joins.
  auto thread = base::Thread::Start("health", [this] { Loop(); });
  if (!thread.ok()) {
    pool_.Stop(steady_clock::now());
    return thread.status();
  }
  const base::MutexLock lock(thread_mutex_);
  thread_ = *std::move(thread);
  return absl::OkStatus();
}

void MonitorCore::Loop() {
  TimerQueue& timers = environment_->timers;
  Time next;
  do {
    next = Step();
    if (!timers.Pause(kLeastPause)) return;
  } while (timers.WaitUntil(next, RestUntil(next)));
}

nanoseconds MonitorCore::RestUntil(Time when) const {
  return when == Time::max() ? kLongestWait : std::min<nanoseconds>(when - Now(), kLongestWait);
}

MonitorCore::Time MonitorCore::Poll() {
  // From a check or a subscriber that runs within it: what is due comes when that returns.
  if (stepper_.load() == std::this_thread::get_id()) return environment_->timers.Next();
  const Time watch = Step();
  const Time served = ServeListeners();
  // Subscribers and hooks may have brought about more.
  if (options_.host_driven && environment_->publisher.HasNews()) return Now();
  return std::min({watch, served, environment_->timers.Next()});
}

MonitorCore::Time MonitorCore::Step() {
  const base::MutexLock lock(step_mutex_);
  const Stepping stepping(stepper_);
  TimerQueue& timers = environment_->timers;
  const Time now = Now();
  std::vector<CheckPool::Waiting> checks;
  for (const std::shared_ptr<Component>& component : timers.TakeDue(now)) {
    const Component::Turn turn = component->OnTimer(now, Draw(random_));
    if (turn.next != Time::max()) timers.ScheduleBy(component, turn.next);
    if (turn.start) checks.push_back({component, turn.due});
  }
  StartChecks(std::move(checks));
  const Time watch = options_.host_driven ? Time::max() : pool_.Watch();
  Publisher& publisher = environment_->publisher;
  if (publisher.TakeChanged()) aggregates_.Update(tree_.Under(""), *environment_);
  return std::min(watch, timers.Next());
}

void MonitorCore::StartChecks(std::vector<CheckPool::Waiting> checks) {
  if (!options_.host_driven) {
    pool_.Submit(std::move(checks));
    return;
  }
  for (const CheckPool::Waiting& check : checks) check.component->Run(Now());
}

MonitorCore::Time MonitorCore::ServeListeners() {
  Time next = Time::max();
  for (const std::shared_ptr<Listener>& listener : environment_->publisher.Listeners()) {
    if (options_.host_driven) {
      next = std::min(next, listener->RunPending());
    } else {
      listener->Wake();
    }
  }
  return next;
}

absl::Status MonitorCore::CheckRunning() const {
  if (!stopped()) return absl::OkStatus();
  return absl::FailedPreconditionError("the health monitor was stopped: create another");
}

absl::StatusOr<std::shared_ptr<Component>> MonitorCore::Add(std::string_view name,
                                                            HealthCheck check,
                                                            HealthCheckOptions options) {
  absl::Status status = CheckRunning();
  status.Update(ValidateComponentName(name));
  if (!status.ok()) return status;
  auto component = std::make_shared<Component>(std::string(name), std::move(check),
                                               std::move(options), environment_);
  if (status = tree_.Add(component); !status.ok()) return status;
  environment_->publisher.NoteChange();
  environment_->timers.ScheduleBy(component, Now());
  return component;
}

absl::StatusOr<std::shared_ptr<Component>> MonitorCore::Find(std::string_view name) const {
  std::shared_ptr<Component> component = tree_.Find(name);
  if (component == nullptr) return NoComponent(name);
  return component;
}

absl::Status MonitorCore::Remove(std::string_view name) {
  const std::shared_ptr<Component> component = tree_.Remove(name);
  if (component == nullptr) return NoComponent(name);
  environment_->timers.Cancel(component);
  environment_->publisher.NoteChange();
  environment_->timers.Wake();
  if (component->Retire()) return absl::OkStatus();
  return absl::DeadlineExceededError(fmt::format(
      "the component '{}' was removed, but its check has not returned: what it refers to must "
      "live until then",
      name));
}

absl::StatusOr<ComponentReport> MonitorCore::CheckNow(std::string_view name) {
  if (absl::Status status = CheckRunning(); !status.ok()) return status;
  const auto found = Find(name);
  if (!found.ok()) return found.status();
  const std::shared_ptr<Component>& component = *found;
  if (component->RunsOnThisThread()) {
    return absl::FailedPreconditionError(
        fmt::format("the check of '{}' cannot wait for itself", name));
  }
  if (component->has_check()) {
    // The result of a run that had begun before may be of what was before.
    if (RunExtraTurn(component) && !component->hangs()) RunExtraTurn(component);
    if (absl::Status status = CheckRunning(); !status.ok()) return status;
  }
  return component->ReportAt(Now());
}

// Returns whether another run was in progress, and has ended.
bool MonitorCore::RunExtraTurn(const std::shared_ptr<Component>& component) {
  const Time now = Now();
  const Component::ExtraTurn turn = component->TakeExtraTurn(now);
  // The run that is waited for must not come after the caller, which a host that drives the monitor
  // may have called from a check.
  if (turn.start || options_.host_driven) StartChecks({{component, now}});
  if (!options_.host_driven) environment_->timers.Wake();
  return component->WaitForResult(turn.ticket) && turn.runs;
}

absl::StatusOr<HealthSubscription> MonitorCore::Listen(std::shared_ptr<Listener> listener) {
  if (absl::Status status = CheckRunning(); !status.ok()) return status;
  if (!options_.host_driven) {
    if (absl::Status status = listener->StartThread(); !status.ok()) return status;
  }
  environment_->publisher.Add(listener);
  environment_->timers.Wake();
  HealthSubscription subscription(std::move(listener));
  // Stop() may have seen the listeners without this one.
  if (absl::Status status = CheckRunning(); !status.ok()) return status;
  return subscription;
}

absl::StatusOr<HealthSubscription> MonitorCore::AddRestartHook(RestartHook hook,
                                                               RestartOptions options) {
  const std::weak_ptr<MonitorCore> weak = weak_from_this();
  auto find_all = [weak, under = options.under] {
    std::vector<ComponentReport> reports;
    const std::shared_ptr<MonitorCore> core = weak.lock();
    if (core == nullptr) return reports;
    const Time now = core->Now();
    for (const auto& component : core->tree_.Under(under)) {
      reports.push_back(component->ReportAt(now));
    }
    return reports;
  };
  auto find_one = [weak](const std::string& name) -> std::optional<ComponentReport> {
    const std::shared_ptr<MonitorCore> core = weak.lock();
    const auto component = core == nullptr ? nullptr : core->tree_.Find(name);
    if (component == nullptr) return std::nullopt;
    return component->ReportAt(core->Now());
  };
  return Listen(std::make_shared<Restarter>(std::move(hook), std::move(options),
                                            std::move(find_all), std::move(find_one),
                                            environment_->clock));
}

HealthMonitorStats MonitorCore::stats() const {
  const CheckPool::Stats pool = pool_.stats();
  return {.components = tree_.size(),
          .threads = pool.threads,
          .hung_checks = pool.hung_checks,
          .waiting_checks = pool.waiting_checks,
          .late_starts = pool.late_starts,
          .max_start_delay = pool.max_start_delay,
          .dropped_transitions = environment_->publisher.Dropped()};
}

absl::Status MonitorCore::Stop() {
  if (environment_->stopped.exchange(true)) return absl::OkStatus();
  const auto deadline = steady_clock::now() + options_.stop_timeout;
  environment_->timers.Close();
  base::Thread thread;
  {
    const base::MutexLock lock(thread_mutex_);
    thread = std::move(thread_);
  }
  thread.Join();
  for (const std::shared_ptr<Component>& component : tree_.Under("")) component->OnStop();
  // A component that Remove() waits for is in the tree no more.
  for (const std::shared_ptr<Component>& component : pool_.Running()) component->OnStop();
  std::vector<std::string> left = pool_.Stop(deadline);
  for (const std::shared_ptr<Listener>& listener : environment_->publisher.Listeners()) {
    if (listener->Stop(deadline)) continue;
    left.push_back(fmt::format("a subscriber of '{}'", listener->under()));
  }
  if (left.empty()) return absl::OkStatus();
  return absl::DeadlineExceededError(fmt::format(
      "the health monitor has stopped, but these had not returned: {}", absl::StrJoin(left, ", ")));
}

}  // namespace health
VITALS_NAMESPACE_END
