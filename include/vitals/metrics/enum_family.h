#ifndef VITALS_METRICS_ENUM_FAMILY_H_
#define VITALS_METRICS_ENUM_FAMILY_H_

#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <tuple>

#include "vitals/base/config.h"
#include "vitals/metrics/family.h"

VITALS_NAMESPACE_BEGIN

/// The label values of an enum whose values count from 0. Specialise it next to the enum:
///
///     enum class Outcome { kOk, kFailed };
///     template <>
///     struct vitals::EnumLabel<Outcome> {
///       static constexpr std::string_view kValues[] = {"ok", "failed"};
///     };
template <typename Enum>
struct EnumLabel;

/// A family whose labels are enums: all of its series are made at once, so that With() is a load
/// from a table, no text is compared, and each series is shown as 0 before its first record.
///
///     vitals::EnumFamily<vitals::Counter, Method, Outcome> calls(*family);
///     calls.With(Method::kRead, Outcome::kOk).Increment();
///
/// For at most 4096 series. Immutable, hence thread-safe; the series live as those of the family
/// do, but for its expiry, which such a family should not have.
template <typename Instrument, typename... Enums>
class EnumFamily {
 public:
  static constexpr std::size_t kSeriesCount = (std::size(EnumLabel<Enums>::kValues) * ...);
  static_assert(kSeriesCount <= 4096, "so many series are better made when they are needed");

  VITALS_INLINE explicit EnumFamily(const Family<Instrument, sizeof...(Enums)>& family) {
    for (std::size_t index = 0; index < kSeriesCount; ++index) {
      instruments_[index] = Make(family, index);
    }
  }

  /// The instrument for these values. For a value that is none of its enum it records nowhere and
  /// counts what it is given as dropped.
  VITALS_INLINE Instrument With(Enums... values) const noexcept {
    std::size_t index = 0;
    bool valid = true;
    ((valid &= static_cast<std::size_t>(values) < std::size(EnumLabel<Enums>::kValues),
      index = index * std::size(EnumLabel<Enums>::kValues) + static_cast<std::size_t>(values)),
     ...);
    return valid ? instruments_[index] : Instrument();
  }

 private:
  VITALS_INLINE static Instrument Make(const Family<Instrument, sizeof...(Enums)>& family,
                                       std::size_t index) {
    // Digits of the index, the last enum's lowest.
    std::array<std::string_view, sizeof...(Enums)> values;
    std::size_t rest = kSeriesCount;
    std::size_t place = 0;
    ((rest /= std::size(EnumLabel<Enums>::kValues),
      values[place++] =
          EnumLabel<Enums>::kValues[index / rest % std::size(EnumLabel<Enums>::kValues)]),
     ...);
    return std::apply([&](const auto&... value) { return family.With(value...); }, values);
  }

  std::array<Instrument, kSeriesCount> instruments_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_ENUM_FAMILY_H_
