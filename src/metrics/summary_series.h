#ifndef VITALS_SRC_METRICS_SUMMARY_SERIES_H_
#define VITALS_SRC_METRICS_SUMMARY_SERIES_H_

#include <cstdint>
#include <span>
#include <unordered_map>

#include "metrics/cells.h"
#include "metrics/series.h"
#include "metrics/summary_window.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The windows of all series of a family of summaries. structure_mutex guards it.
class SummarySeries {
 public:
  /// The window is `window` long and moves on by a `parts`th of it.
  SummarySeries(std::chrono::nanoseconds window, std::uint32_t parts, Clock::MonotonicTime now);

  /// Moves the windows on when it is time.
  void Maintain(const FamilySeries& list, Clock::MonotonicTime now)
      VITALS_REQUIRES(structure_mutex);

  /// Fills the column of a MetricFamily of ValueKind::kSummary.
  void Read(const FamilySeries& list, std::span<const double> quantiles,
            std::span<std::uint64_t> column) VITALS_REQUIRES(structure_mutex);

  /// Drops the window of a series that goes.
  void Forget(const Series& series) VITALS_REQUIRES(structure_mutex) { windows_.erase(&series); }

 private:
  const std::chrono::nanoseconds window_;
  const std::chrono::nanoseconds part_;
  Clock::MonotonicTime next_part_;
  std::unordered_map<const Series*, SummaryWindow> windows_;  // none before the first tick
  SketchCounts totals_;                                       // of the series at hand
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_SUMMARY_SERIES_H_
