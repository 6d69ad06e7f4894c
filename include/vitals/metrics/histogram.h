#ifndef VITALS_METRICS_HISTOGRAM_H_
#define VITALS_METRICS_HISTOGRAM_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"
#include "vitals/metrics/exemplar.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Finds the bin of a value in a few instructions and without a branch that depends on it.
///
/// The leading bits of a double (exponent, and as many bits of the mantissa as the bounds need)
/// number a cell of a table; the table names the first bin that a value of that cell can fall in,
/// and one comparison with that bin's bound decides between it and the next. Bounds so dense that
/// two fall in one cell cost a short loop.
///
/// Immutable. One for each distinct list of bounds, made once and never freed, so that handles may
/// outlive everything.
struct BinIndex {
  const double* bounds = nullptr;            ///< bin_count entries; the last is +Inf
  const std::uint16_t* first_bin = nullptr;  ///< by cell
  std::int64_t first_cell = 0;
  std::int64_t last_cell = 0;
  std::uint32_t shift = 0;
  std::uint32_t bin_count = 0;
  bool dense = false;  ///< whether a cell holds more than one bound

  /// The bin of `value` >= 0.
  VITALS_INLINE std::uint32_t Find(double value) const noexcept {
    // Signed, so that -0.0 falls below every cell.
    const std::int64_t key = std::bit_cast<std::int64_t>(value) >> shift;
    const std::int64_t cell = std::clamp(key, first_cell, last_cell) - first_cell;
    std::uint32_t bin = first_bin[cell];
    bin += static_cast<std::uint32_t>(value > bounds[bin]);
    if (dense) [[unlikely]] {
      while (value > bounds[bin]) ++bin;
    }
    return bin;
  }
};

}  // namespace metrics

/// A distribution: how many observations fell at or below each bound, how many there were, and
/// their sum. Its `_count` is always its `+Inf` bucket; its `_sum` may differ from it by
/// observations in flight and is exact, but for rounding, at rest.
///
/// A handle of 24 bytes; lifetime, cost per thread and safety are those of Counter.
class Histogram {
 public:
  constexpr Histogram() noexcept = default;
  constexpr Histogram(const metrics::Slot& slot, const metrics::BinIndex* bins) noexcept
      : slot_(slot), bins_(bins) {}

  /// Records one value. A NaN is dropped and counted; infinities are taken, and make the sum
  /// infinite.
  VITALS_INLINE void Observe(double value) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells) && value >= 0.0) [[likely]] {
      metrics::AddToCell(cells[kFirstBinCell + bins_->Find(value)], std::uint64_t{1});
      metrics::AddToCell(cells[kPositiveSumCell], value);
    } else {
      ObserveSlow(value);
    }
  }

  /// Records every value of `values`. Cheaper than one by one, since the cells are found once.
  VITALS_EXPORT void ObserveMany(std::span<const double> values) const noexcept;

  /// Records one value as if it had come `count` times.
  VITALS_EXPORT void ObserveRepeated(double value, std::uint64_t count) const noexcept;

  /// Records one value, and keeps it as an example of its bucket for OpenMetrics; see
  /// metrics::KeepExemplar().
  VITALS_EXPORT void ObserveWithExemplar(double value, const ExemplarLabels& labels) const noexcept;

  /// Adds whole bins, as many as bins() has, and their sums. For HistogramBatch.
  VITALS_EXPORT void AddBins(std::span<const std::uint64_t> bins, double positive_sum,
                             double negative_sum) const noexcept;

  /// How values find their bins; null for a handle that records nowhere.
  const metrics::BinIndex* bins() const noexcept { return bins_; }

  /// Cells of a histogram's block. The sum is kept in two, each of which moves in one direction
  /// only, so that it never goes down where no value is negative.
  static constexpr std::uint32_t kPositiveSumCell = 0;
  static constexpr std::uint32_t kNegativeSumCell = 1;
  static constexpr std::uint32_t kFirstBinCell = 2;

 private:
  VITALS_EXPORT void ObserveSlow(double value) const noexcept;

  metrics::Slot slot_;
  const metrics::BinIndex* bins_ = nullptr;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_HISTOGRAM_H_
