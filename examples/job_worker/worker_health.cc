#include "examples/job_worker/worker_health.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "vitals/health/disk_space_check.h"
#include "vitals/health/item_age_check.h"
#include "vitals/health/process_resource_check.h"
#include "vitals/health/progress_check.h"

namespace job_worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using vitals::HealthCheckOptions;
using vitals::HealthMonitor;
using vitals::HealthResult;

constexpr char kWorkers[] = "workers";

/// A failure shows within three intervals and a timeout: soon enough to be watched. A host with
/// much to check asks less often.
constexpr HealthCheckOptions CheckOptions() {
  HealthCheckOptions options;
  options.interval = std::chrono::seconds(1);
  options.timeout = milliseconds(500);
  return options;
}

std::string WorkerName(std::size_t number) { return fmt::format("{}/{}", kWorkers, number); }

HealthResult CheckWorker(const WorkerState& worker, nanoseconds max_job_time) {
  if (worker.ended()) return HealthResult::Unhealthy("the thread has ended");
  const auto age = worker.job_age();
  if (!age.has_value() || *age <= max_job_time) return HealthResult::Healthy();
  const auto seconds = [](nanoseconds time) { return std::chrono::duration<double>(time).count(); };
  return HealthResult::Unhealthy(fmt::format("at one job for {:.0f} s (limit {:.0f} s)",
                                             seconds(*age), seconds(max_job_time)));
}

HealthResult CheckWorkers(const WorkerPool& pool, nanoseconds max_job_time) {
  const auto failed =
      std::count_if(pool.workers().begin(), pool.workers().end(), [&](const WorkerState& worker) {
        return CheckWorker(worker, max_job_time).status == vitals::HealthStatus::kUnhealthy;
      });
  if (failed == 0) return HealthResult::Healthy();
  const std::size_t workers = pool.workers().size();
  const std::string reason = fmt::format("{} of {} workers do not work", failed, workers);
  return static_cast<std::size_t>(failed) < workers ? HealthResult::Degraded(reason)
                                                    : HealthResult::Unhealthy(reason);
}

absl::Status AddWorkers(const std::shared_ptr<const WorkerPool>& pool, nanoseconds max_job_time,
                        HealthMonitor& monitor) {
  // The process serves for as long as one worker does; where none does, only a restart helps.
  HealthCheckOptions all = CheckOptions();
  all.groups = {vitals::kReadyGroup, vitals::kLiveGroup};
  all.initial_status = vitals::HealthStatus::kHealthy;
  absl::Status status = monitor.AddCheck(
      kWorkers, [pool, max_job_time] { return CheckWorkers(*pool, max_job_time); }, all);

  HealthCheckOptions each = CheckOptions();
  each.critical = false;
  for (std::size_t number = 0; number < pool->workers().size(); ++number) {
    const auto check = [pool, number, max_job_time] {
      return CheckWorker(pool->workers()[number], max_job_time);
    };
    status.Update(monitor.AddCheck(WorkerName(number), check, each));
  }
  return status;
}

/// The depth of the queue is not looked at: its source waits for room, so that it is full whenever
/// there is much to do.
absl::Status AddQueue(const std::shared_ptr<const WorkerPool>& pool, nanoseconds max_job_time,
                      HealthMonitor& monitor) {
  auto age =
      vitals::ItemAgeCheck::Create({.oldest_age = [pool] { return pool->queue().oldest_age(); },
                                    .max_age = {.degraded = std::chrono::minutes(1)}});
  if (!age.ok()) return age.status();
  auto progress = vitals::ProgressCheck::Create({.processed = [pool] { return pool->ended_jobs(); },
                                                 .waiting = [pool] { return pool->queue().size(); },
                                                 .stall_timeout = max_job_time});
  if (!progress.ok()) return progress.status();
  absl::Status status = monitor.AddCheck("queue/age", *std::move(age), CheckOptions());
  status.Update(monitor.AddCheck("queue/progress", *std::move(progress), CheckOptions()));
  return status;
}

/// Limits are in bytes, as the files that are written are: a share of a large disk is much room.
absl::Status AddScratch(const std::filesystem::path& scratch, HealthMonitor& monitor) {
  auto space = vitals::DiskSpaceCheck::Create(
      {.path = scratch,
       .min_free_bytes = {.degraded = std::uint64_t{1} << 30, .unhealthy = std::uint64_t{1} << 26},
       .min_free_ratio = {}});
  if (!space.ok()) return space.status();
  HealthCheckOptions options = CheckOptions();
  options.critical = false;
  return monitor.AddCheck("scratch", *std::move(space), options);
}

absl::Status AddProcess(HealthMonitor& monitor) {
  auto resources = vitals::ProcessResourceCheck::Create();
  if (!resources.ok()) return resources.status();
  return monitor.AddCheck("process", *std::move(resources), CheckOptions());
}

}  // namespace

absl::Status AddHealthChecks(const std::shared_ptr<const WorkerPool>& pool,
                             const WorkerHealthOptions& options, HealthMonitor& monitor) {
  absl::Status status = AddWorkers(pool, options.max_job_time, monitor);
  status.Update(AddQueue(pool, options.max_job_time, monitor));
  status.Update(AddScratch(options.scratch, monitor));
  status.Update(AddProcess(monitor));
  return status;
}

void ShowStopping(const WorkerPool& pool, HealthMonitor& monitor) {
  for (std::size_t number = 0; number < pool.workers().size(); ++number) {
    monitor.Remove(WorkerName(number)).IgnoreError();
  }
  if (const auto workers = monitor.GetReporter(kWorkers); workers.ok()) {
    workers->Hold(vitals::HealthStatus::kDegraded, "stopping");
  }
}

}  // namespace job_worker
