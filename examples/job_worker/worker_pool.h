#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "examples/job_worker/job_queue.h"

namespace job_worker {

/// How a pool works.
struct PoolOptions {
  std::size_t threads = 2;
  std::size_t queue_capacity = 64;
  /// A job that is not done by then is told to stop at its next block.
  std::chrono::milliseconds job_timeout = std::chrono::seconds(60);
};

/// Threads that take jobs from a bounded queue and record what became of them. Thread-safe.
class WorkerPool {
 public:
  /// Starts the threads. `registry` outlives the pool.
  WorkerPool(const PoolOptions& options, vitals::Registry& registry,
             std::vector<std::unique_ptr<Handler>> handlers);

  /// Stops, abandoning what waits.
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// What the pool can do, in the order of the handlers.
  const std::vector<Operation>& operations() const { return operations_; }

  /// Queues a job of one of these operations, waiting for room. False when the pool stops.
  bool Submit(Job job);

  /// Waits until no job waits or runs.
  void WaitIdle();

  /// Takes no more jobs, works on those it has for at most `drain_time`, then drops what waits,
  /// ends what runs as timeouts, and joins the threads. Returns how many jobs it dropped.
  std::size_t Stop(std::chrono::milliseconds drain_time);

  /// Ends the drain time now.
  void Abandon();

 private:
  void Work();
  void Execute(const Job& job);
  JobContext MakeContext() const;

  const PoolOptions options_;
  vitals::Registry& registry_;
  const WorkerMetrics metrics_;
  StopDeadline stop_deadline_;
  std::vector<Operation> operations_;
  JobQueue queue_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t unfinished_ = 0;  // jobs that wait or run
  bool abandoned_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_
