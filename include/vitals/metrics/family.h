#ifndef VITALS_METRICS_FAMILY_H_
#define VITALS_METRICS_FAMILY_H_

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/gauge.h"
#include "vitals/metrics/histogram.h"
#include "vitals/metrics/info.h"
#include "vitals/metrics/state_set.h"
#include "vitals/metrics/summary.h"
#include "vitals/metrics/up_down_counter.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

class FamilyCore;

/// What a family's series record with.
enum class InstrumentType {
  kCounter,
  kDoubleCounter,
  kUpDownCounter,
  kGauge,
  kHistogram,
  kSummary,
  kInfo,
  kStateSet,
};

/// Where a series records, as FamilyCore tells it to an instrument. Two words, so that it travels
/// in registers.
struct SeriesRef {
  std::uint64_t generation = Slot::kNoGeneration;
  /// Chunk, offset and block of the slot, or the address of a gauge's cell.
  std::uint64_t place = 0;

  static SeriesRef Of(const Slot& slot) noexcept {
    return {slot.generation(),
            std::uint64_t{slot.chunk()} << 32 | slot.offset() << 16 | slot.block()};
  }
  static SeriesRef Of(const GaugeCell* cell, std::uint64_t generation) noexcept {
    return {generation, std::bit_cast<std::uint64_t>(cell)};
  }

  Slot slot() const noexcept {
    return {static_cast<std::uint32_t>(generation), static_cast<std::uint32_t>(place >> 32),
            static_cast<std::uint16_t>(place), static_cast<std::uint16_t>(place >> 16)};
  }
  GaugeCell* gauge_cell() const noexcept { return std::bit_cast<GaugeCell*>(place); }
  GaugeSlot gauge_slot() const noexcept { return {gauge_cell(), generation}; }
};

/// The series with these values, one for each label name of the family; made when there is none.
/// Past the family's bound, and for values that are too long, it is the overflow series.
VITALS_EXPORT SeriesRef FindSeries(FamilyCore& core,
                                   std::span<const std::string_view> values) noexcept;

/// Removes the series with exactly these values. Whether there was one.
VITALS_EXPORT bool RemoveSeries(FamilyCore& core, std::span<const std::string_view> values);

/// One condition of a partial match: a label name and the value it must have.
using LabelMatch = std::pair<std::string_view, std::string_view>;

/// Removes every series that meets all conditions; how many there were.
VITALS_EXPORT std::size_t RemoveMatchingSeries(FamilyCore& core,
                                               std::span<const LabelMatch> matches);

VITALS_EXPORT std::size_t SeriesCount(const FamilyCore& core);
VITALS_EXPORT std::size_t LabelCount(const FamilyCore& core) noexcept;
VITALS_EXPORT const BinIndex* Bins(const FamilyCore& core) noexcept;

/// As many texts as a family has labels.
template <std::size_t count, typename... Values>
concept LabelValues = sizeof...(Values) == count &&
                      (std::convertible_to<const Values&, std::string_view> && ...);

/// Makes the instrument that records to a series.
template <typename Instrument>
VITALS_INLINE Instrument MakeInstrument(const SeriesRef& series, const BinIndex* bins) noexcept {
  if constexpr (std::same_as<Instrument, Gauge> || std::same_as<Instrument, StateSet>) {
    return Instrument(series.gauge_slot());
  } else if constexpr (std::same_as<Instrument, Info>) {
    return Info();
  } else if constexpr (std::same_as<Instrument, Histogram>) {
    return Histogram(series.slot(), bins);
  } else {
    return Instrument(series.slot());
  }
}

}  // namespace metrics

/// What Family and DynamicFamily share: copies of it are the same family. Thread-safe. It may
/// outlive its registry; what is recorded then is seen by nobody.
template <typename Instrument>
class FamilyBase {
 public:
  /// Removes every series that has all of these values, e.g. `{{"worker", "7"}}`, and returns how
  /// many there were. Handles of a removed series discard what they are given. A name that is no
  /// label of the family matches nothing.
  VITALS_INLINE std::size_t RemoveMatching(
      std::initializer_list<metrics::LabelMatch> matches) const {
    return metrics::RemoveMatchingSeries(*core_, {matches.begin(), matches.size()});
  }

  /// Number of live series, the overflow series included.
  VITALS_INLINE std::size_t size() const { return metrics::SeriesCount(*core_); }

 protected:
  VITALS_INLINE explicit FamilyBase(std::shared_ptr<metrics::FamilyCore> core)
      : core_(std::move(core)), bins_(metrics::Bins(*core_)) {}

  VITALS_INLINE Instrument Find(std::span<const std::string_view> values) const noexcept {
    return metrics::MakeInstrument<Instrument>(metrics::FindSeries(*core_, values), bins_);
  }

  std::shared_ptr<metrics::FamilyCore> core_;
  const metrics::BinIndex* bins_;
};

template <typename Instrument, std::size_t LabelCount, std::size_t GivenCount>
class CurriedFamily;

/// The series of one name, told apart by `LabelCount` labels. Get one from Registry.
///
///     requests.With("GET", "200").Increment();
template <typename Instrument, std::size_t LabelCount>
class Family : public FamilyBase<Instrument> {
 public:
  VITALS_INLINE explicit Family(std::shared_ptr<metrics::FamilyCore> core)
      : FamilyBase<Instrument>(std::move(core)) {}

  /// The instrument with these label values, in the order of the label names; made when it is asked
  /// for first. A wrong number of values does not compile. Lock-free for a series that exists,
  /// about 15 ns with three labels; keep the result where that matters. Bytes that are not UTF-8
  /// become U+FFFD.
  template <typename... Values>
  VITALS_INLINE Instrument With(
      const Values&... values) const noexcept requires metrics::LabelValues<LabelCount, Values...> {
    const std::array<std::string_view, LabelCount> list{std::string_view(values)...};
    return this->Find(list);
  }

  /// The family with its first labels given: `requests.Curry("GET").With("200")`. For code that
  /// knows only its own labels.
  template <typename... Values>
  VITALS_INLINE CurriedFamily<Instrument, LabelCount, sizeof...(Values)> Curry(
      const Values&... values) const requires(sizeof...(Values) < LabelCount &&
                                              metrics::LabelValues<sizeof...(Values), Values...>) {
    return {*this, {std::string(std::string_view(values))...}};
  }

  /// Removes the series with these values; whether there was one.
  template <typename... Values>
  VITALS_INLINE bool Remove(
      const Values&... values) const requires metrics::LabelValues<LabelCount, Values...> {
    const std::array<std::string_view, LabelCount> list{std::string_view(values)...};
    return metrics::RemoveSeries(*this->core_, list);
  }
};

/// A family of which the first values are given: With() takes the rest. Holds copies of them.
template <typename Instrument, std::size_t LabelCount, std::size_t GivenCount>
class CurriedFamily {
 public:
  VITALS_INLINE CurriedFamily(Family<Instrument, LabelCount> family,
                              std::array<std::string, GivenCount> given)
      : family_(std::move(family)), given_(std::move(given)) {}

  /// As Family::With(), with the values that are not given yet.
  template <typename... Values>
  VITALS_INLINE Instrument With(const Values&... values)
      const noexcept requires metrics::LabelValues<LabelCount - GivenCount, Values...> {
    return std::apply([&](const auto&... given) { return family_.With(given..., values...); },
                      given_);
  }

 private:
  Family<Instrument, LabelCount> family_;
  std::array<std::string, GivenCount> given_;
};

/// A family whose labels are known at run time only.
template <typename Instrument>
class DynamicFamily : public FamilyBase<Instrument> {
 public:
  VITALS_INLINE explicit DynamicFamily(std::shared_ptr<metrics::FamilyCore> core)
      : FamilyBase<Instrument>(std::move(core)) {}

  /// Number of values that With() and Remove() take.
  VITALS_INLINE std::size_t label_count() const noexcept {
    return metrics::LabelCount(*this->core_);
  }

  /// As Family::With(). With a wrong number of values the handle records nowhere and counts what it
  /// is given as dropped.
  VITALS_INLINE Instrument With(std::span<const std::string_view> values) const noexcept {
    if (values.size() != label_count()) return Instrument();
    return this->Find(values);
  }

  /// As Family::Remove().
  VITALS_INLINE bool Remove(std::span<const std::string_view> values) const {
    return values.size() == label_count() && metrics::RemoveSeries(*this->core_, values);
  }
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_FAMILY_H_
