#ifndef VITALS_TESTING_FAKE_CLOCK_H_
#define VITALS_TESTING_FAKE_CLOCK_H_

#include <atomic>
#include <chrono>

#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// A clock that stands still until the test moves it. Starts at 2000-01-01 00:00:00 UTC.
/// Thread-safe.
///
///     auto clock = std::make_shared<vitals::testing::FakeClock>();
///     vitals::Registry registry({.clock = clock});
///     clock->Advance(std::chrono::seconds(12));
///     registry.RunMaintenance();
class VITALS_EXPORT FakeClock final : public Clock {
 public:
  FakeClock() : FakeClock(WallTime(std::chrono::seconds(946'684'800))) {}
  explicit FakeClock(WallTime start) : wall_(start) {}

  WallTime Now() const noexcept override { return wall_.load(); }
  MonotonicTime MonotonicNow() const noexcept override { return monotonic_.load(); }

  /// Lets time pass on both clocks. `duration` is not negative.
  void Advance(std::chrono::nanoseconds duration) noexcept;

  /// Sets the time of day, as someone who corrects the clock: the monotonic time stays.
  void SetNow(WallTime now) noexcept { wall_.store(now); }

 private:
  std::atomic<WallTime> wall_;
  // Not at its epoch, which code may take for "never".
  std::atomic<MonotonicTime> monotonic_{MonotonicTime(std::chrono::hours(1))};
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_FAKE_CLOCK_H_
