#ifndef VITALS_SRC_NET_CONDITION_H_
#define VITALS_SRC_NET_CONDITION_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/mutex.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// std::condition_variable for a base::Mutex that the caller holds. Waits end without cause, as
/// there.
class Condition {
 public:
  void Wait(base::Mutex& mutex) VITALS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  void WaitUntil(base::Mutex& mutex, std::chrono::steady_clock::time_point deadline)
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

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_CONDITION_H_
