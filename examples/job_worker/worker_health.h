#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_HEALTH_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_HEALTH_H_

#include <chrono>
#include <filesystem>
#include <memory>

#include "absl/status/status.h"
#include "examples/job_worker/worker_pool.h"
#include "vitals/health/health_monitor.h"

/// \file
/// Every component of the worker that has a health:
///
///     workers         how many of the threads do their work: degraded when some do not, and
///                     unhealthy when none does
///     workers/0, ...  each thread: it must not have ended, nor be at one job for too long
///     queue/age       the job that waits longest
///     queue/progress  jobs must end while others wait
///     scratch         space where compressed files are written; only that operation needs it
///     process         memory and file descriptors

namespace job_worker {

/// What the components are held against.
struct WorkerHealthOptions {
  /// A worker that is at one job for longer hangs; as long may no job end while others wait. 1 ms
  /// to 24 hours. More than the timeout of jobs, which handlers see to between two blocks.
  std::chrono::nanoseconds max_job_time = std::chrono::seconds(70);
  /// Where compressed files are written.
  std::filesystem::path scratch;
};

/// Adds the components. Their checks own `pool` with others, so that none of them ever looks at one
/// that is gone. Fails as HealthMonitor::AddCheck() does.
absl::Status AddHealthChecks(const std::shared_ptr<const WorkerPool>& pool,
                             const WorkerHealthOptions& options, vitals::HealthMonitor& monitor);

/// The workers are going to end because they are told to, which is no failure: removes each of
/// them, and shows all together as degraded, "stopping".
void ShowStopping(const WorkerPool& pool, vitals::HealthMonitor& monitor);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_HEALTH_H_
