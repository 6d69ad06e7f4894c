#ifndef VITALS_EXAMPLES_JOB_WORKER_STOP_EVENT_H_
#define VITALS_EXAMPLES_JOB_WORKER_STOP_EVENT_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace job_worker {

/// Someone wants the worker to stop; others wait for that. Thread-safe.
class StopEvent {
 public:
  /// Requests the stop. Whether this was the first request: its reason is the one that is kept.
  bool Request(std::string reason) {
    const std::lock_guard lock(mutex_);
    if (requested_) return false;
    requested_ = true;
    reason_ = std::move(reason);
    changed_.notify_all();
    return true;
  }

  /// Waits for the request, at most until `deadline`; whether it came.
  bool WaitUntil(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [this] { return requested_; });
  }

  /// Waits for the request.
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return requested_; });
  }

  /// Why it was requested; empty while it was not.
  std::string reason() {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  std::string reason_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_STOP_EVENT_H_
