#ifndef VITALS_TESTING_FAKE_CLOCK_H_
#define VITALS_TESTING_FAKE_CLOCK_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// A clock that stands still until a test moves it. Thread-safe.
///
///     auto clock = std::make_shared<vitals::testing::FakeClock>();
///     vitals::Registry registry({.clock = clock});
///     clock->Advance(std::chrono::seconds(12));
///     registry.RunMaintenance();
class FakeClock final : public Clock {
 public:
  /// Starts at 2020-01-01 00:00:00 UTC.
  FakeClock() : FakeClock(WallTime(std::chrono::seconds(1577836800))) {}
  explicit FakeClock(WallTime start) : start_(start) {}

  WallTime Now() const noexcept override {
    return start_ + std::chrono::duration_cast<WallTime::duration>(elapsed());
  }
  MonotonicTime MonotonicNow() const noexcept override { return MonotonicTime(elapsed()); }

  /// Moves both times on.
  void Advance(std::chrono::nanoseconds duration) noexcept {
    elapsed_ns_.fetch_add(duration.count(), std::memory_order_relaxed);
  }

 private:
  // Relaxed: a test that moves time while others read it orders them by itself.
  std::chrono::nanoseconds elapsed() const noexcept {
    return std::chrono::nanoseconds(elapsed_ns_.load(std::memory_order_relaxed));
  }

  const WallTime start_;
  std::atomic<std::int64_t> elapsed_ns_{0};
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_FAKE_CLOCK_H_
