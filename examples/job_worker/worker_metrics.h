#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_METRICS_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_METRICS_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "vitals/metrics/registry.h"

/// \file
/// Every metric of the worker itself. A handler's own metrics are beside the handler.

namespace job_worker {

/// How a job ended.
enum class JobStatus : std::size_t { kCompleted, kFailed, kTimeout };

/// Values of the label `status`, by JobStatus.
inline constexpr std::array<std::string_view, 3> kJobStatusNames = {"completed", "failed",
                                                                    "timeout"};

/// What is recorded about the jobs of one operation. The handles are looked up once, so that a job
/// costs a few additions; and its series are there from the start, so that the first failure is
/// seen as a rise from 0. What is recorded leads to the span under which it is, by an exemplar.
class OperationMetrics {
 public:
  /// Records one job that ended.
  void RecordJob(JobStatus status, double seconds) const;

  /// Records one run of the operation's handler.
  void RecordHandler(bool success, double seconds) const;

 private:
  friend class WorkerMetrics;

  std::array<vitals::Counter, kJobStatusNames.size()> jobs_;
  std::array<vitals::Histogram, kJobStatusNames.size()> job_seconds_;
  vitals::Counter handler_successes_;
  vitals::Counter handler_errors_;
  vitals::Histogram handler_seconds_;
};

/// The worker's families in a registry. Copies record to the same series. Thread-safe.
class WorkerMetrics {
 public:
  /// Adds the families to `registry`, or finds them there. A name that is taken by something else
  /// is a mistake in the program, and throws absl::BadStatusOrAccess.
  explicit WorkerMetrics(vitals::Registry& registry);

  /// The handles of one operation.
  OperationMetrics ForOperation(std::string_view operation) const;

  const vitals::Gauge& active_jobs() const { return active_jobs_; }
  const vitals::Gauge& queue_depth() const { return queue_depth_; }
  const vitals::Counter& disk_read_bytes() const { return disk_read_bytes_; }
  const vitals::Counter& disk_write_bytes() const { return disk_write_bytes_; }

 private:
  vitals::Family<vitals::Counter, 2> jobs_;
  vitals::Family<vitals::Histogram, 2> job_seconds_;
  vitals::Family<vitals::Counter, 2> handler_executions_;
  vitals::Family<vitals::Histogram, 1> handler_seconds_;
  vitals::Gauge active_jobs_;
  vitals::Gauge queue_depth_;
  vitals::Counter disk_read_bytes_;
  vitals::Counter disk_write_bytes_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_METRICS_H_
