#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "examples/job_worker/job_queue.h"
#include "examples/job_worker/worker_state.h"
#include "vitals/trace/tracer_provider.h"

namespace job_worker {

/// How a pool works.
struct PoolOptions {
  std::size_t threads = 2;
  std::size_t queue_capacity = 64;
  /// A job that is not done by then is told to stop at its next block.
  std::chrono::milliseconds job_timeout = std::chrono::seconds(60);
  /// How often a job that fails is tried; one that runs out of time is not tried again.
  int max_attempts = 1;
};

/// Threads that take jobs from a bounded queue and record what became of them. Thread-safe.
///
/// Each job is a trace. Its root is open from the submission to the end, and has these below it,
/// one after the other; they are all of its time:
///
///     submit           on the submitting thread: waits for room in the queue
///     wait in queue    between the threads
///     attempt          on a thread of the pool, once for each; below it what the handler does
class WorkerPool {
 public:
  /// Starts the threads. `registry` outlives the pool. Without `tracers` nothing is traced.
  WorkerPool(const PoolOptions& options, vitals::Registry& registry,
             vitals::TracerProvider* tracers, std::vector<std::unique_ptr<Handler>> handlers);

  /// Stops, abandoning what waits.
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// What the pool can do, in the order of the handlers.
  const std::vector<Operation>& operations() const { return operations_; }

  /// Queues a job of one of these operations, waiting for room. Its trace has a link to the
  /// thread's current span. False when the pool stops.
  bool Submit(Job job);

  /// Waits until no job waits or runs.
  void WaitIdle();

  /// Takes no more jobs, works on those it has for at most `drain_time`, then drops what waits,
  /// ends what runs as timeouts, and joins the threads. Returns how many jobs it dropped.
  std::size_t Stop(std::chrono::milliseconds drain_time);

  /// Ends the drain time now.
  void Abandon();

  /// Ends the worker with the highest number of those that still take jobs, once its present job is
  /// done; the others go on. Returns its number, and nothing when none is left.
  std::optional<std::size_t> DismissWorker();

  /// What each thread is at, by its number.
  const std::vector<WorkerState>& workers() const { return workers_; }

  /// The jobs that wait.
  const JobQueue& queue() const { return queue_; }

  /// How many jobs have ended.
  std::uint64_t ended_jobs() const;

 private:
  std::unique_ptr<vitals::Span> StartTrace(const Job& job);
  void Work(std::size_t number);
  void Execute(const Job& job);
  absl::StatusOr<std::string> RunAttempts(const Job& job);
  absl::StatusOr<std::string> RunAttempt(const Job& job, int attempt, const JobContext& context);
  JobContext MakeContext(const vitals::Tracer& tracer) const;

  const PoolOptions options_;
  vitals::Registry& registry_;
  const vitals::Tracer tracer_;
  const WorkerMetrics metrics_;
  StopDeadline stop_deadline_;
  std::vector<Operation> operations_;
  JobQueue queue_;
  std::atomic<std::uint64_t> next_job_id_ = 1;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t unfinished_ = 0;  // jobs that wait or run
  std::uint64_t ended_jobs_ = 0;
  bool abandoned_ = false;

  std::vector<WorkerState> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_POOL_H_
