#include "examples/job_worker/job_queue.h"

#include <utility>

namespace job_worker {

// The gauge is set under the lock: whoever sets it last knows the last size.

bool JobQueue::Push(Job job) {
  vitals::Span submit(tracer_, "submit",
                      {.kind = vitals::SpanKind::kProducer, .parent = job.context()});
  std::unique_lock lock(mutex_);
  not_full_.wait(lock, [this] { return closed_ || jobs_.size() < capacity_; });
  if (closed_) {
    submit.SetStatus(vitals::SpanStatus::kError, "the queue is closed");
    return false;
  }
  // Before another thread can have the job, so that one span begins where the other ends.
  submit.End();
  job.queued_at = tracer_.Now();
  job.waiting_since = Clock::now();
  jobs_.push_back(std::move(job));
  depth_.Set(static_cast<double>(jobs_.size()));
  not_empty_.notify_one();
  return true;
}

std::optional<Job> JobQueue::Pop(const WorkerState& worker) {
  std::unique_lock lock(mutex_);
  not_empty_.wait(lock, [&] { return closed_ || !jobs_.empty() || worker.dismissed(); });
  if (jobs_.empty() || worker.dismissed()) return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  depth_.Set(static_cast<double>(jobs_.size()));
  not_full_.notify_one();
  lock.unlock();
  // Neither thread could hold this span open while the job lay between them.
  vitals::Span(tracer_, "wait in queue", {.parent = job.context(), .start = job.queued_at}).End();
  return job;
}

void JobQueue::Dismiss(WorkerState& worker) {
  const std::lock_guard lock(mutex_);
  worker.Dismiss();
  // Also whoever would not have been told of a job because this worker was.
  not_empty_.notify_all();
}

void JobQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  not_full_.notify_all();
  not_empty_.notify_all();
}

std::deque<Job> JobQueue::Clear() {
  const std::lock_guard lock(mutex_);
  depth_.Set(0);
  not_full_.notify_all();
  return std::exchange(jobs_, {});
}

std::size_t JobQueue::size() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

std::optional<std::chrono::nanoseconds> JobQueue::oldest_age() const {
  const std::lock_guard lock(mutex_);
  if (jobs_.empty()) return std::nullopt;
  return Clock::now() - jobs_.front().waiting_since;
}

}  // namespace job_worker
