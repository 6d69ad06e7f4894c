#ifndef VITALS_SRC_TELEMETRY_MAINTENANCE_H_
#define VITALS_SRC_TELEMETRY_MAINTENANCE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"

VITALS_NAMESPACE_BEGIN

/// Calls RunMaintenance() of registries from time to time. Thread-safe. In a fork child it is off.
class Maintenance {
 public:
  /// 0 for never, but by Run().
  explicit Maintenance(std::chrono::milliseconds interval);
  ~Maintenance() { Stop(); }

  /// Maintains this one too, for as long as it lives.
  void Add(const std::shared_ptr<Registry>& registry);

  /// Starts the thread that does it. Does nothing with an interval of 0.
  absl::Status StartThread();

  /// Does it now.
  void Run();

  /// Does it if the interval is over, for hosts that have no thread of ours.
  void RunIfDue();

  /// Ends the thread.
  void Stop();

 private:
  // Whether the thread is to go on, once the interval is over.
  bool WaitForNext();

  const std::chrono::milliseconds interval_;
  const std::uint64_t fork_generation_;
  base::Mutex mutex_;
  base::Condition changed_;
  bool stopping_ VITALS_GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point next_ VITALS_GUARDED_BY(mutex_){};
  std::vector<std::weak_ptr<Registry>> registries_ VITALS_GUARDED_BY(mutex_);
  base::Thread thread_ VITALS_GUARDED_BY(mutex_);
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_MAINTENANCE_H_
