#ifndef VITALS_SRC_HEALTH_CHECK_POOL_H_
#define VITALS_SRC_HEALTH_CHECK_POOL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "health/component.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// Threads that run checks, as few as will do. Checks wait in one queue:
///
///     Submit() --> waiting --> a thread: running --> done, and the thread takes the next
///                     |                     |
///                     |                     +-- timeout: the run hangs, and its thread is lost
///                     +-- 5 ms without a start: four times as many threads, up to max_threads
///
/// When every thread hangs, what waits is not run. Whoever owns the pool calls Watch() when that
/// asks for it. Thread-safe. Threads own the pool's state with it, so that one that is lost leaves
/// nothing dangling.
class CheckPool {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Nothing starts for this long while checks wait: then there are too few threads.
  static constexpr std::chrono::milliseconds kStall{5};
  /// A start that is later than this is counted.
  static constexpr std::chrono::milliseconds kLate{100};

  CheckPool(std::size_t max_threads, std::shared_ptr<const Clock> clock);

  /// Starts a thread: the first, before Watch() is called. Unavailable when there is none to have.
  absl::Status StartThread();

  /// A check whose turn it is.
  struct Waiting {
    std::shared_ptr<Component> component;
    Time due;  ///< since when it is to run
  };

  /// Runs these when threads are free. All at once, since threads take them at the same time.
  void Submit(std::vector<Waiting> checks);

  /// Times out runs, adds threads, and lets those checks know that will not be run. Returns when to
  /// be called again; Time::max() while nothing waits or runs.
  Time Watch();

  /// What there is to say of it in HealthMonitorStats.
  struct Stats {
    std::size_t threads = 0;
    std::size_t hung_checks = 0;
    std::size_t waiting_checks = 0;
    std::uint64_t late_starts = 0;
    std::chrono::nanoseconds max_start_delay{0};
  };
  Stats stats() const;

  /// Starts nothing more, and waits until `deadline` for what runs. Returns the components whose
  /// checks had not returned; their threads are left to themselves.
  std::vector<std::string> Stop(std::chrono::steady_clock::time_point deadline);

 private:
  struct Worker {
    base::Thread thread;
    std::shared_ptr<Component> running;  // null while it waits for work
    Time started = {};
    bool hangs = false;
    bool done = false;  // about to end: may be joined
  };

  struct State {
    explicit State(std::shared_ptr<const Clock> its_clock) : clock(std::move(its_clock)) {}

    const std::shared_ptr<const Clock> clock;
    mutable base::Mutex mutex;
    base::Condition work;     // for workers: something waits, or stopping
    base::Condition stopped;  // for Stop(): a worker is done
    std::deque<Waiting> waiting VITALS_GUARDED_BY(mutex);
    std::map<std::uint64_t, Worker> workers VITALS_GUARDED_BY(mutex);
    std::size_t idle VITALS_GUARDED_BY(mutex) = 0;
    Time progress VITALS_GUARDED_BY(mutex){};  // when a check last started, or began to wait alone
    std::uint64_t late_starts VITALS_GUARDED_BY(mutex) = 0;
    std::chrono::nanoseconds max_start_delay VITALS_GUARDED_BY(mutex){0};
    bool stopping VITALS_GUARDED_BY(mutex) = false;
  };

  static void Work(State& state, std::uint64_t id);
  static std::shared_ptr<Component> TakeNext(State& state, std::uint64_t id, Time& started);
  static bool WaitForWork(State& state) VITALS_REQUIRES(state.mutex);

  void TimeOutRuns(Time now);
  void JoinDone();
  void AddThreads(Time now);
  std::deque<Waiting> TakeHopeless(Time now);
  Time NextWatch(Time now) const;

  const std::size_t max_threads_;
  const std::shared_ptr<State> state_;
  // Only Watch() uses these, by one at a time.
  std::uint64_t next_worker_ = 0;
  bool out_of_threads_ = false;
};

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_CHECK_POOL_H_
