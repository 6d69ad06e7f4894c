#ifndef VITALS_SRC_METRICS_EXEMPLARS_H_
#define VITALS_SRC_METRICS_EXEMPLARS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "metrics/cells.h"
#include "metrics/series.h"
#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The newest exemplar of one bin. A sequence lock: a writer makes the sequence odd and even again,
/// a reader that saw it odd, or changed, knows that what it read is torn. A writer that meets
/// another gives up, so nobody waits.
///
///     empty (0) --Write--> writing (odd) --> kept (even) --Write--> writing ...
class ExemplarCell {
 public:
  /// Whether it was written; not if another thread is at it.
  bool Write(const Exemplar& exemplar) noexcept;

  /// Whether there is one, which is then in `exemplar`.
  bool Read(Exemplar& exemplar) const noexcept;

 private:
  static constexpr std::size_t kTextWords = Exemplar::kMaxLabelBytes / sizeof(std::uint64_t);

  std::atomic<std::uint32_t> sequence_{0};
  std::atomic<std::uint32_t> label_size_{0};
  std::atomic<std::uint64_t> value_bits_{0};
  std::atomic<std::uint64_t> timestamp_bits_{0};
  std::array<std::atomic<std::uint64_t>, kTextWords> text_{};
};

/// The exemplars of one series.
struct SeriesExemplars {
  explicit SeriesExemplars(std::uint32_t count)
      : bin_count(count), bins(std::make_unique<ExemplarCell[]>(count)) {}

  const std::uint32_t bin_count;
  const std::unique_ptr<ExemplarCell[]> bins;
};

/// Adds the exemplars of all series to a MetricFamily that has `list`.
void ReadExemplars(const FamilySeries& list, MetricFamily& family) VITALS_REQUIRES(structure_mutex);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_EXEMPLARS_H_
