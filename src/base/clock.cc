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
  // Never destroyed: series are made in static destructors too.
  static union Storage {
    Storage() : clock() {}
    ~Storage() {}  // NOLINT(modernize-use-equals-default): a union's member has a destructor
    SystemClock clock;
  } storage;
  return storage.clock;
}

VITALS_NAMESPACE_END
