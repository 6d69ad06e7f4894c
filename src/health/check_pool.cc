#include "health/check_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

using std::chrono::steady_clock;

// So many threads are added for each that there is, where too few are: 100 checks that hang cost
// others four stalls.
constexpr std::size_t kGrowth = 3;

// A thread that has nothing to do for this long ends, unless it is the only one.
constexpr std::chrono::seconds kIdleTime{10};

}  // namespace

CheckPool::CheckPool(std::size_t max_threads, std::shared_ptr<const Clock> clock)
    : max_threads_(max_threads), state_(std::make_shared<State>(std::move(clock))) {}

void CheckPool::Submit(std::vector<Waiting> checks) {
  if (checks.empty()) return;
  State& state = *state_;
  const base::MutexLock lock(state.mutex);
  if (state.stopping) return;
  if (state.waiting.empty()) {
    state.progress = state.clock->MonotonicNow();
    state.work.NotifyOne();
  }
  std::move(checks.begin(), checks.end(), std::back_inserter(state.waiting));
}

CheckPool::Time CheckPool::Watch() {
  const Time now = state_->clock->MonotonicNow();
  JoinDone();
  TimeOutRuns(now);
  AddThreads(now);
  for (const Waiting& hopeless : TakeHopeless(now)) hopeless.component->NotRun(now);
  return NextWatch(now);
}

void CheckPool::TimeOutRuns(Time now) {
  struct Run {
    std::uint64_t worker;
    std::shared_ptr<Component> component;
    Time started;
  };
  std::vector<Run> late;
  {
    const base::MutexLock lock(state_->mutex);
    for (const auto& [id, worker] : state_->workers) {
      if (worker.running == nullptr || worker.hangs) continue;
      if (now - worker.started <= worker.running->timeout()) continue;
      late.push_back({id, worker.running, worker.started});
    }
  }
  for (const Run& run : late) {
    run.component->TimeOut(run.started, now);
    const base::MutexLock lock(state_->mutex);
    Worker& worker = state_->workers[run.worker];
    worker.hangs = worker.running == run.component && worker.started == run.started;
  }
}

void CheckPool::JoinDone() {
  std::vector<base::Thread> done;  // joined at its end, after the lock
  const base::MutexLock lock(state_->mutex);
  for (auto entry = state_->workers.begin(); entry != state_->workers.end();) {
    if (!entry->second.done) {
      ++entry;
      continue;
    }
    done.push_back(std::move(entry->second.thread));
    entry = state_->workers.erase(entry);
  }
}

void CheckPool::AddThreads(Time now) {
  std::size_t more = 0;
  State& state = *state_;
  {
    const base::MutexLock lock(state.mutex);
    if (state.waiting.empty() || state.stopping || now - state.progress < kStall) return;
    state.progress = now;
    state.work.NotifyAll();
    if (state.idle > 0) return;
    const std::size_t threads = state.workers.size();
    more = std::min(std::max<std::size_t>(kGrowth * threads, 1),
                    max_threads_ - std::min(threads, max_threads_));
  }
  const bool was_out = std::exchange(out_of_threads_, false);
  for (; more > 0; --more) {
    if (const absl::Status status = StartThread(); !status.ok()) {
      out_of_threads_ = true;
      // Once, not at each of the looks that follow.
      if (!was_out) {
        Log(LogSeverity::kError, "health checks wait: " + std::string(status.message()));
      }
      return;
    }
  }
}

absl::Status CheckPool::StartThread() {
  const std::uint64_t id = next_worker_++;
  const base::MutexLock lock(state_->mutex);
  // Nobody would wait for it.
  if (state_->stopping) return absl::OkStatus();
  // The thread needs the lock before it looks for its entry.
  auto thread = base::Thread::Start("check", [state = state_, id] { Work(*state, id); });
  if (!thread.ok()) return thread.status();
  state_->workers[id].thread = *std::move(thread);
  return absl::OkStatus();
}

std::deque<CheckPool::Waiting> CheckPool::TakeHopeless(Time now) {
  std::deque<Waiting> hopeless;
  State& state = *state_;
  const base::MutexLock lock(state.mutex);
  if (state.waiting.empty() || (state.workers.size() < max_threads_ && !out_of_threads_)) {
    return hopeless;
  }
  const bool all_hang = std::all_of(state.workers.begin(), state.workers.end(),
                                    [](const auto& entry) { return entry.second.hangs; });
  std::erase_if(state.waiting, [&](Waiting& waiting) {
    if (!all_hang && now - waiting.due <= waiting.component->timeout()) return false;
    hopeless.push_back(std::move(waiting));
    return true;
  });
  return hopeless;
}

CheckPool::Time CheckPool::NextWatch(Time now) const {
  // What runs is timed out when it has run for longer than its timeout.
  constexpr std::chrono::nanoseconds kLonger(1);
  const base::MutexLock lock(state_->mutex);
  Time next = state_->waiting.empty() ? Time::max() : now + kStall;
  for (const auto& [id, worker] : state_->workers) {
    if (worker.running == nullptr || worker.hangs) continue;
    next = std::min(next, worker.started + worker.running->timeout() + kLonger);
  }
  return next;
}

void CheckPool::Work(State& state, std::uint64_t id) {
  Time started;
  while (const std::shared_ptr<Component> component = TakeNext(state, id, started)) {
    component->Run(started);
  }
}

std::shared_ptr<Component> CheckPool::TakeNext(State& state, std::uint64_t id, Time& started) {
  std::shared_ptr<Component> previous;  // may die here, after the lock
  const base::MutexLock lock(state.mutex);
  Worker& self = state.workers[id];
  previous.swap(self.running);
  self.hangs = false;
  if (!WaitForWork(state)) {
    self.done = true;
    state.stopped.NotifyAll();
    return nullptr;
  }
  started = state.clock->MonotonicNow();
  const std::chrono::nanoseconds delay = started - state.waiting.front().due;
  state.late_starts += delay > kLate ? 1 : 0;
  state.max_start_delay = std::max(state.max_start_delay, delay);
  state.progress = started;
  self.started = started;
  self.running = std::move(state.waiting.front().component);
  state.waiting.pop_front();
  return self.running;
}

bool CheckPool::WaitForWork(State& state) {
  const auto end = steady_clock::now() + kIdleTime;
  while (state.waiting.empty() && !state.stopping) {
    // Threads that hang or work are left; this one is the last that waits.
    if (steady_clock::now() >= end && state.idle > 0) return false;
    ++state.idle;
    state.work.WaitUntil(state.mutex, steady_clock::now() + kIdleTime);
    --state.idle;
  }
  return !state.stopping;
}

CheckPool::Stats CheckPool::stats() const {
  const base::MutexLock lock(state_->mutex);
  Stats stats;
  for (const auto& [id, worker] : state_->workers) {
    stats.threads += worker.done ? 0 : 1;
    stats.hung_checks += worker.hangs ? 1 : 0;
  }
  stats.waiting_checks = state_->waiting.size();
  stats.late_starts = state_->late_starts;
  stats.max_start_delay = state_->max_start_delay;
  return stats;
}

std::vector<std::shared_ptr<Component>> CheckPool::Running() const {
  std::vector<std::shared_ptr<Component>> running;
  const base::MutexLock lock(state_->mutex);
  for (const auto& [id, worker] : state_->workers) {
    if (worker.running != nullptr) running.push_back(worker.running);
  }
  return running;
}

std::vector<std::string> CheckPool::Stop(steady_clock::time_point deadline) {
  std::deque<Waiting> dropped;  // may die here, after the lock
  std::vector<base::Thread> threads;
  std::vector<std::string> left;
  State& state = *state_;
  {
    const base::MutexLock lock(state.mutex);
    state.stopping = true;
    dropped.swap(state.waiting);
    state.work.NotifyAll();
    const auto busy = [](const auto& entry) {
      const Worker& worker = entry.second;
      return !worker.done && !worker.hangs && worker.running != nullptr &&
             !worker.running->RunsOnThisThread();
    };
    while (std::any_of(state.workers.begin(), state.workers.end(), busy) &&
           steady_clock::now() < deadline) {
      state.stopped.WaitUntil(state.mutex, deadline);
    }
    for (auto& [id, worker] : state.workers) {
      if (worker.running == nullptr) {
        threads.push_back(std::move(worker.thread));
      } else {
        left.push_back(worker.running->name());
        worker.thread.Detach();
      }
    }
  }
  return left;
}

}  // namespace health
VITALS_NAMESPACE_END
