#include "vitals/base/clock.h"

VITALS_NAMESPACE_BEGIN
namespace {

class SystemClock final : public Clock {
 public:
  WallTime Now() const noexcept override { return std::chrono::system_clock::now(); }
  MonotonicTime MonotonicNow() const noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace

Clock& Clock::System() noexcept {
  // Leaked: series are made in static destructors too.
  static auto* const clock = new SystemClock;
  return *clock;
}

VITALS_NAMESPACE_END
