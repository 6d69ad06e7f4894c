#ifndef VITALS_SRC_BASE_CONDITION_H_
#define VITALS_SRC_BASE_CONDITION_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/mutex.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// std::condition_variable for a Mutex that the caller holds. Waits end without cause, as
/// there.
class Condition {
 public:
  void Wait(Mutex& mutex) VITALS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  void WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point deadline)
      VITALS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    condition_.wait_until(lock, deadline);
    lock.release();
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_CONDITION_H_
