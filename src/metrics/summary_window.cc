#include "metrics/summary_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

VITALS_NAMESPACE_BEGIN
namespace metrics {

void SummaryWindow::EndPart(const SketchCounts& totals, Clock::MonotonicTime now,
                            Clock::MonotonicTime oldest) {
  std::erase_if(parts_, [oldest](const Part& part) { return part.end <= oldest; });
  Part part;
  part.end = now;
  const auto gained = [&](std::size_t bin) { return Gained(totals, bin); };
  std::size_t used = 0;
  for (std::size_t bin = 0; bin < totals.size(); ++bin) used += gained(bin) != 0 ? 1 : 0;
  if (used == 0) return;
  // All memory is taken before anything changes.
  start_.resize(totals.size());
  std::size_t collapsed = used - std::min(used, kMaxPartBins);
  part.bins.reserve(used - collapsed);
  part.counts.reserve(used - collapsed);
  std::uint32_t carried = 0;
  for (std::size_t bin = 0; bin < totals.size(); ++bin) {
    if (gained(bin) == 0) continue;
    if (collapsed > 0) {
      --collapsed;
      carried += gained(bin);
      continue;
    }
    part.bins.push_back(static_cast<std::uint16_t>(bin));
    part.counts.push_back(std::exchange(carried, 0) + gained(bin));
  }
  parts_.push_back(std::move(part));
  std::copy(totals.begin(), totals.end(), start_.begin());
}

void SummaryWindow::AddTo(const SketchCounts& totals,
                          std::span<std::uint64_t, SketchBins::kCount> counts) const {
  for (std::size_t bin = 0; bin < totals.size(); ++bin) counts[bin] += Gained(totals, bin);
  for (const Part& part : parts_) {
    for (std::size_t i = 0; i < part.bins.size(); ++i) counts[part.bins[i]] += part.counts[i];
  }
}

double SketchBinValue(std::size_t bin) noexcept {
  if (bin == 0) return 0;
  constexpr double kBins = SketchBins::kBinsPerOctave;
  const double low = std::exp2(SketchBins::kMinExponent + (static_cast<double>(bin) - 1) / kBins);
  const double base = std::exp2(1 / kBins);
  // As far from the lower bound as from the upper one, relative to each.
  return low * 2 * base / (1 + base);
}

double SketchQuantile(std::span<const std::uint64_t, SketchBins::kCount> counts, double quantile) {
  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto rank = static_cast<std::uint64_t>(quantile * static_cast<double>(total - 1));
  std::uint64_t below = 0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    below += counts[bin];
    if (below > rank) return SketchBinValue(bin);
  }
  return SketchBinValue(counts.size() - 1);
}

}  // namespace metrics
VITALS_NAMESPACE_END
