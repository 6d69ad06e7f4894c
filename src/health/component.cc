#include "health/component.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/fork.h"
#include "base/utf8.h"
#include "health/figures.h"
#include "health/run_scope.h"

VITALS_NAMESPACE_BEGIN
namespace health {
Component::Component(std::string name, HealthCheck check, HealthCheckOptions options,
                     std::shared_ptr<Environment> environment)
    : name_(std::move(name)),
      has_check_(static_cast<bool>(check)),
      options_(std::move(options)),
      environment_(std::move(environment)),
      check_(std::move(check)),
      tracker_(options_.rules, options_.max_age, options_.initial_status,
               environment_->clock->MonotonicNow()),
      shown_(options_.initial_status),
      since_(environment_->clock->Now()),
      results_(environment_->kept_results),
      transitions_(environment_->kept_transitions),
      last_result_(environment_->clock->MonotonicNow()),
      next_turn_(has_check_ ? last_result_ : Time::max()) {}

bool Component::IsIn(std::string_view group) const {
  return std::find(options_.groups.begin(), options_.groups.end(), group) != options_.groups.end();
}

bool Component::IsOff() const {
  // Relaxed: it only saves work; what must not happen after Stop() is ordered by locks.
  return environment_->stopped.load(std::memory_order_relaxed) ||
         environment_->fork_generation != base::ForkGeneration();
}

void Component::Report(HealthStatus status, std::string_view reason) {
  if (IsOff()) return;
  const bool passed = status == HealthStatus::kHealthy || status == HealthStatus::kDegraded;
  Time look = Time::max();
  {
    const base::MutexLock lock(mutex_);
    if (retired_ || held_) return;
    Record({.status = status,
            .outcome = passed ? HealthOutcome::kPassed : HealthOutcome::kFailed,
            .reason = reason},
           environment_->clock->MonotonicNow());
    look = TakeEarlierLook();
  }
  if (look != Time::max()) environment_->timers.ScheduleBy(shared_from_this(), look);
}

void Component::Hold(HealthStatus status, std::string_view reason) {
  if (IsOff()) return;
  const base::MutexLock lock(mutex_);
  if (retired_) return;
  BeginAnew(status, reason, environment_->clock->MonotonicNow());
  held_ = true;
  ShowChange();
}

void Component::Release() {
  if (IsOff()) return;
  {
    const base::MutexLock lock(mutex_);
    if (retired_ || !held_) return;
    const Time now = environment_->clock->MonotonicNow();
    tracker_.Reset(shown_, tracker_.reason(), now);
    GoOn(now);
  }
  environment_->timers.ScheduleBy(shared_from_this(), environment_->clock->MonotonicNow());
}

void Component::Fail(std::string_view reason) {
  if (IsOff()) return;
  {
    const base::MutexLock lock(mutex_);
    if (retired_) return;
    const Time now = environment_->clock->MonotonicNow();
    BeginAnew(HealthStatus::kUnhealthy, reason, now);
    GoOn(now);
    Record({.reason = reason}, now);
  }
  environment_->timers.ScheduleBy(shared_from_this(), environment_->clock->MonotonicNow());
}

// Sets the status, whatever came before, and abandons a run.
void Component::BeginAnew(HealthStatus status, std::string_view reason, Time now) {
  Advance(now);
  if (run_ == RunState::kRunning || run_ == RunState::kHung) ++abandoned_runs_;
  run_ = RunState::kIdle;
  ++run_number_;
  tracker_.Reset(status, base::CutUtf8(reason, HealthResult::kMaxReasonBytes), now);
  changed_.NotifyAll();
}

// Judges results, and gives the check a turn.
void Component::GoOn(Time now) {
  held_ = false;
  if (has_check_) next_turn_ = now;
  next_look_ = now;
}

bool Component::held() const {
  const base::MutexLock lock(mutex_);
  return held_;
}

Component::Turn Component::OnTimer(Time now, double random) {
  const base::MutexLock lock(mutex_);
  Turn turn;
  if (retired_ || held_) return {.next = next_look_ = Time::max()};
  Advance(now);
  if (now >= next_turn_) {
    turn.due = next_turn_;
    turn.start = TakeTurn(now);
    next_turn_ = NextTurn(next_turn_, now, random);
    had_turn_ = true;
  }
  next_look_ = NextLook();
  turn.next = next_look_;
  return turn;
}

// The first turn comes at once, the second spreads those that were added together.
Component::Time Component::NextTurn(Time due, Time now, double random) const {
  const double part = had_turn_ ? 1 - options_.jitter * random : 1 - random;
  const auto interval = std::chrono::nanoseconds(std::max<std::int64_t>(
      1, static_cast<std::int64_t>(static_cast<double>(options_.interval.count()) * part)));
  // Turns that were missed, because nobody looked, are not made up for.
  const Time next = due + interval;
  return next > now ? next : now + interval;
}

bool Component::TakeTurn(Time now) {
  switch (run_) {
    case RunState::kIdle:
      run_ = RunState::kWaiting;
      return true;
    case RunState::kHung:
      RecordHung(now);
      break;
    case RunState::kWaiting:
    case RunState::kRunning:
      break;
  }
  return false;
}

void Component::RecordHung(Time now) {
  const std::string reason = "timeout: has not returned for " + FormatSeconds(now - run_started_);
  Record({.outcome = HealthOutcome::kTimedOut, .reason = reason, .duration = now - run_started_},
         now);
  ++turns_ended_;
  changed_.NotifyAll();
}

Component::ExtraTurn Component::TakeExtraTurn(Time now) {
  const base::MutexLock lock(mutex_);
  ExtraTurn turn{.runs = run_ == RunState::kRunning, .ticket = turns_ended_};
  if (!retired_ && !held_) turn.start = TakeTurn(now);
  return turn;
}

bool Component::WaitForResult(std::uint64_t ticket) {
  const base::MutexLock lock(mutex_);
  while (turns_ended_ == ticket && !retired_ && !held_ && !IsOff()) changed_.Wait(mutex_);
  return turns_ended_ != ticket;
}

void Component::NotRun(Time now) {
  const base::MutexLock lock(mutex_);
  if (run_ != RunState::kWaiting) return;
  run_ = RunState::kIdle;
  if (!retired_) {
    Record({.outcome = HealthOutcome::kNotRun, .reason = "not run: pool exhausted"}, now);
  }
  ++turns_ended_;
  changed_.NotifyAll();
}

void Component::Run(Time started) {
  std::uint64_t run_number = 0;
  HealthCheck check;
  {
    const base::MutexLock lock(mutex_);
    if (run_ != RunState::kWaiting) return;
    if (retired_ || IsOff()) {
      run_ = RunState::kIdle;
      return;
    }
    run_ = RunState::kRunning;
    run_started_ = started;
    run_number = ++run_number_;
    check = check_;
  }
  CallCheck(std::move(check), started, run_number);
}

void Component::CallCheck(HealthCheck check, Time started, std::uint64_t run_number) {
  HealthResult result;
  Verdict verdict;
  try {
    const RunScope scope(*this);
    // What it owns may end with it, if it was removed: before the run is told to be over.
    const HealthCheck last_use = std::move(check);
    result = last_use();
    verdict.status = result.status;
    verdict.outcome = HealthOutcome::kPassed;
  } catch (const std::exception& error) {
    result.reason = error.what();
    verdict.outcome = HealthOutcome::kException;
  } catch (...) {
    result.reason = "threw something that is no std::exception";
    verdict.outcome = HealthOutcome::kException;
  }
  verdict.reason = result.reason;
  const Time now = environment_->clock->MonotonicNow();
  verdict.duration = now - started;
  EndRun(verdict, run_number, now);
}

void Component::EndRun(Verdict verdict, std::uint64_t run_number, Time now) {
  std::string reason;
  if (verdict.duration > options_.timeout) {
    reason = "timeout: took " + FormatSeconds(verdict.duration);
    verdict.status = HealthStatus::kUnhealthy;
    verdict.outcome = HealthOutcome::kTimedOut;
    verdict.reason = reason;
  } else if (verdict.outcome == HealthOutcome::kPassed &&
             (verdict.status == HealthStatus::kUnhealthy ||
              verdict.status == HealthStatus::kUnknown)) {
    verdict.outcome = HealthOutcome::kFailed;
  }
  Time look = Time::max();
  {
    const base::MutexLock lock(mutex_);
    ++counts_.runs;
    counts_.run_time += verdict.duration;
    if (run_number != run_number_) {
      --abandoned_runs_;
    } else if (std::exchange(run_, RunState::kIdle) == RunState::kRunning) {
      if (!retired_ && !IsOff()) Record(verdict, now);
      ++turns_ended_;
    }  // Else it hung, which was recorded when it did.
    look = TakeEarlierLook();
    changed_.NotifyAll();
  }
  if (look != Time::max()) environment_->timers.ScheduleBy(shared_from_this(), look);
}

void Component::TimeOut(Time started, Time now) {
  const base::MutexLock lock(mutex_);
  if (run_ != RunState::kRunning || run_started_ != started) return;
  run_ = RunState::kHung;
  if (!retired_) RecordHung(now);
  changed_.NotifyAll();
}

bool Component::hangs() const {
  const base::MutexLock lock(mutex_);
  return run_ == RunState::kHung;
}

bool Component::RunsOnThisThread() const { return RunScope::Contains(*this); }

bool Component::Retire() {
  const bool by_itself = RunsOnThisThread();
  HealthCheck dropped;  // ends after the lock
  const base::MutexLock lock(mutex_);
  retired_ = true;
  std::swap(dropped, check_);
  changed_.NotifyAll();
  if (run_ == RunState::kWaiting) run_ = RunState::kIdle;
  while (run_ == RunState::kRunning && !by_itself && !IsOff()) changed_.Wait(mutex_);
  return run_ == RunState::kIdle && abandoned_runs_ == 0;
}

void Component::OnStop() {
  HealthCheck dropped;  // ends after the lock
  const base::MutexLock lock(mutex_);
  std::swap(dropped, check_);
  changed_.NotifyAll();
}

void Component::Record(const Verdict& verdict, Time now) {
  Advance(now);
  KeepResult(verdict, now);
  const HealthCheckResult& kept = results_.FromNewest(0);
  tracker_.OnResult(kept.status, kept.reason, now);
  ShowChange();
}

void Component::KeepResult(const Verdict& verdict, Time now) {
  HealthCheckResult& kept = results_.Push();
  // A check that says nothing has failed.
  kept.status =
      verdict.status == HealthStatus::kUnknown ? HealthStatus::kUnhealthy : verdict.status;
  kept.outcome = verdict.outcome;
  kept.reason = base::CutUtf8(verdict.reason, HealthResult::kMaxReasonBytes);
  kept.time = environment_->clock->Now();
  kept.duration = verdict.duration;
  ++counts_.results;
  ++counts_.by_outcome[static_cast<std::size_t>(verdict.outcome)];
  last_result_ = now;
}

void Component::Advance(Time now) {
  if (held_) return;
  const bool was_stale = tracker_.stale();
  tracker_.Advance(now);
  if (tracker_.stale() && !was_stale) {
    const Time last = last_result_;
    KeepResult({.outcome = HealthOutcome::kStale, .reason = tracker_.reason()}, now);
    last_result_ = last;
  }
  ShowChange();
}

void Component::ShowChange() {
  counts_.flaps = tracker_.flaps();
  const HealthStatus status = tracker_.status();
  const bool flapping = tracker_.flapping();
  if (status == shown_ && flapping == shown_flapping_) return;
  ++counts_.transitions;
  HealthTransition& transition = transitions_.Push();
  transition.component = name_;
  transition.from = shown_;
  transition.to = status;
  transition.reason = tracker_.reason();
  transition.critical = options_.critical;
  transition.flapping = flapping;
  transition.consecutive_failures = tracker_.consecutive_failures();
  transition.time = environment_->clock->Now();
  if (status != shown_) since_ = transition.time;
  shown_ = status;
  shown_flapping_ = flapping;
  if (environment_->publisher.Publish(transition)) environment_->timers.Wake();
}

Component::Time Component::NextLook() const { return std::min(next_turn_, tracker_.NextChange()); }

Component::Time Component::TakeEarlierLook() {
  const Time earlier = NextLook();
  if (retired_ || held_ || earlier >= next_look_) return Time::max();
  next_look_ = earlier;
  return earlier;
}

HealthStatus Component::StatusAt(Time now) {
  const base::MutexLock lock(mutex_);
  if (!retired_) Advance(now);
  return shown_;
}

ComponentReport Component::ReportAt(Time now) {
  const base::MutexLock lock(mutex_);
  if (!retired_) Advance(now);
  ComponentReport report{.component = name_,
                         .status = shown_,
                         .reason = tracker_.reason(),
                         .critical = options_.critical,
                         .flapping = tracker_.flapping(),
                         .underlying_status = tracker_.underlying_status(),
                         .held = held_,
                         .since = since_,
                         .age = std::max(now - last_result_, Time::duration::zero()),
                         .consecutive_failures = tracker_.consecutive_failures(),
                         .counts = counts_};
  if (!results_.empty()) report.last_result = results_.FromNewest(0);
  return report;
}

std::vector<HealthCheckResult> Component::Results() const {
  const base::MutexLock lock(mutex_);
  std::vector<HealthCheckResult> results;
  results.reserve(results_.size());
  for (std::size_t i = 0; i < results_.size(); ++i) results.push_back(results_.FromNewest(i));
  return results;
}

}  // namespace health
VITALS_NAMESPACE_END
