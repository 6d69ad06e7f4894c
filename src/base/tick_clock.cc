#include "base/tick_clock.h"

#include <chrono>
#include <fstream>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

VITALS_NAMESPACE_BEGIN
namespace base {
namespace {

bool CounterIsInvariant() noexcept {
#if defined(__x86_64__)
  // AMD64 Architecture Programmer's Manual, volume 3, CPUID Fn8000_0007_EDX[8]; Intel SDM, volume
  // 2, CPUID 80000007H.
  constexpr unsigned kLeaf = 0x80000007;
  constexpr unsigned kInvariant = 1U << 8;
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(kLeaf, &eax, &ebx, &ecx, &edx) != 0 && (edx & kInvariant) != 0;
#else
  return false;
#endif
}

bool KernelTrustsCounter() noexcept {
  try {
    std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    std::string source;
    return std::getline(file, source) && source == "tsc";
  } catch (const std::exception&) {
    return false;
  }
}

template <typename TimePoint>
std::uint64_t SinceEpoch(TimePoint time) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

}  // namespace

bool TimeStampCounterIsReliable() noexcept {
  static const bool reliable = CounterIsInvariant() && KernelTrustsCounter();
  return reliable;
}

TickClock::TickClock(const Clock* clock) noexcept
    : clock_(clock == nullptr ? &Clock::System() : clock),
      counter_(clock == nullptr && TimeStampCounterIsReliable()) {}

std::uint64_t TickClock::MonotonicNanoseconds() const noexcept {
  return SinceEpoch(clock_->MonotonicNow());
}

std::uint64_t TickClock::UnixNanoseconds() const noexcept { return SinceEpoch(clock_->Now()); }

}  // namespace base
VITALS_NAMESPACE_END
