#include "vitals/bridge/gatherer_collectable.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "prometheus/client_metric.h"
#include "prometheus/metric_type.h"
#include "vitals/model/labels.h"
#include "vitals/model/metric_family.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace bridge {
namespace {

using prometheus::ClientMetric;

prometheus::MetricType ToClientType(MetricType type) {
  switch (type) {
    case MetricType::kUntyped:
      return prometheus::MetricType::Untyped;
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
    case MetricType::kInfo:
    case MetricType::kStateSet:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
    case MetricType::kGaugeHistogram:
      return prometheus::MetricType::Histogram;
    case MetricType::kSummary:
      return prometheus::MetricType::Summary;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::MetricFamily StartFamily(const FamilyDescription& description) {
  prometheus::MetricFamily result;
  result.name = description.name;
  result.help = description.help;
  std::replace(result.help.begin(), result.help.end(), '\n', ' ');
  result.type = ToClientType(description.type);
  return result;
}

ClientMetric StartMetric(const MetricFamily& family, std::size_t series) {
  ClientMetric metric;
  for (const Label& label : family.labels(series)) {
    metric.label.push_back({label.name, label.value});
  }
  metric.timestamp_ms = family.timestamp_ms(series).value_or(0);
  return metric;
}

void SetNumber(prometheus::MetricType type, double number, ClientMetric& metric) {
  switch (type) {
    case prometheus::MetricType::Counter:
      metric.counter.value = number;
      break;
    case prometheus::MetricType::Gauge:
      metric.gauge.value = number;
      break;
    default:
      metric.untyped.value = number;
  }
}

ClientMetric::Histogram ToClientHistogram(const FamilyDescription& description,
                                          const HistogramValue& value) {
  ClientMetric::Histogram histogram;
  histogram.sample_count = value.count();
  histogram.sample_sum = value.sum;
  const auto [first, last] = FindShownBins(description, value);
  std::uint64_t cumulative = 0;
  for (std::size_t bin = 0; bin < description.bounds.size(); ++bin) {
    cumulative += value.bins[bin];
    if (bin < first || bin > last) continue;
    histogram.bucket.push_back({cumulative, description.bounds[bin]});
  }
  histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
  return histogram;
}

ClientMetric::Summary ToClientSummary(const FamilyDescription& description,
                                      const SummaryValue& value) {
  ClientMetric::Summary summary;
  summary.sample_count = value.count;
  summary.sample_sum = value.sum;
  for (std::size_t i = 0; i < description.quantiles.size(); ++i) {
    summary.quantile.push_back({description.quantiles[i], value.quantile(i)});
  }
  return summary;
}

// One metric for each state, which a label named as the family tells.
void AppendStates(const MetricFamily& family, std::size_t series,
                  std::vector<ClientMetric>& metrics) {
  const FamilyDescription& description = family.description();
  for (std::size_t state = 0; state < description.states.size(); ++state) {
    ClientMetric metric = StartMetric(family, series);
    metric.label.push_back({description.name, description.states[state]});
    metric.gauge.value = family.HasState(series, state) ? 1 : 0;
    metrics.push_back(std::move(metric));
  }
}

void AppendMetrics(const MetricFamily& family, prometheus::MetricFamily& result) {
  const FamilyDescription& description = family.description();
  for (std::size_t i = 0; i < family.size(); ++i) {
    if (description.kind == ValueKind::kStates) {
      AppendStates(family, i, result.metric);
      continue;
    }
    ClientMetric metric = StartMetric(family, i);
    if (description.kind == ValueKind::kHistogram) {
      metric.histogram = ToClientHistogram(description, family.Histogram(i));
    } else if (description.kind == ValueKind::kSummary) {
      metric.summary = ToClientSummary(description, family.Summary(i));
    } else {
      SetNumber(result.type, family.Number(i), metric);
    }
    result.metric.push_back(std::move(metric));
  }
}

}  // namespace

GathererCollectable::GathererCollectable(std::shared_ptr<Gatherer> gatherer)
    : gatherer_(std::move(gatherer)) {}

std::vector<prometheus::MetricFamily> GathererCollectable::Collect() const {
  if (gatherer_ == nullptr) return {};
  Snapshot snapshot;
  gatherer_->Gather(snapshot);
  std::vector<prometheus::MetricFamily> result;
  result.reserve(snapshot.families().size());
  for (const MetricFamily& family : snapshot.families()) {
    // Parts of one family stand together: the serializer writes a header for each family it gets.
    const FamilyDescription& description = family.description();
    if (result.empty() || result.back().name != description.name) {
      result.push_back(StartFamily(description));
      result.back().metric.reserve(family.size());
    }
    AppendMetrics(family, result.back());
  }
  return result;
}

}  // namespace bridge
VITALS_NAMESPACE_END
