#include "metrics/idle_series.h"

#include "metrics/sum.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

void IdleSeries::Update(const FamilySeries& list, const CellShape& shape, bool in_gauge_cell,
                        Clock::MonotonicTime now) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto [entry, is_new] = seen_.try_emplace(&list[i]);
    Seen& seen = entry->second;
    bool active = is_new;
    if (in_gauge_cell) {
      // Relaxed: a record that comes now is seen by the next look.
      std::atomic<std::uint64_t>& generation = list[i].ref.gauge_cell()->generation;
      const std::uint64_t before =
          generation.fetch_or(GaugeCell::kIdleBit, std::memory_order_relaxed);
      active |= (before & GaugeCell::kIdleBit) == 0;
    } else {
      const std::uint64_t activity = SumActivity(list[i].ref.slot(), shape);
      active |= activity != seen.activity;
      seen.activity = activity;
    }
    if (active) seen.since = now;
  }
}

bool IdleSeries::IsExpired(const Series& series, Clock::MonotonicTime now) const {
  const auto found = seen_.find(&series);
  return found != seen_.end() && now - found->second.since >= expire_after_;
}

}  // namespace metrics
VITALS_NAMESPACE_END
