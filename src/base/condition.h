#ifndef VITALS_SRC_BASE_CONDITION_H_
#define VITALS_SRC_BASE_CONDITION_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/mutex.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// std::condition_variable for a Mutex that the caller holds. Waits end without cause, as
/// there.
class Condition {
 public:
  Condition() { std::construct_at(&condition_); }
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // Not destroyed: glibc's destructor waits for waiters, which a fork child has lost, and frees
  // nothing.
  ~Condition() {}  // NOLINT(modernize-use-equals-default): a union's member has a destructor

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
  union {
    std::condition_variable condition_;  // NOLINT(readability-identifier-naming): not public
  };
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_CONDITION_H_
