#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_STATE_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_STATE_H_

#include <atomic>
#include <chrono>
#include <optional>

#include "examples/job_worker/job_context.h"

namespace job_worker {

/// What one thread of the pool is at. The thread writes it, and whoever watches the thread reads
/// it, also while a job hangs. Thread-safe.
class WorkerState {
 public:
  void BeginJob() { job_start_ = Clock::now().time_since_epoch().count(); }
  void EndJob() { job_start_ = kNoJob; }
  void Dismiss() { dismissed_ = true; }
  void End() { ended_ = true; }

  /// Whether it is to take no more jobs.
  bool dismissed() const { return dismissed_; }

  /// Whether the thread has ended.
  bool ended() const { return ended_; }

  /// For how long it has been at its present job; none between two jobs.
  std::optional<std::chrono::nanoseconds> job_age() const {
    const Clock::rep start = job_start_;
    if (start == kNoJob) return std::nullopt;
    return Clock::now().time_since_epoch() - Clock::duration(start);
  }

 private:
  static constexpr Clock::rep kNoJob = Clock::time_point::min().time_since_epoch().count();

  std::atomic<Clock::rep> job_start_ = kNoJob;
  std::atomic<bool> dismissed_ = false;
  std::atomic<bool> ended_ = false;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_STATE_H_
