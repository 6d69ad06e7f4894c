#ifndef VITALS_METRICS_COLLECTOR_H_
#define VITALS_METRICS_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/labels.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN

/// An example that a collector attaches to what it found.
struct CollectedExemplar {
  /// Names and values of at most 128 characters together, and 168 bytes with their quotes; one that
  /// is longer is dropped and counted.
  Labels labels;
  double value = 0;
  double timestamp_seconds = 0;  ///< since the Unix epoch; 0 where unknown
};

/// What everything that a collector finds has.
struct CollectedSeries {
  Labels labels = {};
  /// When the value was so, in milliseconds since the Unix epoch; without one it is now. Prometheus
  /// takes no series with a timestamp for gone before 5 minutes have passed: leave it out unless
  /// the value is another system's.
  std::optional<std::int64_t> timestamp_ms = {};
  std::int64_t created_ms = 0;  ///< when a total began to count; 0 where unknown
};

/// One value that a collector found.
struct CollectedSample : CollectedSeries {
  CollectedSample() = default;
  CollectedSample(Labels sample_labels, double sample_value)
      : CollectedSeries{.labels = std::move(sample_labels)}, value(sample_value) {}

  double value = 0;
  std::optional<CollectedExemplar> exemplar = {};  ///< for counters
};

/// One distribution that a collector found.
struct CollectedHistogram : CollectedSeries {
  CollectedHistogram() = default;
  CollectedHistogram(Labels series_labels, double total, std::vector<std::uint64_t> counts)
      : CollectedSeries{.labels = std::move(series_labels)}, sum(total), bins(std::move(counts)) {}

  double sum = 0;
  std::vector<std::uint64_t> bins;  ///< not cumulative: one for each bound, one for what is above
  std::vector<double> bounds = {};  ///< its own; empty for the family's
  std::vector<CollectedExemplar> exemplars = {};  ///< each goes to the bin of its value
};

/// One summary that a collector found.
struct CollectedSummary : CollectedSeries {
  double sum = 0;
  std::uint64_t count = 0;
  std::vector<std::pair<double, double>> quantiles = {};  ///< quantile and value, quantiles rising
};

/// A family that a collector found. Histograms for kHistogram, summaries for kSummary, samples for
/// every other type. (A StateSet's samples carry the state in a label that is named as the family.)
struct CollectedFamily {
  std::string name;
  std::string help = {};
  MetricType type = MetricType::kUntyped;
  std::string unit = {};  ///< the name must end in it
  std::vector<CollectedSample> samples = {};
  std::vector<double> bounds = {};
  std::vector<CollectedHistogram> histograms = {};
  std::vector<CollectedSummary> summaries = {};
};

/// Brings in metrics that live elsewhere, at the moment they are asked for.
class VITALS_EXPORT Collector {
 public:
  virtual ~Collector() = default;

  /// Returns what there is now. Called by every Gather, by one at a time, without any lock of
  /// vitals held. A collector that throws, one that has not returned to another Gather within
  /// RegistryOptions::collector_timeout, and a family that breaks the data model or repeats a name,
  /// is left out of the page, counted and logged.
  virtual std::vector<CollectedFamily> Collect() = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_COLLECTOR_H_
