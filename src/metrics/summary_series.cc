#include "metrics/summary_series.h"

#include <algorithm>
#include <array>
#include <bit>

#include "metrics/sum.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

SummarySeries::SummarySeries(std::chrono::nanoseconds window, std::uint32_t parts,
                             Clock::MonotonicTime now)
    : window_(window), part_(window / parts), next_part_(now + part_) {}

void SummarySeries::Maintain(const FamilySeries& list, Clock::MonotonicTime now) {
  if (now < next_part_) return;
  next_part_ = now + part_;
  for (std::size_t i = 0; i < list.size(); ++i) {
    SumSummary(list[i].ref.slot(), totals_);
    windows_[&list[i]].EndPart(totals_, now, now - window_);
  }
}

void SummarySeries::Read(const FamilySeries& list, std::span<const double> quantiles,
                         std::span<std::uint64_t> column) {
  std::array<std::uint64_t, SketchBins::kCount> counts;
  std::uint64_t* word = column.data();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const SummaryTotals totals = SumSummary(list[i].ref.slot(), totals_);
    double& reported = list[i].reported()[0];
    reported = std::max(reported, totals.sum);
    *word++ = std::bit_cast<std::uint64_t>(reported);
    *word++ = totals.count;
    const auto found = windows_.find(&list[i]);
    counts.fill(0);
    if (found != windows_.end()) {
      found->second.AddTo(totals_, counts);
    } else {
      std::copy(totals_.begin(), totals_.end(), counts.begin());
    }
    for (const double quantile : quantiles) {
      *word++ = std::bit_cast<std::uint64_t>(SketchQuantile(counts, quantile));
    }
  }
}

}  // namespace metrics
VITALS_NAMESPACE_END
