#ifndef VITALS_BASE_CLOCK_H_
#define VITALS_BASE_CLOCK_H_

#include <chrono>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// Tells the time to whatever depends on it, so that tests decide what time it is: see FakeClock in
/// "vitals/testing/fake_clock.h". Thread-safe.
class VITALS_EXPORT Clock {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  using MonotonicTime = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;

  /// The time of day. It may jump when someone sets the clock.
  virtual WallTime Now() const noexcept = 0;

  /// A time that only goes forward, for durations.
  virtual MonotonicTime MonotonicNow() const noexcept = 0;

  /// The system's clocks. Never destroyed.
  static Clock& System() noexcept;
};

VITALS_NAMESPACE_END

#endif  // VITALS_BASE_CLOCK_H_
