#include "examples/job_worker/worker_pool.h"

#include <pthread.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "examples/job_worker/span_status.h"
#include "fmt/format.h"
#include "spdlog/spdlog.h"
#include "vitals/metrics/scoped_timer.h"

namespace job_worker {
namespace {

vitals::Tracer GetTracer(vitals::TracerProvider* tracers, std::string_view component) {
  return tracers == nullptr ? vitals::Tracer() : tracers->GetTracer(component);
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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
                       vitals::TracerProvider* tracers,
                       std::vector<std::unique_ptr<Handler>> handlers)
    : options_(options),
      registry_(registry),
      tracer_(GetTracer(tracers, "worker")),
      metrics_(registry),
      queue_(options.queue_capacity, metrics_.queue_depth(), tracer_),
      workers_(options.threads) {
  operations_.reserve(handlers.size());
  for (std::unique_ptr<Handler>& handler : handlers) {
    const std::string_view name = handler->name();
    Operation operation{.handler = std::move(handler),
                        .metrics = metrics_.ForOperation(name),
                        .tracer = GetTracer(tracers, name),
                        .span_name = vitals::InternName(name)};
    operation.handler->Start(MakeContext(operation.tracer));
    operations_.push_back(std::move(operation));
  }
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this, i] { Work(i); });
}

WorkerPool::~WorkerPool() { Stop(std::chrono::milliseconds::zero()); }

// [trace]
std::unique_ptr<vitals::Span> WorkerPool::StartTrace(const Job& job) {
  // Under no parent it begins a trace; detached it is bound to no thread, and goes with the job.
  auto span = std::make_unique<vitals::Span>(
      tracer_, job.operation->span_name,
      vitals::SpanOptions{.parent = vitals::SpanContext(), .detached = true});
  span->SetAttribute("job.id", next_job_id_++);
  span->SetAttribute("job.operation", job.operation->handler->name());
  span->SetAttribute("file.path", job.path.native());
  const vitals::SpanContext submitter = vitals::CurrentSpanContext();
  if (submitter.IsValid()) span->AddLink(submitter);
  return span;
}
// [/trace]

bool WorkerPool::Submit(Job job) {
  job.span = StartTrace(job);
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
    const std::deque<Job> dropped_jobs = queue_.Clear();
    for (const Job& job : dropped_jobs) {
      job.span->SetStatus(vitals::SpanStatus::kError, "dropped: the worker stopped");
    }
    dropped = dropped_jobs.size();
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

std::optional<std::size_t> WorkerPool::DismissWorker() {
  const std::lock_guard lock(mutex_);
  for (std::size_t number = workers_.size(); number-- > 0;) {
    if (workers_[number].dismissed()) continue;
    queue_.Dismiss(workers_[number]);
    return number;
  }
  return std::nullopt;
}

std::uint64_t WorkerPool::ended_jobs() const {
  const std::lock_guard lock(mutex_);
  return ended_jobs_;
}

void WorkerPool::Work(std::size_t number) {
  pthread_setname_np(pthread_self(), fmt::format("worker {}", number).c_str());
  WorkerState& state = workers_[number];
  while (const std::optional<Job> job = queue_.Pop(state)) {
    state.BeginJob();
    Execute(*job);
    state.EndJob();
    const std::lock_guard lock(mutex_);
    --unfinished_;
    ++ended_jobs_;
    changed_.notify_all();
  }
  state.End();
}

// [execute]
void WorkerPool::Execute(const Job& job) {
  const vitals::InFlightGuard active(metrics_.active_jobs());
  // The job goes on here: spans of this thread are below it, and exemplars and log lines lead to
  // it.
  job.span->Attach();
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::string> outcome = RunAttempts(job);
  job.operation->metrics.RecordJob(StatusOfOutcome(outcome.status()), SecondsSince(start));
  LogOutcome(job, outcome);
  RecordStatus(*job.span, outcome.status()).IgnoreError();
  job.span->End();
}
// [/execute]

absl::StatusOr<std::string> WorkerPool::RunAttempts(const Job& job) {
  const JobContext context = MakeContext(job.operation->tracer);
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<std::string> outcome = RunAttempt(job, attempt, context);
    const bool failed = StatusOfOutcome(outcome.status()) == JobStatus::kFailed;
    if (!failed || attempt == options_.max_attempts) return outcome;
    job.span->AddEvent("retry", {{"job.attempt", attempt + 1}});
  }
}

absl::StatusOr<std::string> WorkerPool::RunAttempt(const Job& job, int attempt,
                                                   const JobContext& context) {
  vitals::Span span = tracer_.StartSpan("attempt", vitals::SpanKind::kConsumer);
  span.SetAttribute("job.attempt", attempt);
  const Clock::time_point start = Clock::now();
  absl::StatusOr<std::string> outcome = RunHandler(job, context);
  job.operation->metrics.RecordHandler(outcome.ok(), SecondsSince(start));
  RecordStatus(span, outcome.status()).IgnoreError();
  return outcome;
}

JobContext WorkerPool::MakeContext(const vitals::Tracer& tracer) const {
  return JobContext(registry_, tracer, metrics_, stop_deadline_,
                    Clock::now() + options_.job_timeout);
}

}  // namespace job_worker
