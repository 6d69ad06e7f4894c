#ifndef VITALS_EXAMPLES_JOB_WORKER_STOP_SIGNALS_H_
#define VITALS_EXAMPLES_JOB_WORKER_STOP_SIGNALS_H_

#include <atomic>
#include <functional>
#include <thread>

namespace job_worker {

/// Blocks SIGINT and SIGTERM. Call it before any thread is started, so that all of them inherit it;
/// what arrives then waits for StopSignals.
void BlockStopSignals();

/// Turns SIGINT and SIGTERM into calls of a function, on a thread where it may do anything.
class StopSignals {
 public:
  /// `on_signal` gets the number of each signal that arrives.
  explicit StopSignals(std::function<void(int)> on_signal);

  /// Ends the thread. The signals stay blocked.
  ~StopSignals();

  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_STOP_SIGNALS_H_
