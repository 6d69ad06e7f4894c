#include "metrics/collected.h"

#include <bit>
#include <exception>
#include <memory>
#include <utility>

#include "base/utf8.h"
#include "fmt/format.h"
#include "metrics/series.h"
#include "vitals/base/log.h"
#include "vitals/metrics/bounds.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// Distinct texts that are logged; beyond, errors are only counted.
constexpr std::size_t kMaxLoggedErrors = 64;

absl::Status ValidateSeriesLabels(const Labels& labels, const Labels& const_labels, MetricType type,
                                  std::set<std::string>& seen) {
  if (absl::Status status = ValidateLabels(labels); !status.ok()) return status;
  for (const Label& label : labels) {
    if (type == MetricType::kHistogram && label.name == "le") {
      return absl::InvalidArgumentError("label \"le\" is reserved for the buckets of histograms");
    }
    for (const Label& constant : const_labels) {
      if (label.name == constant.name) {
        return absl::InvalidArgumentError(
            fmt::format("label \"{}\" is a constant label of the registry", label.name));
      }
    }
  }
  std::string text = LabelText(labels);
  if (!seen.insert(text).second) {
    return absl::InvalidArgumentError(fmt::format("series {{{}}} is there twice", text));
  }
  return absl::OkStatus();
}

absl::Status ValidateHistograms(const CollectedFamily& family) {
  if (absl::Status status = Bounds(family.bounds).Validate(); !status.ok()) return status;
  for (const CollectedHistogram& histogram : family.histograms) {
    if (histogram.bins.size() != family.bounds.size() + 1) {
      return absl::InvalidArgumentError(fmt::format(
          "a histogram has {} bins for {} bounds: give one for each bound and one above",
          histogram.bins.size(), family.bounds.size()));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateFamily(const CollectedFamily& family, const Labels& const_labels) {
  if (absl::Status status = ValidateMetricName(family.name); !status.ok()) return status;
  if (!base::IsValidUtf8(family.help)) {
    return absl::InvalidArgumentError("the help text is not valid UTF-8");
  }
  const bool is_histogram = family.type == MetricType::kHistogram;
  if (is_histogram ? !family.samples.empty() : !family.histograms.empty()) {
    return absl::InvalidArgumentError(
        "samples and type differ: histograms are for histograms, samples for all others");
  }
  if (is_histogram) {
    if (absl::Status status = ValidateHistograms(family); !status.ok()) return status;
  }
  std::set<std::string> seen;
  for (const CollectedSample& sample : family.samples) {
    absl::Status status = ValidateSeriesLabels(sample.labels, const_labels, family.type, seen);
    if (!status.ok()) return status;
  }
  for (const CollectedHistogram& histogram : family.histograms) {
    absl::Status status = ValidateSeriesLabels(histogram.labels, const_labels, family.type, seen);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void AddSeries(const Labels& labels, FamilySeries& list) {
  Series* const series = Series::Create(0, SeriesRef(), 0, {}, LabelText(labels));
  list.Add(*series);
  series->Release();
}

void FillFamily(CollectedFamily collected, const Labels& const_labels, MetricFamily& family) {
  auto description = std::make_shared<FamilyDescription>();
  description->name = std::move(collected.name);
  description->help = std::move(collected.help);
  description->type = collected.type;
  description->kind =
      collected.type == MetricType::kHistogram ? ValueKind::kHistogram : ValueKind::kDouble;
  description->const_labels = const_labels;
  description->bounds = std::move(collected.bounds);
  CompleteDescription(*description);

  auto list = std::make_shared<FamilySeries>();
  for (const CollectedSample& sample : collected.samples) AddSeries(sample.labels, *list);
  for (const CollectedHistogram& histogram : collected.histograms) {
    AddSeries(histogram.labels, *list);
  }
  std::uint64_t* word = family.Reset(std::move(description), std::move(list)).data();
  for (const CollectedSample& sample : collected.samples) {
    *word++ = std::bit_cast<std::uint64_t>(sample.value);
  }
  for (const CollectedHistogram& histogram : collected.histograms) {
    *word++ = std::bit_cast<std::uint64_t>(histogram.sum);
    for (const std::uint64_t bin : histogram.bins) *word++ = bin;
  }
}

}  // namespace

std::vector<std::string> ShownNames(std::string_view family, MetricType type) {
  std::vector<std::string> names = {std::string(family)};
  if (type == MetricType::kHistogram) {
    for (const char* const suffix : {"_bucket", "_sum", "_count"}) {
      names.push_back(names[0] + suffix);
    }
  }
  return names;
}

void CollectorErrors::Report(std::string error, Snapshot& snapshot) {
  bool is_new = false;
  {
    const base::MutexLock lock(structure_mutex);
    ++count_;
    is_new = logged_.size() < kMaxLoggedErrors && logged_.insert(error).second;
  }
  if (is_new) Log(LogSeverity::kWarning, error);
  snapshot.AddError(std::move(error));
}

std::uint64_t CollectorErrors::count() const {
  const base::MutexLock lock(structure_mutex);
  return count_;
}

CollectedAppender::CollectedAppender(const Labels& const_labels, CollectorErrors& errors,
                                     Snapshot& snapshot)
    : const_labels_(const_labels), errors_(errors), snapshot_(snapshot) {
  for (const MetricFamily& family : snapshot.families()) {
    const FamilyDescription& description = family.description();
    shown_names_.merge([&] {
      const std::vector<std::string> names = ShownNames(description.name, description.type);
      return std::set<std::string, std::less<>>(names.begin(), names.end());
    }());
  }
}

void CollectedAppender::Collect(Collector& collector) {
  std::vector<CollectedFamily> families;
  try {
    families = collector.Collect();
  } catch (const std::exception& error) {
    errors_.Report(fmt::format("a collector threw, its metrics are left out: {}", error.what()),
                   snapshot_);
    return;
  } catch (...) {
    errors_.Report(
        "a collector threw something that is no std::exception, its metrics are left out",
        snapshot_);
    return;
  }
  for (CollectedFamily& family : families) {
    std::string name = family.name;
    if (absl::Status status = Append(std::move(family)); !status.ok()) {
      errors_.Report(fmt::format("collected family \"{}\" is left out: {}", name,
                                 std::string(status.message())),
                     snapshot_);
    }
  }
}

absl::Status CollectedAppender::Append(CollectedFamily family) {
  if (absl::Status status = ValidateFamily(family, const_labels_); !status.ok()) return status;
  std::vector<std::string> names = ShownNames(family.name, family.type);
  for (const std::string& name : names) {
    if (shown_names_.contains(name)) {
      return absl::InvalidArgumentError(
          fmt::format("the page has {} already: give each name to one family", name));
    }
  }
  shown_names_.insert(names.begin(), names.end());
  FillFamily(std::move(family), const_labels_, snapshot_.AddFamily());
  return absl::OkStatus();
}

}  // namespace metrics
VITALS_NAMESPACE_END
