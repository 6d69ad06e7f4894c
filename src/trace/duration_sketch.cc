#include "trace/duration_sketch.h"

#include <algorithm>
#include <cmath>

#include "metrics/summary_window.h"
#include "vitals/metrics/sketch_bins.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

void DurationSketch::Add(std::uint64_t duration_ns) {
  const std::uint32_t bin = metrics::sketch_bins.Find(static_cast<double>(duration_ns));
  auto at =
      std::lower_bound(bins_.begin(), bins_.end(), bin,
                       [](const auto& counted, std::uint32_t b) { return counted.first < b; });
  if (at == bins_.end() || at->first != bin) at = bins_.emplace(at, bin, 0);
  ++at->second;
  ++count_;
}

std::uint64_t DurationSketch::QuantileNs(double quantile) const noexcept {
  if (count_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(quantile * static_cast<double>(count_ - 1));
  std::uint64_t below = 0;
  for (const auto& [bin, count] : bins_) {
    below += count;
    if (below > rank) {
      return static_cast<std::uint64_t>(std::llround(metrics::SketchBinValue(bin)));
    }
  }
  return 0;
}

}  // namespace trace
VITALS_NAMESPACE_END
