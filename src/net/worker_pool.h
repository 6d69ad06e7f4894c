#ifndef VITALS_SRC_NET_WORKER_POOL_H_
#define VITALS_SRC_NET_WORKER_POOL_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "net/thread_group.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Threads that run tasks in the order of submission. A task owns what it touches: Stop() may leave
/// its thread behind.
class WorkerPool {
 public:
  /// Starts the threads, once. On failure Stop() ends those that were started.
  absl::Status Start(std::size_t threads);

  /// Hands over a task, which must not throw. Dropped after Stop(). Thread-safe.
  void Submit(std::function<void()> task);

  /// Drops the tasks that wait, waits for those that run until `deadline`, and ends the threads.
  /// Returns how many were left behind in a task that had not returned.
  std::size_t Stop(std::chrono::steady_clock::time_point deadline);

 private:
  struct Queue {
    base::Mutex mutex;
    base::Condition changed;
    bool stopping VITALS_GUARDED_BY(mutex) = false;
    std::deque<std::function<void()>> tasks VITALS_GUARDED_BY(mutex);
  };

  static void RunTasks(Queue& queue);

  std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
  ThreadGroup threads_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_WORKER_POOL_H_
