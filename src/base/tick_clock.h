#ifndef VITALS_SRC_BASE_TICK_CLOCK_H_
#define VITALS_SRC_BASE_TICK_CLOCK_H_

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// Whether the processor's time-stamp counter tells the time: CPUID calls it invariant, and the
/// kernel trusts it enough to be its own clock source, hence the counters of all processors agree.
/// Decided once: a kernel that loses its trust later, as after a migration, is not noticed.
VITALS_EXPORT bool TimeStampCounterIsReliable() noexcept;

/// A clock whose reading is as cheap as can be: it counts ticks of a length that only a comparison
/// with another clock can tell (see trace::Timeline). Within a thread ticks never go back.
class TickClock {
 public:
  /// Nanoseconds of `clock`; without one the time-stamp counter where that is reliable, else
  /// nanoseconds of the system's monotonic clock. `clock` must outlive it.
  VITALS_EXPORT explicit TickClock(const Clock* clock) noexcept;

  /// Now: 10 ns with the time-stamp counter.
  std::uint64_t Now() const noexcept {
#if defined(__x86_64__)
    if (counter_) [[likely]] {
      return __rdtsc();
    }
#endif
    return MonotonicNanoseconds();
  }

  /// Whether a tick is a nanosecond of MonotonicNanoseconds().
  bool counts_nanoseconds() const noexcept { return !counter_; }

  /// The clocks that ticks are compared with: one that only goes forward, and that of the wall, in
  /// nanoseconds since 1970.
  VITALS_EXPORT std::uint64_t MonotonicNanoseconds() const noexcept;
  VITALS_EXPORT std::uint64_t UnixNanoseconds() const noexcept;

 private:
  const Clock* clock_;
  bool counter_;
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_TICK_CLOCK_H_
