#ifndef VITALS_TESTING_LATENCY_DISTRIBUTION_H_
#define VITALS_TESTING_LATENCY_DISTRIBUTION_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// Durations in nanoseconds, in log-linear bins that are at most 1/32 of their value wide.
/// Recording costs a few instructions and no allocation. Not thread-safe: one for each thread,
/// merged at the end.
class LatencyDistribution {
 public:
  /// Adds one duration.
  void Record(std::uint64_t nanoseconds) {
    ++bins_[BinOf(nanoseconds)];
    ++count_;
    max_ = std::max(max_, nanoseconds);
  }

  /// Adds those of another distribution.
  void Merge(const LatencyDistribution& other) {
    for (std::size_t bin = 0; bin < kBins; ++bin) bins_[bin] += other.bins_[bin];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  /// The smallest duration that at least this share of all durations does not exceed, rounded up to
  /// the end of its bin. 0 < `share` <= 1; 0 when nothing was recorded.
  std::uint64_t Quantile(double share) const {
    const double rank = share * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      seen += bins_[bin];
      if (seen > 0 && static_cast<double>(seen) >= rank) return std::min(LastOf(bin), max_);
    }
    return max_;
  }

  /// The longest duration, exactly; 0 when nothing was recorded.
  std::uint64_t max() const { return max_; }

 private:
  // Values below 2 * kSteps have a bin each; from there every power of two has kSteps bins.
  static constexpr std::size_t kStepBits = 5;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr std::size_t kBins = (64 - kStepBits) * kSteps + kSteps;

  static std::size_t BinOf(std::uint64_t value) {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const auto shift = static_cast<std::size_t>(std::bit_width(value)) - kStepBits - 1;
    return shift * kSteps + static_cast<std::size_t>(value >> shift);
  }

  static std::uint64_t LastOf(std::size_t bin) {
    if (bin < 2 * kSteps) return bin;
    const std::size_t shift = bin / kSteps - 1;
    return ((std::uint64_t{bin % kSteps + kSteps} + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBins> bins_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_LATENCY_DISTRIBUTION_H_
