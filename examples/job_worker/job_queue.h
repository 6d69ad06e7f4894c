#ifndef VITALS_EXAMPLES_JOB_WORKER_JOB_QUEUE_H_
#define VITALS_EXAMPLES_JOB_WORKER_JOB_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "examples/job_worker/job.h"
#include "examples/job_worker/worker_state.h"
#include "vitals/trace/tracer.h"

namespace job_worker {

/// Jobs that wait for a thread, first in, first out, and never more than a fixed number: a source
/// that is faster than the workers waits. Thread-safe.
class JobQueue {
 public:
  /// `depth` shows at every moment how many jobs wait. `capacity` > 0. Spans of `tracer` show in
  /// the trace of each job how long its producer waited for room, and how long it waited itself.
  JobQueue(std::size_t capacity, const vitals::Gauge& depth, const vitals::Tracer& tracer)
      : capacity_(capacity), depth_(depth), tracer_(tracer) {}

  /// Adds a job, waiting for room. False when the queue is closed: the job is not taken.
  bool Push(Job job);

  /// Takes the oldest job for `worker`, waiting for one. Nothing when the queue is closed and
  /// empty, or the worker was dismissed.
  std::optional<Job> Pop(const WorkerState& worker);

  /// Lets `worker` take no more jobs.
  void Dismiss(WorkerState& worker);

  /// Takes no more jobs. What waits can still be taken out.
  void Close();

  /// Takes out all that waits.
  std::deque<Job> Clear();

  /// How many jobs wait.
  std::size_t size() const;

  /// For how long the oldest job has waited; none when nothing waits.
  std::optional<std::chrono::nanoseconds> oldest_age() const;

 private:
  const std::size_t capacity_;
  const vitals::Gauge depth_;
  const vitals::Tracer tracer_;
  mutable std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<Job> jobs_;
  bool closed_ = false;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_QUEUE_H_
