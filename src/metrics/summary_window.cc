#include "metrics/summary_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

VITALS_NAMESPACE_BEGIN
namespace metrics {

namespace {

// Appends a number, seven bits to a byte, the lowest first.
std::uint8_t* WriteVarint(std::uint32_t number, std::uint8_t* to) noexcept {
  for (; number >= 0x80; number >>= 7) *to++ = static_cast<std::uint8_t>(number | 0x80);
  *to++ = static_cast<std::uint8_t>(number);
  return to;
}

std::uint32_t ReadVarint(const std::uint8_t*& from) noexcept {
  std::uint32_t number = 0;
  for (std::uint32_t shift = 0;; shift += 7) {
    const std::uint8_t byte = *from++;
    number |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

// A distance of up to kCount, and a count.
constexpr std::size_t kMaxEntryBytes = 2 + 5;

}  // namespace

void SummaryWindow::EndPart(const SketchCounts& totals, Clock::MonotonicTime now,
                            Clock::MonotonicTime oldest) {
  std::erase_if(parts_, [oldest](const Part& part) { return part.end <= oldest; });
  std::array<std::uint8_t, kMaxPartBytes> bytes;
  std::uint8_t* end = bytes.data();
  // Room for the entry at hand, and for one that takes in all that is lower.
  const std::uint8_t* const last_start = bytes.data() + bytes.size() - 2 * kMaxEntryBytes;
  std::size_t previous = totals.size();
  std::uint32_t collapsed = 0;
  std::size_t collapsed_bin = 0;
  for (std::size_t bin = totals.size(); bin-- > 0;) {
    const std::uint32_t gained = Gained(totals, bin);
    if (gained == 0) continue;
    if (end > last_start) {
      if (collapsed == 0) collapsed_bin = bin;
      collapsed += gained;
      continue;
    }
    end = WriteVarint(gained, WriteVarint(static_cast<std::uint32_t>(previous - bin), end));
    previous = bin;
  }
  if (collapsed > 0) {
    end = WriteVarint(collapsed,
                      WriteVarint(static_cast<std::uint32_t>(previous - collapsed_bin), end));
  }
  if (end == bytes.data()) return;
  // All memory is taken before anything changes.
  start_.resize(totals.size());
  parts_.push_back({now, std::vector<std::uint8_t>(bytes.data(), end)});
  std::copy(totals.begin(), totals.end(), start_.begin());
}

void SummaryWindow::AddTo(const SketchCounts& totals,
                          std::span<std::uint64_t, SketchBins::kCount> counts) const {
  for (std::size_t bin = 0; bin < totals.size(); ++bin) counts[bin] += Gained(totals, bin);
  for (const Part& part : parts_) {
    std::size_t bin = totals.size();
    const std::uint8_t* from = part.bytes.data();
    while (from != part.bytes.data() + part.bytes.size()) {
      bin -= ReadVarint(from);
      counts[bin] += ReadVarint(from);
    }
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
