#ifndef VITALS_BENCH_PARKED_THREADS_H_
#define VITALS_BENCH_PARKED_THREADS_H_

#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

/// Threads that run a function once, on command, and then stay alive: what a thread costs can be
/// measured without what its start costs.
class ParkedThreads {
 public:
  /// Starts `count` threads; returns when all of them wait.
  ParkedThreads(std::size_t count, std::function<void()> work)
      : work_(std::move(work)), step_(static_cast<std::ptrdiff_t>(count) + 1) {
    for (std::size_t index = 0; index < count; ++index) {
      threads_.emplace_back([this] {
        step_.arrive_and_wait();  // started
        step_.arrive_and_wait();  // told to run
        work_();
        step_.arrive_and_wait();  // done
        step_.arrive_and_wait();  // told to end
      });
    }
    step_.arrive_and_wait();
  }

  /// Lets every thread run the function; returns when all are done. Call it once.
  void Run() {
    step_.arrive_and_wait();
    step_.arrive_and_wait();
  }

  /// Ends the threads. Run() must have been called.
  ~ParkedThreads() {
    step_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  ParkedThreads(const ParkedThreads&) = delete;
  ParkedThreads& operator=(const ParkedThreads&) = delete;

 private:
  std::function<void()> work_;
  std::barrier<> step_;
  std::vector<std::thread> threads_;
};

}  // namespace bench

#endif  // VITALS_BENCH_PARKED_THREADS_H_
