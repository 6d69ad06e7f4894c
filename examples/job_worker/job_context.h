#ifndef VITALS_EXAMPLES_JOB_WORKER_JOB_CONTEXT_H_
#define VITALS_EXAMPLES_JOB_WORKER_JOB_CONTEXT_H_

#include <atomic>
#include <chrono>
#include <cstddef>

#include "absl/status/status.h"
#include "examples/job_worker/worker_metrics.h"
#include "vitals/metrics/registry.h"
#include "vitals/trace/tracer.h"

namespace job_worker {

using Clock = std::chrono::steady_clock;

/// The moment after which every job of the pool has to give up; far away until the pool stops.
class StopDeadline {
 public:
  void Set(Clock::time_point when) { when_ = when.time_since_epoch().count(); }
  bool Passed(Clock::time_point now) const { return now.time_since_epoch().count() >= when_; }

 private:
  std::atomic<Clock::rep> when_ = Clock::time_point::max().time_since_epoch().count();
};

/// What a handler sees of the worker: what to record to, and how long it may go on.
class JobContext {
 public:
  /// All arguments outlive the context. `deadline` is the job's own.
  JobContext(vitals::Registry& registry, const vitals::Tracer& tracer, const WorkerMetrics& metrics,
             const StopDeadline& stop_deadline, Clock::time_point deadline)
      : registry_(registry),
        tracer_(tracer),
        metrics_(metrics),
        stop_deadline_(stop_deadline),
        deadline_(deadline) {}

  /// Where a handler adds families of its own. The same definition gives the same family, every
  /// time.
  vitals::Registry& registry() const { return registry_; }

  /// What a handler starts the spans of its steps with: they are part of the job's trace.
  const vitals::Tracer& tracer() const { return tracer_; }

  void CountBytesRead(std::size_t bytes) const { metrics_.disk_read_bytes().Increment(bytes); }
  void CountBytesWritten(std::size_t bytes) const { metrics_.disk_write_bytes().Increment(bytes); }

  /// OK while the job may go on, else DeadlineExceeded. Handlers ask between two blocks.
  absl::Status CheckDeadline() const;

 private:
  vitals::Registry& registry_;
  const vitals::Tracer tracer_;
  const WorkerMetrics& metrics_;
  const StopDeadline& stop_deadline_;
  Clock::time_point deadline_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_CONTEXT_H_
