#ifndef VITALS_METRICS_SUMMARY_H_
#define VITALS_METRICS_SUMMARY_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"
#include "vitals/metrics/sketch_bins.h"

VITALS_NAMESPACE_BEGIN

/// Every value that a Summary shows is within this share of a value that was observed with the rank
/// asked for: 1.09%, for values from 1e-12 to 1.8e16. Only where the values of one part of the
/// window fall into more bins than 3 KiB hold, which takes about 1,500 of them and a range of 2^47,
/// fewer where each has thousands of values, are the lowest counted as one; upper quantiles stay
/// within the bound.
inline constexpr double kSummaryRelativeError = 0.0109;

/// Quantiles of what was observed in a window of time that moves on, such as the median and the
/// 99th percentile of the last minute; and the count and sum of all observations. For durations and
/// sizes: values of at least 0. What is below 1e-12 reads as 0, what is above 1.8e16 as that.
///
/// Quantiles of several processes cannot be put together by Prometheus: where that is wanted, or
/// where buckets do, use a Histogram.
///
/// The window moves on when the registry's maintenance runs (Registry::RunMaintenance(), which
/// Telemetry calls every second), never by an observation or a Gather: any number of scrapers see
/// the same. Between two ticks it is longer by what has passed since the last.
///
/// A handle of 16 bytes; lifetime and safety are those of Counter. A thread that observes has 12
/// KiB of cells for each series, the window at most 32 KiB.
class Summary {
 public:
  constexpr Summary() noexcept = default;
  constexpr explicit Summary(const metrics::Slot& slot) noexcept : slot_(slot) {}

  /// Records one value. A NaN or a negative value is dropped and counted.
  VITALS_INLINE void Observe(double value) const noexcept {
    base::Word* cells = nullptr;
    if (metrics::FindCells(slot_, cells) && value >= 0.0) [[likely]] {
      const std::uint32_t bin = metrics::sketch_bins.Find(value);
      metrics::AddToCell(metrics::SmallCells(cells + kFirstBinCell)[bin], 1);
      metrics::AddToCell(cells[kCountCell], std::uint64_t{1});
      metrics::AddToCell(cells[kSumCell], value);
    } else {
      ObserveSlow(value);
    }
  }

  /// Cells of a summary's block. The bins are small cells, two to a word. They count modulo 2^32,
  /// which is enough while fewer values than that fall into one bin in one part of the window.
  static constexpr std::uint32_t kSumCell = 0;
  static constexpr std::uint32_t kCountCell = 1;
  static constexpr std::uint32_t kFirstBinCell = 2;
  static constexpr std::uint32_t kCells = kFirstBinCell + (metrics::SketchBins::kCount + 1) / 2;

 private:
  VITALS_EXPORT void ObserveSlow(double value) const noexcept;

  metrics::Slot slot_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_SUMMARY_H_
