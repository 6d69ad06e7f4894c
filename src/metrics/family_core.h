#ifndef VITALS_SRC_METRICS_FAMILY_CORE_H_
#define VITALS_SRC_METRICS_FAMILY_CORE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/cells.h"
#include "metrics/idle_series.h"
#include "metrics/label_schema.h"
#include "metrics/series.h"
#include "metrics/series_index.h"
#include "metrics/summary_series.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/family.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// What an instrument looks like to cells, series and snapshots.
struct InstrumentTraits {
  std::string_view name;  ///< for messages
  MetricType type;
  ValueKind kind;
  CellShape shape;               ///< but for the bins of a histogram
  std::uint32_t reported_count;  ///< totals that could seem to go down when doubles are re-added
  bool in_gauge_cell;            ///< or in cells of a slot
  std::uint64_t first_bits;      ///< what a gauge cell starts with
};

const InstrumentTraits& TraitsOf(InstrumentType type) noexcept;

/// What a family is made of.
struct FamilySpec {
  InstrumentType type = InstrumentType::kCounter;
  FamilyDescription description;
  std::size_t max_series = 0;
  const BinIndex* bins = nullptr;            ///< of a histogram
  std::chrono::nanoseconds window{0};        ///< of a summary
  std::uint32_t window_parts = 0;            ///< of a summary
  std::chrono::nanoseconds expire_after{0};  ///< 0 for never
  std::shared_ptr<const Clock> clock;
};

/// One family: its description, its series, and how they are found, bounded, removed and summed.
class FamilyCore {
 public:
  /// The description is complete.
  explicit FamilyCore(FamilySpec spec);
  ~FamilyCore();
  FamilyCore(const FamilyCore&) = delete;
  FamilyCore& operator=(const FamilyCore&) = delete;

  InstrumentType type() const noexcept { return type_; }
  const FamilyDescription& description() const noexcept { return *description_; }
  const BinIndex* bins() const noexcept { return bins_; }
  std::chrono::nanoseconds window() const noexcept { return window_; }

  SeriesRef Find(std::span<const std::string_view> values) noexcept;
  bool Remove(std::span<const std::string_view> values) VITALS_EXCLUDES(structure_mutex);
  std::size_t RemoveMatching(std::span<const LabelMatch> matches) VITALS_EXCLUDES(structure_mutex);
  void RemoveAll() VITALS_EXCLUDES(structure_mutex);
  std::size_t SeriesCount() const VITALS_EXCLUDES(structure_mutex);

  /// Reads the values of all series, at one moment for what structure concerns.
  void Read(MetricFamily& family) VITALS_EXCLUDES(structure_mutex);

  /// Moves windows on and removes series that were idle for too long.
  void Maintain() VITALS_EXCLUDES(structure_mutex);

  /// Calls of With() that were given the overflow series.
  std::uint64_t OverflowCount() const VITALS_EXCLUDES(structure_mutex);

 private:
  SeriesRef FindOrAdd(std::span<const std::string_view> values) VITALS_EXCLUDES(structure_mutex);
  Series& Add(std::uint32_t hash, std::span<const std::string_view> values)
      VITALS_REQUIRES(structure_mutex);
  SeriesRef AddOverflow() VITALS_REQUIRES(structure_mutex);
  void RemoveLocked(Series& series) VITALS_REQUIRES(structure_mutex);
  FamilySeries& MutableSeries() VITALS_REQUIRES(structure_mutex);

  /// Whether the next new series is one too many.
  bool Full() const noexcept VITALS_REQUIRES(structure_mutex);

  CellShape shape() const noexcept;
  SeriesRef AllocatePlace() VITALS_REQUIRES(structure_mutex);
  /// Gives back a place that nobody has been told of.
  void FreePlace(const SeriesRef& ref) VITALS_REQUIRES(structure_mutex);

  const InstrumentType type_;
  const std::shared_ptr<const FamilyDescription> description_;
  const std::size_t max_series_;
  const BinIndex* const bins_;
  const std::chrono::nanoseconds window_;
  const std::shared_ptr<const Clock> clock_;
  const LabelSchema schema_;
  SeriesIndex index_;

  std::shared_ptr<FamilySeries> series_ VITALS_GUARDED_BY(structure_mutex);
  // Whether a snapshot may hold series_, so that it has to be copied before it changes.
  bool series_shared_ VITALS_GUARDED_BY(structure_mutex) = false;

  std::unique_ptr<SummarySeries> summaries_ VITALS_GUARDED_BY(structure_mutex);
  std::unique_ptr<IdleSeries> idle_ VITALS_GUARDED_BY(structure_mutex);

  // Set while the family is full: where a lookup that finds nothing ends. Read in a ReadSection.
  std::atomic<Series*> overflow_{nullptr};
  // Counts the lookups that ended there. Made before overflow_ is first set, then never changed.
  Counter overflow_counter_;
  std::optional<Slot> overflow_slot_ VITALS_GUARDED_BY(structure_mutex);
  // Whether or not the family is full now.
  Series* overflow_series_ VITALS_GUARDED_BY(structure_mutex) = nullptr;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_FAMILY_CORE_H_
