#include "metrics/collected_validation.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "fmt/format.h"
#include "vitals/metrics/bounds.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

absl::Status ValidateSeriesLabels(const Labels& labels, const Labels& const_labels, MetricType type,
                                  std::set<std::string>& seen) {
  if (absl::Status status = ValidateLabels(labels); !status.ok()) return status;
  for (const Label& label : labels) {
    if (label.name == ReservedLabel(type)) {
      return absl::InvalidArgumentError(fmt::format(
          "label \"{}\" is reserved for the lines of this type: rename it", label.name));
    }
    if (const_labels.Contains(label.name)) {
      return absl::InvalidArgumentError(
          fmt::format("label \"{}\" is a constant label of the registry", label.name));
    }
  }
  std::string text = LabelText(labels);
  if (!seen.insert(text).second) {
    return absl::InvalidArgumentError(fmt::format("series {{{}}} is there twice", text));
  }
  return absl::OkStatus();
}

absl::Status ValidateExemplar(const CollectedExemplar& exemplar) {
  if (!std::isfinite(exemplar.timestamp_seconds)) {
    return absl::InvalidArgumentError("the timestamp of an exemplar is not finite: leave it 0");
  }
  return ValidateLabels(exemplar.labels);
}

// Strict readers refuse a whole page for one of these.
absl::Status ValidateSample(const CollectedSample& sample, const CollectedFamily& family) {
  const auto fail = [&](std::string_view expected) {
    return absl::InvalidArgumentError(
        fmt::format("series {{{}}} is {}: {}", LabelText(sample.labels), sample.value, expected));
  };
  if (family.type == MetricType::kCounter && !(sample.value >= 0)) {
    return fail("a counter is at least 0");
  }
  if (family.type == MetricType::kInfo && sample.value != 1) return fail("an Info is 1");
  if (family.type == MetricType::kStateSet) {
    if (sample.value != 0 && sample.value != 1) return fail("a state is 0 or 1");
    if (sample.labels.Get(family.name).empty()) {
      return fail(fmt::format("the label \"{}\" must tell the state", family.name));
    }
  }
  if (sample.exemplar && family.type != MetricType::kCounter) {
    return fail("exemplars are for counters and histograms");
  }
  return sample.exemplar ? ValidateExemplar(*sample.exemplar) : absl::OkStatus();
}

absl::Status ValidateHistogram(const CollectedHistogram& histogram, const CollectedFamily& family) {
  const std::vector<double>& bounds = histogram.bounds.empty() ? family.bounds : histogram.bounds;
  // The bucket of +Inf alone is a histogram too.
  if (!bounds.empty()) {
    if (absl::Status status = Bounds(bounds).Validate(); !status.ok()) return status;
    if (std::isinf(bounds.back())) {
      return absl::InvalidArgumentError("the bound +Inf is there by itself: leave it out");
    }
  }
  if (histogram.bins.size() != bounds.size() + 1) {
    return absl::InvalidArgumentError(
        fmt::format("a histogram has {} bins for {} bounds: give one for each bound and one above",
                    histogram.bins.size(), bounds.size()));
  }
  std::uint64_t count = 0;
  for (const std::uint64_t bin : histogram.bins) {
    if (bin > std::numeric_limits<std::uint64_t>::max() - count) {
      return absl::InvalidArgumentError(
          "the bins of a histogram add up to more than 64 bits hold: cumulative counts that fall "
          "would make such bins");
    }
    count += bin;
  }
  for (const CollectedExemplar& exemplar : histogram.exemplars) {
    if (absl::Status status = ValidateExemplar(exemplar); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ValidateSummary(const CollectedSummary& summary) {
  std::vector<double> quantiles;
  for (const auto& [quantile, value] : summary.quantiles) quantiles.push_back(quantile);
  return ValidateQuantiles(quantiles);
}

absl::Status ValidateKind(const CollectedFamily& family) {
  const bool histogram = family.type == MetricType::kHistogram;
  const bool summary = family.type == MetricType::kSummary;
  if (family.type == MetricType::kGaugeHistogram) {
    return absl::InvalidArgumentError(
        "a GaugeHistogram has no form in the text format: give a Histogram");
  }
  if ((!family.histograms.empty() && !histogram) || (!family.summaries.empty() && !summary) ||
      (!family.samples.empty() && (histogram || summary))) {
    return absl::InvalidArgumentError(
        "values and type differ: histograms are for Histogram, summaries for Summary, samples for "
        "all others");
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view ReservedLabel(MetricType type) noexcept {
  switch (type) {
    case MetricType::kHistogram:
      return "le";
    case MetricType::kSummary:
      return "quantile";
    default:
      return "";
  }
}

std::string_view ReservedLabel(const FamilyDescription& description) noexcept {
  return description.kind == ValueKind::kStates ? description.name
                                                : ReservedLabel(description.type);
}

absl::Status ValidateQuantiles(std::span<const double> quantiles) {
  double previous = -1;
  for (const double quantile : quantiles) {
    if (!(quantile >= 0 && quantile <= 1 && quantile > previous)) {
      return absl::InvalidArgumentError(
          fmt::format("quantile {} is out of place: give rising ones from 0 to 1", quantile));
    }
    previous = quantile;
  }
  return absl::OkStatus();
}

absl::Status ValidateUnit(std::string_view name, std::string_view unit) {
  if (unit.empty()) return absl::OkStatus();
  for (const std::string_view suffix : {"_total", "_info"}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  if (name.size() > unit.size() + 1 && name.ends_with(unit) &&
      name[name.size() - unit.size() - 1] == '_') {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(fmt::format(
      "the unit is \"{}\", which the name does not end in: call it {}_{}", unit, name, unit));
}

absl::Status ValidateFamily(const CollectedFamily& family, const Labels& const_labels) {
  absl::Status status = ValidateMetricName(family.name);
  if (!base::IsValidUtf8(family.help)) {
    status.Update(absl::InvalidArgumentError("the help text is not valid UTF-8"));
  }
  status.Update(ValidateUnit(family.name, family.unit));
  status.Update(ValidateKind(family));
  status.Update(ValidateLabels(const_labels));
  if (const_labels.Contains(ReservedLabel(family.type))) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("the constant label \"{}\" is reserved for the lines of this type: rename it",
                    ReservedLabel(family.type))));
  }
  std::set<std::string> seen;
  const auto check = [&](const CollectedSeries& series) {
    status.Update(ValidateSeriesLabels(series.labels, const_labels, family.type, seen));
  };
  for (const CollectedSample& sample : family.samples) {
    check(sample);
    status.Update(ValidateSample(sample, family));
  }
  for (const CollectedHistogram& histogram : family.histograms) {
    check(histogram);
    status.Update(ValidateHistogram(histogram, family));
  }
  for (const CollectedSummary& summary : family.summaries) {
    check(summary);
    status.Update(ValidateSummary(summary));
  }
  return status;
}

}  // namespace metrics
VITALS_NAMESPACE_END
