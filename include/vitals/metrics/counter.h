#ifndef VITALS_METRICS_COUNTER_H_
#define VITALS_METRICS_COUNTER_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"
#include "vitals/metrics/exemplar.h"

/// \file
/// Counters: totals that only grow while the process lives.
///
/// A counter here is a handle of 16 bytes to one series of a registry: copy it, keep it, hand it to
/// other threads. It may outlive the series and the registry; recording through it is then counted
/// as dropped and does nothing else. A default-constructed handle records nowhere.
///
/// Recording is noexcept, lock-free and allocation-free, and costs about a nanosecond at any number
/// of threads, since each thread adds to a cell of its own. (The first record of a thread prepares
/// that cell.) It is safe in static destructors, in thread-exit hooks and in fork children.

VITALS_NAMESPACE_BEGIN

/// Counts whole things. Totals are exact, modulo 2^64.
class Counter {
 public:
  constexpr Counter() noexcept = default;
  constexpr explicit Counter(const metrics::Slot& slot) noexcept : slot_(slot) {}

  /// Adds `amount`.
  VITALS_INLINE void Increment(std::uint64_t amount = 1) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells)) [[likely]] {
      metrics::AddToCell(cells[0], amount);
    } else {
      metrics::AddSlow(slot_, 0, amount);
    }
  }

  /// Adds `amount`, and keeps an example of it for OpenMetrics; see metrics::KeepExemplar().
  VITALS_INLINE void IncrementWithExemplar(std::uint64_t amount,
                                           const ExemplarLabels& labels) const noexcept {
    Increment(amount);
    metrics::KeepExemplar(slot_, 0, static_cast<double>(amount), labels);
  }

 private:
  metrics::Slot slot_;
};

/// Counts amounts that are not whole, such as seconds or joules. Use Counter for bytes and events.
class DoubleCounter {
 public:
  constexpr DoubleCounter() noexcept = default;
  constexpr explicit DoubleCounter(const metrics::Slot& slot) noexcept : slot_(slot) {}

  /// Adds `amount`, which must be at least 0. A negative one or a NaN is dropped and counted.
  VITALS_INLINE void Increment(double amount = 1.0) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells) && amount >= 0.0) [[likely]] {
      metrics::AddToCell(cells[0], amount);
    } else {
      IncrementSlow(amount);
    }
  }

  /// Adds `amount`, and keeps an example of it for OpenMetrics; see metrics::KeepExemplar().
  VITALS_INLINE void IncrementWithExemplar(double amount,
                                           const ExemplarLabels& labels) const noexcept {
    Increment(amount);
    if (amount >= 0.0) metrics::KeepExemplar(slot_, 0, amount, labels);
  }

 private:
  VITALS_EXPORT void IncrementSlow(double amount) const noexcept;

  metrics::Slot slot_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_COUNTER_H_
