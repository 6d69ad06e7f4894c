#include "net/worker_pool.h"

#include <utility>

VITALS_NAMESPACE_BEGIN
namespace net {

absl::Status WorkerPool::Start(std::size_t threads) {
  return threads_.Start("work", threads, [queue = queue_] { RunTasks(*queue); });
}

void WorkerPool::RunTasks(Queue& queue) {
  while (true) {
    std::function<void()> task;
    {
      const base::MutexLock lock(queue.mutex);
      while (queue.tasks.empty() && !queue.stopping) queue.changed.Wait(queue.mutex);
      if (queue.stopping) return;
      task = std::move(queue.tasks.front());
      queue.tasks.pop_front();
    }
    task();
  }
}

void WorkerPool::Submit(std::function<void()> task) {
  const base::MutexLock lock(queue_->mutex);
  if (queue_->stopping) return;
  queue_->tasks.push_back(std::move(task));
  queue_->changed.NotifyOne();
}

std::size_t WorkerPool::Stop(std::chrono::steady_clock::time_point deadline) {
  // Destroyed without the lock: a task may own the last reference to much.
  std::deque<std::function<void()>> dropped;
  {
    const base::MutexLock lock(queue_->mutex);
    queue_->stopping = true;
    dropped.swap(queue_->tasks);
    queue_->changed.NotifyAll();
  }
  threads_.WaitUntil(deadline);
  return threads_.JoinOrDetach();
}

}  // namespace net
VITALS_NAMESPACE_END
