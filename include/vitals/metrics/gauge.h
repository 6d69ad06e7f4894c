#ifndef VITALS_METRICS_GAUGE_H_
#define VITALS_METRICS_GAUGE_H_

#include <atomic>
#include <bit>
#include <cstddef>
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
  /// Set in the generation by who wants to know whether anything is recorded from then on. The
  /// next record does not find its generation, takes the slow path and clears the bit; all others
  /// pay nothing.
  static constexpr std::uint64_t kIdleBit = std::uint64_t{1} << 63;

  std::atomic<std::uint64_t> generation{0};
  std::atomic<std::uint64_t> value_bits{0};
  /// States of a StateSet. Written before the generation is.
  std::atomic<std::uint32_t> state_count{0};
};

/// Names a gauge's cell; what the handles that record to one have in common. Trivially copyable.
/// One whose series is gone drops what it is given, and counts it.
class GaugeSlot {
 public:
  constexpr GaugeSlot() noexcept = default;
  constexpr GaugeSlot(GaugeCell* cell, std::uint64_t generation) noexcept
      : cell_(cell), generation_(generation) {}

  /// Replaces the value.
  VITALS_INLINE void Store(std::uint64_t bits) const noexcept {
    base::ThreadState* const thread = base::current_thread.state;
    if (thread == nullptr || cell_ == nullptr) [[unlikely]] {
      StoreSlow(bits);
      return;
    }
    // A section as base/quiescence.h has it: while the mark stands, the cell is given to nobody
    // else.
    thread->reading.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // Relaxed: the generation only tells whose cell this is; the value stands for itself.
    const bool current = cell_->generation.load(std::memory_order_relaxed) == generation_;
    if (current) [[likely]] {
      cell_->value_bits.store(bits, std::memory_order_relaxed);
    }
    thread->reading.store(0, std::memory_order_release);
    if (!current) [[unlikely]] {
      StoreSlow(bits);
    }
  }

  /// Adds to a value that is a double, atomically.
  VITALS_EXPORT void Add(double amount) const noexcept;

  /// Sets or clears one bit of a value that has `GaugeCell::state_count` of them.
  VITALS_EXPORT void StoreBit(std::size_t bit, bool on) const noexcept;

  /// Leaves bit `bit` as the only one set, likewise.
  VITALS_EXPORT void StoreOnlyBit(std::size_t bit) const noexcept;

 private:
  VITALS_EXPORT void StoreSlow(std::uint64_t bits) const noexcept;

  GaugeCell* cell_ = nullptr;
  std::uint64_t generation_ = 0;
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
  constexpr explicit Gauge(const metrics::GaugeSlot& slot) noexcept : slot_(slot) {}

  /// Sets the value. NaN and infinities are shown as they are.
  VITALS_INLINE void Set(double value) const noexcept {
    slot_.Store(std::bit_cast<std::uint64_t>(value));
  }

  /// Adds `amount`, which may be negative, to the value. Exact under any number of threads as long
  /// as values stay whole numbers below 2^53.
  VITALS_INLINE void Add(double amount) const noexcept { slot_.Add(amount); }

  /// Sets the value to the seconds since the Unix epoch, now.
  VITALS_EXPORT void SetToCurrentTime() const noexcept;

 private:
  metrics::GaugeSlot slot_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_GAUGE_H_
