#ifndef VITALS_SRC_TRACE_TIMELINE_H_
#define VITALS_SRC_TRACE_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/tick_clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Tells which wall time a tick was. A chain of straight lines, one for each time that both clocks
/// were compared; a line is never changed once it is there:
///
///     unix ns                    _____---*--  follows the clocks, a little steeper to catch up
///                     ____---*---   line 3
///          ___*----       line 2
///      *---   line 1
///      +------+------------+---------+-----> ticks
///
/// So what was told of a tick stays true, and later ticks are never told an earlier time. Where the
/// wall clock was set forward by more than a millisecond the next line starts there; where it was
/// set back, lines are up to 0.05% flatter until it has been met, as adjtime(3) does.
///
/// Not thread-safe.
class VITALS_EXPORT Timeline {
 public:
  /// Compares the clocks for the first time, which takes 0.2 ms where ticks are no nanoseconds.
  /// `clock` must outlive it.
  explicit Timeline(const base::TickClock& clock);

  /// Reads the clocks again, and adds a line where that is due: every second, and while it is
  /// younger than that, each time that its age has doubled. Call it before UnixNanoseconds().
  void Advance();

  /// The wall time of a tick that is not later than the last Advance() by much, in nanoseconds
  /// since 1970.
  std::uint64_t UnixNanoseconds(std::uint64_t ticks) const noexcept;

 private:
  struct Reading {
    std::uint64_t ticks;
    std::uint64_t monotonic_ns;
    std::uint64_t unix_ns;
  };

  struct Line {
    std::uint64_t start_ticks;
    std::uint64_t start_ns;
    double ns_per_tick;

    std::uint64_t At(std::uint64_t ticks) const noexcept;
  };

  Reading Read() const noexcept;
  double NanosecondsPerTick(const Reading& from, const Reading& to) const noexcept;
  void AddLine(const Reading& reading);

  const base::TickClock& clock_;
  Reading previous_;        // what the length of a tick is measured from
  std::deque<Line> lines_;  // oldest first
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TIMELINE_H_
