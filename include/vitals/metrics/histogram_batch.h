#ifndef VITALS_METRICS_HISTOGRAM_BATCH_H_
#define VITALS_METRICS_HISTOGRAM_BATCH_H_

#include <cstdint>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/histogram.h"

VITALS_NAMESPACE_BEGIN

/// Gathers observations in memory of its own and adds them to a histogram later: for a loop that
/// observes millions of values, or a task whose values do not count if it fails. A Gather that runs
/// during Flush() may see a part of them. Belongs to one thread.
///
///     vitals::HistogramBatch batch(row_bytes);
///     for (const Row& row : rows) batch.Observe(row.size());
///     // added when the batch dies
class HistogramBatch {
 public:
  /// Allocates 8 bytes for each bucket. Throws std::bad_alloc.
  VITALS_EXPORT explicit HistogramBatch(const Histogram& histogram);
  VITALS_INLINE ~HistogramBatch() { Flush(); }
  HistogramBatch(const HistogramBatch&) = delete;
  HistogramBatch& operator=(const HistogramBatch&) = delete;

  /// Records one value, as Histogram::Observe().
  VITALS_INLINE void Observe(double value) noexcept {
    if (value >= 0.0 && !bins_.empty()) [[likely]] {
      ++bins_[histogram_.bins()->Find(value)];
      positive_sum_ += value;
    } else {
      ObserveSlow(value);
    }
  }

  /// Adds what was observed since the last time.
  VITALS_EXPORT void Flush() noexcept;

  /// Forgets what was observed since the last time.
  VITALS_EXPORT void Discard() noexcept;

 private:
  VITALS_EXPORT void ObserveSlow(double value) noexcept;

  Histogram histogram_;
  std::vector<std::uint64_t> bins_;
  double positive_sum_ = 0;
  double negative_sum_ = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_HISTOGRAM_BATCH_H_
