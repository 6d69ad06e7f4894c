#ifndef VITALS_TESTS_HEALTH_GATE_H_
#define VITALS_TESTS_HEALTH_GATE_H_

#include <condition_variable>
#include <mutex>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// Where checks and subscribers hang until the test opens it. Thread-safe.
class Gate {
 public:
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++came_;
    changed_.wait(lock, [this] { return open_; });
  }

  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  /// How many came here, whether they have passed or not.
  int came() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return came_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int came_ = 0;
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTS_HEALTH_GATE_H_
