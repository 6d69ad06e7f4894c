#include "metrics/collected.h"

#include <algorithm>
#include <array>
#include <bit>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "base/utf8.h"
#include "fmt/format.h"
#include "metrics/collected_validation.h"
#include "metrics/series.h"
#include "vitals/base/log.h"
#include "vitals/metrics/cell.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// Distinct texts that are logged; beyond, errors are only counted.
constexpr std::size_t kMaxLoggedErrors = 64;

void AddSeries(const CollectedSeries& series, FamilySeries& list) {
  Series* const added = Series::Create(0, SeriesRef(), 0, {}, LabelText(series.labels));
  added->created_ms = series.created_ms;
  list.Add(*added);
  added->Release();
}

// Adds an exemplar, unless its labels are longer than OpenMetrics or an Exemplar allows.
void AddExemplar(const CollectedExemplar& collected, std::size_t series, std::size_t bin,
                 MetricFamily& family) {
  std::size_t characters = 0;
  for (const Label& label : collected.labels) {
    characters += base::CountCharacters(label.name) + base::CountCharacters(label.value);
  }
  const std::string text = LabelText(collected.labels);
  if (characters > Exemplar::kMaxCharacters || text.size() > Exemplar::kMaxLabelBytes) {
    return CountDrop(DropReason::kExemplar);
  }
  Exemplar exemplar;
  exemplar.value = collected.value;
  exemplar.timestamp_seconds = collected.timestamp_seconds;
  exemplar.series = static_cast<std::uint32_t>(series);
  exemplar.bin = static_cast<std::uint32_t>(bin);
  exemplar.label_size = static_cast<std::uint16_t>(text.size());
  std::copy(text.begin(), text.end(), exemplar.label_bytes.begin());
  family.AddExemplar(exemplar);
}

// At most one for each bin, as pages show them: the last one given.
void AddExemplars(const CollectedHistogram& histogram, const std::vector<double>& bounds,
                  std::size_t series, MetricFamily& family) {
  std::map<std::size_t, const CollectedExemplar*> by_bin;
  for (const CollectedExemplar& exemplar : histogram.exemplars) {
    const auto bound = std::lower_bound(bounds.begin(), bounds.end(), exemplar.value);
    by_bin[static_cast<std::size_t>(bound - bounds.begin())] = &exemplar;
  }
  for (const auto& [bin, exemplar] : by_bin) {
    AddExemplar(*exemplar, series, bin, family);
  }
}

// Fills families of a snapshot from a collected one. All its parts have a description in common,
// but for bounds and quantiles, in which the series of some sources differ: these make parts.
class FamilyFiller {
 public:
  FamilyFiller(const CollectedFamily& collected, const Labels& const_labels, Snapshot& snapshot)
      : collected_(collected), const_labels_(const_labels), snapshot_(snapshot) {}

  void FillSamples() {
    auto description = Describe(ValueKind::kDouble);
    MetricFamily& family = snapshot_.AddFamily();
    std::uint64_t* word = Reset(std::move(description), collected_.samples, family);
    for (std::size_t i = 0; i < collected_.samples.size(); ++i) {
      const CollectedSample& sample = collected_.samples[i];
      *word++ = std::bit_cast<std::uint64_t>(sample.value);
      if (sample.exemplar) AddExemplar(*sample.exemplar, i, 0, family);
    }
  }

  void FillHistograms() {
    const std::span<const CollectedHistogram> all = collected_.histograms;
    const auto bounds_of = [&](const CollectedHistogram& histogram) -> const std::vector<double>& {
      return histogram.bounds.empty() ? collected_.bounds : histogram.bounds;
    };
    ForEachRun(all, bounds_of, [&](std::span<const CollectedHistogram> run) {
      auto description = Describe(ValueKind::kHistogram);
      description->bounds = bounds_of(run[0]);
      MetricFamily& family = snapshot_.AddFamily();
      std::uint64_t* word = Reset(std::move(description), run, family);
      for (std::size_t i = 0; i < run.size(); ++i) {
        *word++ = std::bit_cast<std::uint64_t>(run[i].sum);
        word = std::copy(run[i].bins.begin(), run[i].bins.end(), word);
        AddExemplars(run[i], bounds_of(run[i]), i, family);
      }
    });
  }

  void FillSummaries() {
    const std::span<const CollectedSummary> all = collected_.summaries;
    const auto quantiles_of = [](const CollectedSummary& summary) {
      std::vector<double> quantiles;
      for (const auto& [quantile, value] : summary.quantiles) quantiles.push_back(quantile);
      return quantiles;
    };
    ForEachRun(all, quantiles_of, [&](std::span<const CollectedSummary> run) {
      auto description = Describe(ValueKind::kSummary);
      description->quantiles = quantiles_of(run[0]);
      std::uint64_t* word = Reset(std::move(description), run, snapshot_.AddFamily());
      for (const CollectedSummary& summary : run) {
        *word++ = std::bit_cast<std::uint64_t>(summary.sum);
        *word++ = summary.count;
        for (const auto& [quantile, value] : summary.quantiles) {
          *word++ = std::bit_cast<std::uint64_t>(value);
        }
      }
    });
  }

 private:
  std::shared_ptr<FamilyDescription> Describe(ValueKind kind) const {
    auto description = std::make_shared<FamilyDescription>();
    description->name = collected_.name;
    description->help = collected_.help;
    description->unit = collected_.unit;
    description->type = collected_.type;
    description->kind = kind;
    description->const_labels = const_labels_;
    return description;
  }

  // Points `family` at these series and returns its column.
  template <typename Range>
  static std::uint64_t* Reset(std::shared_ptr<FamilyDescription> description, const Range& all,
                              MetricFamily& family) {
    CompleteDescription(*description);
    auto list = std::make_shared<FamilySeries>();
    for (const CollectedSeries& series : all) AddSeries(series, *list);
    std::uint64_t* const column = family.Reset(std::move(description), std::move(list)).data();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].timestamp_ms) family.SetTimestamp(i, *all[i].timestamp_ms);
    }
    return column;
  }

  // Calls `fill` for each run of values for which `key_of` gives the same.
  template <typename Value, typename KeyOf, typename Fill>
  static void ForEachRun(std::span<const Value> all, const KeyOf& key_of, const Fill& fill) {
    while (!all.empty()) {
      std::size_t size = 1;
      while (size < all.size() && key_of(all[size]) == key_of(all[0])) ++size;
      fill(all.first(size));
      all = all.subspan(size);
    }
  }

  const CollectedFamily& collected_;
  const Labels& const_labels_;
  Snapshot& snapshot_;
};

}  // namespace

std::span<const std::string_view> ShownSuffixes(MetricType type) {
  // `_created` stands on pages of OpenMetrics alone.
  static constexpr std::array<std::string_view, 4> kSuffixes = {"_bucket", "_sum", "_count",
                                                                "_created"};
  switch (type) {
    case MetricType::kHistogram:
      return kSuffixes;
    case MetricType::kSummary:
      return std::span(kSuffixes).subspan(1);
    default:
      return {};
  }
}

std::vector<std::string> ShownNames(std::string_view family, MetricType type) {
  std::vector<std::string> names = {std::string(family)};
  for (const std::string_view suffix : ShownSuffixes(type)) {
    names.push_back(names[0] + std::string(suffix));
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
    for (std::string& name : ShownNames(description.name, description.type)) {
      shown_names_.insert(std::move(name));
    }
  }
}

void CollectedAppender::Collect(RegisteredCollector& registered, std::chrono::nanoseconds timeout) {
  const std::shared_ptr<Collector> collector = registered.Lock();
  if (collector == nullptr) return;
  std::vector<CollectedFamily> families;
  {
    const ExclusiveCall::Turn turn(registered.call, timeout);
    if (turn.state() != ExclusiveCall::Turn::State::kMine) {
      return Report("a collector is left out: it has not returned to another Gather");
    }
    try {
      families = collector->Collect();
    } catch (const std::exception& error) {
      return Report(fmt::format("a collector threw, its metrics are left out: {}", error.what()));
    } catch (...) {
      return Report(
          "a collector threw something that is no std::exception, its metrics are left out");
    }
  }
  for (const CollectedFamily& family : families) AppendOrReport(family);
}

void CollectedAppender::AppendOrReport(const CollectedFamily& family) {
  if (absl::Status status = Append(family); !status.ok()) {
    Report(fmt::format("collected family \"{}\" is left out: {}", family.name,
                       std::string(status.message())));
  }
}

absl::Status CollectedAppender::Append(const CollectedFamily& family) {
  if (absl::Status status = ValidateFamily(family, const_labels_); !status.ok()) return status;
  // A family without series shows nothing, as elsewhere.
  if (family.samples.empty() && family.histograms.empty() && family.summaries.empty()) {
    return absl::OkStatus();
  }
  std::vector<std::string> names = ShownNames(family.name, family.type);
  for (const std::string& name : names) {
    if (shown_names_.contains(name)) {
      return absl::InvalidArgumentError(
          fmt::format("the page has {} already: give each name to one family", name));
    }
  }
  shown_names_.insert(names.begin(), names.end());
  FamilyFiller filler(family, const_labels_, snapshot_);
  switch (family.type) {
    case MetricType::kHistogram:
      filler.FillHistograms();
      break;
    case MetricType::kSummary:
      filler.FillSummaries();
      break;
    default:
      filler.FillSamples();
  }
  return absl::OkStatus();
}

}  // namespace metrics
VITALS_NAMESPACE_END
