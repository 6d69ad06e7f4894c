#ifndef VITALS_SRC_NET_DEADLINE_H_
#define VITALS_SRC_NET_DEADLINE_H_

#include <chrono>
#include <memory>

#include "boost/asio/basic_waitable_timer.hpp"
#include "net/server_core.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// One deadline that moves often. Moving it later costs a read of the clock: the timer below is
/// armed anew when it fires early, not at each move. Used on one strand.
class Deadline {
 public:
  explicit Deadline(const Strand& strand) : timer_(strand) {}

  /// Calls owner->OnDeadline() once, in `timeout` from now, unless it is moved or cleared before.
  template <typename Owner>
  void Set(std::chrono::milliseconds timeout, const std::shared_ptr<Owner>& owner) {
    time_ = Clock::now() + timeout;
    if (!waiting_ || time_ < timer_.expiry()) Wait(owner);
  }

  /// Forgets the deadline. The owner may be kept alive until it would have passed.
  void Clear() { time_ = Clock::time_point::max(); }

  /// Forgets the deadline and lets go of the owner.
  void Cancel() {
    Clear();
    timer_.cancel();
  }

 private:
  using Clock = std::chrono::steady_clock;

  template <typename Owner>
  void Wait(const std::shared_ptr<Owner>& owner) {
    waiting_ = true;
    timer_.expires_at(time_);
    timer_.async_wait([this, owner](boost::system::error_code error) {
      if (error) return;
      waiting_ = false;
      if (time_ == Clock::time_point::max()) return;
      if (Clock::now() < time_) return Wait(owner);
      Clear();
      owner->OnDeadline();
    });
  }

  boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Strand> timer_;
  Clock::time_point time_ = Clock::time_point::max();
  bool waiting_ = false;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_DEADLINE_H_
