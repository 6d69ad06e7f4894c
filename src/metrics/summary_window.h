#ifndef VITALS_SRC_METRICS_SUMMARY_WINDOW_H_
#define VITALS_SRC_METRICS_SUMMARY_WINDOW_H_

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/metrics/sketch_bins.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Observations in each bin of a sketch, modulo 2^32.
using SketchCounts = std::array<std::uint32_t, SketchBins::kCount>;

/// What one summary observed in the last while. The cells of the threads only count up; the window
/// keeps what they had when its newest part began, and, for each part that ended, what they gained
/// in it:
///
///     | part | part | part | part |  since the last tick
///       gains of ended parts        cells - start
///
/// A part has the counts of its non-empty bins as bytes, from the highest bin down: how far it is
/// below the one before, and its count, both as varints. That is mostly 2 bytes a bin. Where a part
/// would take more than kMaxPartBytes, its lowest bins are counted as one (the collapsing DDSketch
/// of the paper), which leaves the upper quantiles as they are. Not thread-safe.
class SummaryWindow {
 public:
  static constexpr std::size_t kMaxPartBytes = 3072;

  /// Ends the newest part, in which the cells came to `totals`, and forgets the parts that ended at
  /// or before `oldest`. Throws std::bad_alloc, having ended nothing.
  void EndPart(const SketchCounts& totals, Clock::MonotonicTime now, Clock::MonotonicTime oldest);

  /// Adds what was observed since the start of the oldest part.
  void AddTo(const SketchCounts& totals, std::span<std::uint64_t, SketchBins::kCount> counts) const;

 private:
  struct Part {
    Clock::MonotonicTime end;
    std::vector<std::uint8_t> bytes;
  };

  std::uint32_t Gained(const SketchCounts& totals, std::size_t bin) const noexcept {
    return start_.empty() ? totals[bin] : totals[bin] - start_[bin];
  }

  std::vector<std::uint32_t> start_;  // by bin; empty for zeros
  std::deque<Part> parts_;
};

/// The value that stands for a bin.
VITALS_EXPORT double SketchBinValue(std::size_t bin) noexcept;

/// The value of rank q * (n - 1), q in [0, 1], of the n values that were counted; NaN for none.
double SketchQuantile(std::span<const std::uint64_t, SketchBins::kCount> counts, double quantile);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_SUMMARY_WINDOW_H_
