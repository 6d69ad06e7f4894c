#include "vitals/bridge/collectable_collector.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"
#include "prometheus/metric_type.h"
#include "vitals/model/labels.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {
namespace {

using prometheus::ClientMetric;

MetricType FromClientType(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return MetricType::kCounter;
    case prometheus::MetricType::Gauge:
      return MetricType::kGauge;
    case prometheus::MetricType::Histogram:
      return MetricType::kHistogram;
    case prometheus::MetricType::Summary:
      return MetricType::kSummary;
    case prometheus::MetricType::Untyped:
      break;
  }
  return MetricType::kUntyped;
}

double NumberOf(const ClientMetric& metric, MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return metric.counter.value;
    case MetricType::kGauge:
      return metric.gauge.value;
    default:
      return metric.untyped.value;
  }
}

// Takes the labels out of `metric`.
void FillSeries(ClientMetric& metric, CollectedSeries& series) {
  std::vector<Label> labels;
  labels.reserve(metric.label.size());
  for (auto& [name, value] : metric.label) labels.push_back({std::move(name), std::move(value)});
  series.labels = Labels(std::move(labels));
  if (metric.timestamp_ms != 0) series.timestamp_ms = metric.timestamp_ms;
}

CollectedHistogram FromClientHistogram(const ClientMetric::Histogram& histogram) {
  CollectedHistogram result;
  result.sum = histogram.sample_sum;
  result.bounds.reserve(histogram.bucket.size());
  result.bins.reserve(histogram.bucket.size() + 1);
  std::uint64_t previous = 0;
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    result.bounds.push_back(bucket.upper_bound);
    // Where counts fall this wraps around, and the registry refuses bins that add up to too much.
    result.bins.push_back(bucket.cumulative_count - previous);
    previous = bucket.cumulative_count;
  }
  if (!result.bounds.empty() && result.bounds.back() == std::numeric_limits<double>::infinity()) {
    result.bounds.pop_back();
  } else {
    result.bins.push_back(std::max(histogram.sample_count, previous) - previous);
  }
  return result;
}

CollectedSummary FromClientSummary(const ClientMetric::Summary& summary) {
  CollectedSummary result;
  result.sum = summary.sample_sum;
  result.count = summary.sample_count;
  result.quantiles.reserve(summary.quantile.size());
  for (const auto& [quantile, value] : summary.quantile) {
    result.quantiles.emplace_back(quantile, value);
  }
  // prometheus-cpp has them in the order of the host. A total order: NaN must not confuse the sort.
  std::sort(result.quantiles.begin(), result.quantiles.end(),
            [](const auto& a, const auto& b) { return std::strong_order(a.first, b.first) < 0; });
  return result;
}

// Takes the metrics out of `found`, whose type is that of `family`.
void AppendMetrics(prometheus::MetricFamily& found, CollectedFamily& family) {
  for (ClientMetric& metric : found.metric) {
    if (family.type == MetricType::kHistogram) {
      FillSeries(metric, family.histograms.emplace_back(FromClientHistogram(metric.histogram)));
    } else if (family.type == MetricType::kSummary) {
      FillSeries(metric, family.summaries.emplace_back(FromClientSummary(metric.summary)));
    } else {
      CollectedSample& sample = family.samples.emplace_back();
      sample.value = NumberOf(metric, family.type);
      FillSeries(metric, sample);
    }
  }
}

}  // namespace

CollectableCollector::CollectableCollector(std::weak_ptr<const prometheus::Collectable> collectable)
    : collectable_(std::move(collectable)) {}

std::vector<CollectedFamily> CollectableCollector::Collect() {
  const std::shared_ptr<const prometheus::Collectable> collectable = collectable_.lock();
  if (collectable == nullptr) return {};
  std::vector<prometheus::MetricFamily> all = collectable->Collect();
  std::vector<CollectedFamily> families;
  families.reserve(all.size());
  std::unordered_map<std::string_view, std::size_t> places;  // of the first family of each name
  for (prometheus::MetricFamily& found : all) {
    if (found.metric.empty()) continue;
    const MetricType type = FromClientType(found.type);
    const std::size_t place = places.try_emplace(found.name, families.size()).first->second;
    if (place < families.size() && families[place].type == type) {
      AppendMetrics(found, families[place]);
      continue;
    }
    // One of another type is kept apart, for the registry to refuse.
    CollectedFamily& family = families.emplace_back();
    family.name = found.name;
    family.help = std::move(found.help);
    family.type = type;
    AppendMetrics(found, family);
  }
  return families;
}

}  // namespace bridge
VITALS_NAMESPACE_END
