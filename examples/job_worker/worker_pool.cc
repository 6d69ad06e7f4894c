#include "examples/job_worker/worker_pool.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "spdlog/spdlog.h"
#include "vitals/metrics/scoped_timer.h"

namespace job_worker {
namespace {

/// Runs a handler; what it throws fails the job, not the worker.
absl::StatusOr<std::string> RunHandler(const Job& job, const JobContext& context) {
  try {
    if (absl::Status status = context.CheckDeadline(); !status.ok()) return status;
    return job.operation->handler->Run(job.path, context);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

void LogOutcome(const Job& job, const absl::StatusOr<std::string>& outcome) {
  const std::string_view operation = job.operation->handler->name();
  if (outcome.ok()) {
    spdlog::debug("{} {}: {}", operation, job.path.string(), *outcome);
  } else {
    const std::string reason(outcome.status().message());
    spdlog::warn("{} {}: {}", operation, job.path.string(), reason);
  }
}

}  // namespace

WorkerPool::WorkerPool(const PoolOptions& options, vitals::Registry& registry,
                       std::vector<std::unique_ptr<Handler>> handlers)
    : options_(options),
      registry_(registry),
      metrics_(registry),
      queue_(options.queue_capacity, metrics_.queue_depth()) {
  operations_.reserve(handlers.size());
  for (std::unique_ptr<Handler>& handler : handlers) {
    handler->Start(MakeContext());
    OperationMetrics metrics = metrics_.ForOperation(handler->name());
    operations_.push_back({std::move(handler), metrics});
  }
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(std::chrono::milliseconds::zero()); }

bool WorkerPool::Submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    ++unfinished_;
  }
  if (queue_.Push(std::move(job))) return true;
  const std::lock_guard lock(mutex_);
  --unfinished_;
  changed_.notify_all();
  return false;
}

void WorkerPool::WaitIdle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return unfinished_ == 0; });
}

std::size_t WorkerPool::Stop(std::chrono::milliseconds drain_time) {
  queue_.Close();
  std::size_t dropped = 0;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, drain_time, [this] { return unfinished_ == 0 || abandoned_; });
    dropped = queue_.Clear();
    unfinished_ -= dropped;
    changed_.notify_all();
  }
  stop_deadline_.Set(Clock::now());
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return dropped;
}

void WorkerPool::Abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

void WorkerPool::Work() {
  while (const std::optional<Job> job = queue_.Pop()) {
    Execute(*job);
    const std::lock_guard lock(mutex_);
    --unfinished_;
    changed_.notify_all();
  }
}

void WorkerPool::Execute(const Job& job) {
  const vitals::InFlightGuard active(metrics_.active_jobs());
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::string> outcome = RunHandler(job, MakeContext());
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  job.operation->metrics.RecordHandler(outcome.ok(), seconds);
  job.operation->metrics.RecordJob(StatusOfOutcome(outcome.status()), seconds);
  LogOutcome(job, outcome);
}

JobContext WorkerPool::MakeContext() const {
  return JobContext(registry_, metrics_, stop_deadline_, Clock::now() + options_.job_timeout);
}

}  // namespace job_worker
