#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_SIGNALS_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_SIGNALS_H_

#include <atomic>
#include <functional>
#include <thread>

namespace job_worker {

/// Blocks SIGINT, SIGTERM and SIGUSR1. Call it before any thread is started, so that all of them
/// inherit it; what arrives then waits for WorkerSignals.
void BlockWorkerSignals();

/// Turns SIGINT, SIGTERM and SIGUSR1 into calls of a function, on a thread where it may do
/// anything.
class WorkerSignals {
 public:
  /// `on_signal` gets the number of each signal that arrives.
  explicit WorkerSignals(std::function<void(int)> on_signal);

  /// Ends the thread. The signals stay blocked.
  ~WorkerSignals();

  WorkerSignals(const WorkerSignals&) = delete;
  WorkerSignals& operator=(const WorkerSignals&) = delete;

 private:
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_SIGNALS_H_
