#ifndef VITALS_METRICS_GAUGE_H_
#define VITALS_METRICS_GAUGE_H_

#include <atomic>
#include <bit>
#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/base/thread_state.h"
#include "vitals/metrics/cell.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The cell of one gauge, shared by all threads: the last value set counts, whoever set it. Cells
/// are never freed, and given to another gauge only when no thread can still be writing for the
/// old. Each has a cache line of its own, so that threads that set neighbours do not wait for each
/// other.
struct alignas(64) GaugeCell {
  std::atomic<std::uint64_t> generation{0};
  std::atomic<std::uint64_t> value_bits{0};
};

}  // namespace metrics

/// A value that is set, such as a temperature, or a level that must be exact, such as a queue
/// depth.
///
/// A handle of 16 bytes; lifetime and safety are those of Counter. Set() costs about a nanosecond
/// on a gauge that one thread writes. Add() is one atomic operation on a cell that all threads
/// share, so it costs what the cache line costs: where only the total matters, UpDownCounter is
/// cheaper.
class Gauge {
 public:
  constexpr Gauge() noexcept = default;
  constexpr Gauge(metrics::GaugeCell* cell, std::uint64_t generation) noexcept
      : cell_(cell), generation_(generation) {}

  /// Sets the value. NaN and infinities are shown as they are.
  VITALS_INLINE void Set(double value) const noexcept {
    base::ThreadState* const thread = base::current_thread.state;
    if (thread == nullptr || cell_ == nullptr) [[unlikely]] {
      SetSlow(value);
      return;
    }
    // A section as base/quiescence.h has it: while the mark stands, the cell is given to nobody
    // else.
    thread->reading.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // Relaxed: the generation only tells whose cell this is; the value stands for itself.
    const bool current = cell_->generation.load(std::memory_order_relaxed) == generation_;
    if (current) [[likely]] {
      cell_->value_bits.store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
    }
    thread->reading.store(0, std::memory_order_release);
    if (!current) [[unlikely]] {
      metrics::CountDrop(metrics::DropReason::kRemovedSeries);
    }
  }

  /// Adds `amount`, which may be negative, to the value. Exact under any number of threads as long
  /// as values stay whole numbers below 2^53.
  VITALS_EXPORT void Add(double amount) const noexcept;

  /// Sets the value to the seconds since the Unix epoch, now.
  VITALS_EXPORT void SetToCurrentTime() const noexcept;

 private:
  VITALS_EXPORT void SetSlow(double value) const noexcept;

  metrics::GaugeCell* cell_ = nullptr;
  std::uint64_t generation_ = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_GAUGE_H_
