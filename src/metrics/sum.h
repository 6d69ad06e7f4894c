#ifndef VITALS_SRC_METRICS_SUM_H_
#define VITALS_SRC_METRICS_SUM_H_

#include <cstdint>
#include <span>

#include "metrics/cells.h"
#include "metrics/series.h"
#include "metrics/summary_window.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Sums the cells of series over all threads, living and gone, into the column of a MetricFamily.
/// One function for each kind of instrument. `column` is zeroed and has the words of
/// FamilyDescription::words_per_series() for each series of `list`.
void SumCounters(const FamilySeries& list, std::span<std::uint64_t> column)
    VITALS_REQUIRES(structure_mutex);
void SumDoubleCounters(const FamilySeries& list, std::span<std::uint64_t> column)
    VITALS_REQUIRES(structure_mutex);
void SumUpDownCounters(const FamilySeries& list, std::span<std::uint64_t> column)
    VITALS_REQUIRES(structure_mutex);
void ReadGauges(const FamilySeries& list, std::span<std::uint64_t> column)
    VITALS_REQUIRES(structure_mutex);
void SumHistograms(const FamilySeries& list, std::uint32_t bin_count,
                   std::span<std::uint64_t> column) VITALS_REQUIRES(structure_mutex);

/// The sum of one counter.
std::uint64_t SumCounter(const Slot& slot) VITALS_REQUIRES(structure_mutex);

/// The totals of one summary.
struct SummaryTotals {
  double sum = 0;
  std::uint64_t count = 0;
};
SummaryTotals SumSummary(const Slot& slot, SketchCounts& bins) VITALS_REQUIRES(structure_mutex);

/// A number that changes when something is recorded for a slot: more than zeros, and than what a
/// large double takes no notice of.
std::uint64_t SumActivity(const Slot& slot, const CellShape& shape)
    VITALS_REQUIRES(structure_mutex);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_SUM_H_
