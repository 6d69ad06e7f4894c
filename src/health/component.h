#ifndef VITALS_SRC_HEALTH_COMPONENT_H_
#define VITALS_SRC_HEALTH_COMPONENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/condition.h"
#include "base/mutex.h"
#include "health/environment.h"
#include "health/ring.h"
#include "health/status_tracker.h"
#include "vitals/base/config.h"
#include "vitals/health/health_check.h"
#include "vitals/health/health_options.h"
#include "vitals/model/health_report.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// A component: its check, what came of it, and how it is. Thread-safe.
///
/// A check is in one of these states, so that it never runs twice at once:
///
///     kIdle --turn--> kWaiting --a thread takes it--> kRunning --returns--> kIdle
///                        |                               |
///                        +--no thread: not run--> kIdle  +--timeout--> kHung --returns--> kIdle
///
/// Hold() and Fail() make it kIdle from any state, and abandon the run: the number of a run tells
/// that it is no longer the present one.
class Component : public std::enable_shared_from_this<Component> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What OnTimer() asks of its caller.
  struct Turn {
    bool start = false;  ///< the check now waits for a thread
    Time due = {};       ///< when it was to start
    Time next = {};      ///< when to call again
  };

  /// An empty `check` for a component that only reports. options.max_age of 0 means never.
  Component(std::string name, HealthCheck check, HealthCheckOptions options,
            std::shared_ptr<Environment> environment);

  const std::string& name() const { return name_; }
  bool critical() const { return options_.critical; }
  bool has_check() const { return has_check_; }
  std::chrono::nanoseconds timeout() const { return options_.timeout; }
  bool IsIn(std::string_view group) const;

  /// Takes in what the component says of itself.
  void Report(HealthStatus status, std::string_view reason);

  /// Sets the status, and takes in nothing until Release().
  void Hold(HealthStatus status, std::string_view reason);
  void Release();
  bool held() const;

  /// Makes it unhealthy, by a result that counts at once, and goes on from there.
  void Fail(std::string_view reason);

  /// Lets time do what it does, and takes the turn of the check if it has come. `random` is drawn
  /// from [0, 1).
  Turn OnTimer(Time now, double random);

  /// What came of TakeExtraTurn().
  struct ExtraTurn {
    bool start = false;        ///< the check now waits for a thread
    bool runs = false;         ///< a run is in progress, which began before
    std::uint64_t ticket = 0;  ///< for WaitForResult()
  };

  /// Takes a turn out of order.
  ExtraTurn TakeExtraTurn(Time now);

  /// Waits for the result of the turn, or one that came since. False when the component was held or
  /// removed, or the monitor stopped, before.
  bool WaitForResult(std::uint64_t ticket);

  /// The check, which waited, will not be run: no thread is left for it.
  void NotRun(Time now);

  /// Runs the check, if it waits. Called with the time as `started`.
  void Run(Time started);

  /// The run that started then has taken too long. Does nothing when it is over, or abandoned.
  void TimeOut(Time started, Time now);

  /// Whether a run has timed out and not returned.
  bool hangs() const;

  /// Whether the calling thread is in a run of this check.
  bool RunsOnThisThread() const;

  /// Takes in and runs nothing any more, and lets go of the check. Waits for a run to return; false
  /// where that hangs, or is the caller.
  bool Retire();

  /// Ends waits of other threads, and lets go of the check; Environment::stopped was set before.
  void OnStop();

  HealthStatus StatusAt(Time now);
  ComponentReport ReportAt(Time now);
  std::vector<HealthCheckResult> Results() const;

  /// Calls `visit` with each transition, newest first, until it returns false. Not to be called
  /// back into.
  template <typename Visit>
  void VisitTransitions(const Visit& visit) const {
    const base::MutexLock lock(mutex_);
    for (std::size_t i = 0; i < transitions_.size(); ++i) {
      if (!visit(transitions_.FromNewest(i))) return;
    }
  }

  /// Of TimerQueue, under its lock: when this is scheduled for; max() for not.
  Time timer = Time::max();

 private:
  enum class RunState : std::uint8_t { kIdle, kWaiting, kRunning, kHung };

  // A result on its way into the component.
  struct Verdict {
    HealthStatus status = HealthStatus::kUnhealthy;
    HealthOutcome outcome = HealthOutcome::kFailed;
    std::string_view reason;
    std::chrono::nanoseconds duration{0};
  };

  bool IsOff() const;
  void CallCheck(HealthCheck check, Time started, std::uint64_t run_number);
  void EndRun(Verdict verdict, std::uint64_t run_number, Time now);
  Time NextTurn(Time due, Time now, double random) const VITALS_REQUIRES(mutex_);
  bool TakeTurn(Time now) VITALS_REQUIRES(mutex_);
  void RecordHung(Time now) VITALS_REQUIRES(mutex_);
  void Record(const Verdict& verdict, Time now) VITALS_REQUIRES(mutex_);
  void BeginAnew(HealthStatus status, std::string_view reason, Time now) VITALS_REQUIRES(mutex_);
  void GoOn(Time now) VITALS_REQUIRES(mutex_);
  void KeepResult(const Verdict& verdict, Time now) VITALS_REQUIRES(mutex_);
  void Advance(Time now) VITALS_REQUIRES(mutex_);
  void ShowChange() VITALS_REQUIRES(mutex_);
  Time NextLook() const VITALS_REQUIRES(mutex_);
  // When to look, if a result made that earlier than what was scheduled; else max().
  Time TakeEarlierLook() VITALS_REQUIRES(mutex_);

  const std::string name_;
  const bool has_check_;
  const HealthCheckOptions options_;
  const std::shared_ptr<Environment> environment_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  // Given up when this is removed or the monitor stops, whoever still owns the component then.
  HealthCheck check_ VITALS_GUARDED_BY(mutex_);
  StatusTracker tracker_ VITALS_GUARDED_BY(mutex_);
  // What tracker_ said when a transition was last looked for.
  HealthStatus shown_ VITALS_GUARDED_BY(mutex_);
  bool shown_flapping_ VITALS_GUARDED_BY(mutex_) = false;
  std::chrono::system_clock::time_point since_ VITALS_GUARDED_BY(mutex_);
  Ring<HealthCheckResult> results_ VITALS_GUARDED_BY(mutex_);
  Ring<HealthTransition> transitions_ VITALS_GUARDED_BY(mutex_);
  HealthCounts counts_ VITALS_GUARDED_BY(mutex_);
  Time last_result_ VITALS_GUARDED_BY(mutex_);  // at first when this was added
  Time next_look_ VITALS_GUARDED_BY(mutex_) = Time::min();
  Time next_turn_ VITALS_GUARDED_BY(mutex_);
  bool had_turn_ VITALS_GUARDED_BY(mutex_) = false;
  RunState run_ VITALS_GUARDED_BY(mutex_) = RunState::kIdle;
  Time run_started_ VITALS_GUARDED_BY(mutex_){};
  std::uint64_t run_number_ VITALS_GUARDED_BY(mutex_) = 0;
  int abandoned_runs_ VITALS_GUARDED_BY(mutex_) = 0;  // that have not returned
  bool held_ VITALS_GUARDED_BY(mutex_) = false;
  std::uint64_t turns_ended_ VITALS_GUARDED_BY(mutex_) = 0;
  bool retired_ VITALS_GUARDED_BY(mutex_) = false;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_COMPONENT_H_
