#ifndef VITALS_SRC_TRACE_DURATION_SKETCH_H_
#define VITALS_SRC_TRACE_DURATION_SKETCH_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Durations counted in the bins of metrics::SketchBins, of which only those in use take memory:
/// any quantile within kSummaryRelativeError, for durations of up to 2^54 ns, 208 days. 16 bytes
/// for each bin, of which durations that spread over a factor of 1,000 use 320.
class DurationSketch {
 public:
  /// May take memory.
  void Add(std::uint64_t duration_ns);

  /// The duration of rank `quantile` * (n - 1), rounded down, of the n that were added; 0 for none.
  /// `quantile` is from 0 to 1.
  std::uint64_t QuantileNs(double quantile) const noexcept;

 private:
  std::vector<std::pair<std::uint32_t, std::uint64_t>> bins_;  // bin and count, bins rising
  std::uint64_t count_ = 0;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_DURATION_SKETCH_H_
