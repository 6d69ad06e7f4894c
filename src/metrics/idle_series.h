#ifndef VITALS_SRC_METRICS_IDLE_SERIES_H_
#define VITALS_SRC_METRICS_IDLE_SERIES_H_

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "metrics/cells.h"
#include "metrics/series.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Knows since when nothing was recorded for each series of a family. Recording pays nothing for
/// it: each look compares a series' cells with what they were at the last. structure_mutex guards
/// it.
class IdleSeries {
 public:
  explicit IdleSeries(std::chrono::nanoseconds expire_after) : expire_after_(expire_after) {}

  /// Looks at every series.
  void Update(const FamilySeries& list, const CellShape& shape, bool in_gauge_cell,
              Clock::MonotonicTime now) VITALS_REQUIRES(structure_mutex);

  /// Whether nothing has come for too long. After Update().
  bool IsExpired(const Series& series, Clock::MonotonicTime now) const
      VITALS_REQUIRES(structure_mutex);

  /// Drops what is known of a series that goes.
  void Forget(const Series& series) VITALS_REQUIRES(structure_mutex) { seen_.erase(&series); }

 private:
  struct Seen {
    std::uint64_t activity = 0;
    Clock::MonotonicTime since;
  };

  const std::chrono::nanoseconds expire_after_;
  std::unordered_map<const Series*, Seen> seen_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_IDLE_SERIES_H_
