#ifndef VITALS_METRICS_SKETCH_BINS_H_
#define VITALS_METRICS_SKETCH_BINS_H_

#include <algorithm>
#include <bit>
#include <cstdint>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The bins of a relative-error sketch: bounds are powers of 2^(1/32), so that every value of a bin
/// is within 1.09% of the value that stands for the bin. (Masson, Rim, Lee, "DDSketch: A Fast and
/// Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019; the bounds are those
/// of a base-2 exponential histogram of schema 5.)
///
/// The exponent of a double tells the octave. Within it, the leading bits of the mantissa choose a
/// cell of a table, which holds at most one bound; one comparison decides.
struct SketchBins {
  static constexpr std::uint32_t kBinsPerOctave = 32;
  static constexpr int kMinExponent = -40;  ///< 2^-40 is 9.1e-13
  static constexpr int kMaxExponent = 54;   ///< 2^54 is 1.8e16
  /// One for what is below 2^-40, then those of each octave. What is above goes to the last.
  static constexpr std::uint32_t kCount =
      1 + kBinsPerOctave * static_cast<std::uint32_t>(kMaxExponent - kMinExponent);

  /// Bits of the mantissa that choose a cell.
  static constexpr std::uint32_t kCellBits = 6;

  std::uint8_t first_bin[1U << kCellBits];  ///< by cell, from 0 in each octave
  std::uint64_t upper[kBinsPerOctave];      ///< the mantissa at which each bin ends

  /// The bin of `value` >= 0.
  VITALS_INLINE std::uint32_t Find(double value) const noexcept {
    constexpr std::uint32_t kMantissaBits = 52;
    constexpr std::int64_t kLow = std::int64_t{1023 + kMinExponent} << kMantissaBits;
    constexpr std::int64_t kHigh = (std::int64_t{1023 + kMaxExponent} << kMantissaBits) - 1;
    const auto bits = std::bit_cast<std::int64_t>(value);
    if (bits < kLow) [[unlikely]] {
      return 0;
    }
    const auto offset = static_cast<std::uint64_t>(std::min(bits, kHigh) - kLow);
    const std::uint64_t mantissa = offset & ((std::uint64_t{1} << kMantissaBits) - 1);
    const auto octave = static_cast<std::uint32_t>(offset >> kMantissaBits);
    std::uint32_t bin = first_bin[mantissa >> (kMantissaBits - kCellBits)];
    bin += static_cast<std::uint32_t>(mantissa >= upper[bin]);
    return 1 + octave * kBinsPerOctave + bin;
  }
};

/// The one table of the process.
extern VITALS_EXPORT constinit const SketchBins sketch_bins;

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_SKETCH_BINS_H_
