#ifndef VITALS_METRICS_UP_DOWN_COUNTER_H_
#define VITALS_METRICS_UP_DOWN_COUNTER_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"

VITALS_NAMESPACE_BEGIN

/// A total that goes up and down, shown as a gauge: connections opened and closed, items put and
/// taken. Handle, lifetime, cost and safety are those of Counter.
///
/// Ups and downs have their own cells, and Gather reads all downs before all ups: use in which
/// every Decrement() follows the Increment() it takes back never reads below zero. It may read high
/// by what moved while Gather ran. A level that must be exact at every moment is a Gauge.
class UpDownCounter {
 public:
  constexpr UpDownCounter() noexcept = default;
  constexpr explicit UpDownCounter(const metrics::Slot& slot) noexcept : slot_(slot) {}

  /// Adds `amount`.
  VITALS_INLINE void Increment(std::uint64_t amount = 1) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells)) [[likely]] {
      metrics::AddToCell(cells[0], amount);
    } else {
      metrics::AddSlow(slot_, 0, amount);
    }
  }

  /// Takes `amount` back.
  VITALS_INLINE void Decrement(std::uint64_t amount = 1) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells)) [[likely]] {
      metrics::AddToCellInOrder(cells[1], amount);
    } else {
      metrics::AddSlow(slot_, 1, amount);
    }
  }

 private:
  metrics::Slot slot_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_UP_DOWN_COUNTER_H_
