#ifndef VITALS_BENCH_PAGE_H_
#define VITALS_BENCH_PAGE_H_

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/workload.h"
#include "vitals/metrics/registry.h"

/// \file
/// The page that scrapes are measured with: 10 families of 1,000 counters and 10 families of 100
/// histograms of 20 buckets, all with three labels. 33,000 samples, about 2.9 MB of text.

namespace bench {

inline constexpr std::size_t kPageFamilies = 10;
inline constexpr std::size_t kCountersPerFamily = 1000;
inline constexpr std::size_t kHistogramsPerFamily = 100;

/// Samples of the page: a histogram has one for each bucket, for +Inf, for sum and for count.
inline constexpr std::size_t kPageSamples =
    kPageFamilies * (kCountersPerFamily + kHistogramsPerFamily * (kBucketCount + 3));

/// The page's series in a registry of vitals.
class VitalsPage {
 public:
  /// Adds the series to `registry`, which must outlive recording, and records to each of them.
  explicit VitalsPage(vitals::Registry& registry);

  /// Adds to every series, so that no scrape sees the values of the last one.
  void Record();

 private:
  std::vector<vitals::Counter> counters_;
  std::vector<vitals::Histogram> histograms_;
  std::size_t turn_ = 0;
};

/// The same series in a registry of prometheus-cpp.
class PrometheusPage {
 public:
  explicit PrometheusPage(prometheus::Registry& registry);

  void Record();

 private:
  std::vector<prometheus::Counter*> counters_;
  std::vector<prometheus::Histogram*> histograms_;
  std::size_t turn_ = 0;
};

}  // namespace bench

#endif  // VITALS_BENCH_PAGE_H_
