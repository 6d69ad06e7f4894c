#ifndef VITALS_SRC_METRICS_EXCLUSIVE_CALL_H_
#define VITALS_SRC_METRICS_EXCLUSIVE_CALL_H_

#include <chrono>
#include <cstdint>
#include <thread>

#include "base/condition.h"
#include "metrics/cells.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Calls foreign code by one thread at a time, and lets nobody wait for long when it hangs. Its
/// state is guarded by structure_mutex, which is never held during a call.
class ExclusiveCall {
 public:
  /// A turn to call; look at its state first.
  class Turn {
   public:
    enum class State {
      kMine,    ///< call now; the turn ends with this object
      kBusy,    ///< another call has taken longer than the timeout, or this thread is in it
      kClosed,  ///< never again
    };

    Turn(ExclusiveCall& call, std::chrono::nanoseconds timeout) VITALS_EXCLUDES(structure_mutex);
    ~Turn() VITALS_EXCLUDES(structure_mutex);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    State state() const { return state_; }

   private:
    ExclusiveCall& call_;
    State state_;
  };

  /// Waits for the call that runs, unless this thread is in it; there is none after that. Whether
  /// this thread is.
  bool Close() VITALS_EXCLUDES(structure_mutex);

  bool closed() const VITALS_REQUIRES(structure_mutex) { return closed_; }

 private:
  bool IsRunning() const noexcept VITALS_REQUIRES(structure_mutex);

  bool running_ VITALS_GUARDED_BY(structure_mutex) = false;
  bool closed_ VITALS_GUARDED_BY(structure_mutex) = false;
  std::uint64_t process_ VITALS_GUARDED_BY(structure_mutex) = 0;  // its fork generation
  std::thread::id runner_ VITALS_GUARDED_BY(structure_mutex);
  std::chrono::steady_clock::time_point since_ VITALS_GUARDED_BY(structure_mutex);
  base::Condition changed_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_EXCLUSIVE_CALL_H_
