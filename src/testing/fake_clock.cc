#include "vitals/testing/fake_clock.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

// std::atomic of a time point has no fetch_add.
template <typename Time>
void Add(std::atomic<Time>& time, typename Time::duration duration) noexcept {
  Time before = time.load();
  while (!time.compare_exchange_weak(before, before + duration)) {
  }
}

}  // namespace

void FakeClock::Advance(std::chrono::nanoseconds duration) noexcept {
  Add(wall_, std::chrono::duration_cast<WallTime::duration>(duration));
  Add(monotonic_, std::chrono::duration_cast<MonotonicTime::duration>(duration));
}

}  // namespace testing
VITALS_NAMESPACE_END
