#ifndef VITALS_METRICS_COLLECTOR_H_
#define VITALS_METRICS_COLLECTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/labels.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN

/// One value that a collector found.
struct CollectedSample {
  Labels labels;
  double value = 0;
};

/// One distribution that a collector found.
struct CollectedHistogram {
  Labels labels;
  double sum = 0;
  std::vector<std::uint64_t> bins;  ///< not cumulative: one for each bound, one for what is above
};

/// A family that a collector found. Samples for every type but kHistogram, histograms for that.
struct CollectedFamily {
  std::string name;
  std::string help;
  MetricType type = MetricType::kUntyped;
  std::vector<CollectedSample> samples;
  std::vector<double> bounds;
  std::vector<CollectedHistogram> histograms;
};

/// Brings in metrics that live elsewhere, at the moment they are asked for.
class VITALS_EXPORT Collector {
 public:
  virtual ~Collector() = default;

  /// Returns what there is now. Called by every Gather, by several threads at once when several
  /// gather, and without any lock of vitals held. A collector that throws, and a family that breaks
  /// the data model or repeats a name, is left out of the page, counted and logged.
  virtual std::vector<CollectedFamily> Collect() = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_COLLECTOR_H_
