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

/// Spans of blocks that the trace of one job has. A file of gigabytes has more blocks than a trace
/// can show; what they take beyond is time of the attempt.
inline constexpr std::size_t kMaxBlockSpans = 1000;

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

  /// Starts the span of a step that is there once for each block of a file. Beyond kMaxBlockSpans
  /// it records nothing.
  vitals::Span StartBlockSpan(vitals::InternedName name) const;

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
  mutable std::size_t block_spans_ = 0;  // of the one thread that does the job
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_CONTEXT_H_
