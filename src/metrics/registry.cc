#include "vitals/metrics/registry.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "fmt/format.h"
#include "metrics/bin_index.h"
#include "metrics/registry_impl.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN

using metrics::FamilyCore;
using metrics::InstrumentType;
using metrics::structure_mutex;

namespace {

// A definition as messages show it: `Counter jobs_total{operation,status}`.
std::string DefinitionText(InstrumentType type, const FamilyDescription& description) {
  std::string text = fmt::format("{} {}", metrics::TraitsOf(type).name, description.name);
  if (!description.label_names.empty()) {
    text += fmt::format("{{{}}}", fmt::join(description.label_names, ","));
  }
  if (!description.const_labels.empty()) {
    text += fmt::format(" with constant labels {}", LabelText(description.const_labels));
  }
  if (!description.bounds.empty()) {
    text += fmt::format(" with bounds {}", fmt::join(description.bounds, ","));
  }
  return text;
}

bool IsSameDefinition(const FamilyCore& core, InstrumentType type,
                      const FamilyDescription& description) {
  const FamilyDescription& existing = core.description();
  return core.type() == type && existing.name == description.name &&
         existing.label_names == description.label_names &&
         existing.const_labels == description.const_labels && existing.bounds == description.bounds;
}

absl::Status ValidateLabelNames(const FamilyDescription& description) {
  std::vector<std::string> seen;
  for (const std::string& name : description.label_names) {
    if (absl::Status status = ValidateLabelName(name); !status.ok()) return status;
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return absl::InvalidArgumentError(
          fmt::format("label \"{}\" is given twice: give each label once", name));
    }
    if (!description.const_labels.Get(name).empty()) {
      return absl::InvalidArgumentError(fmt::format(
          "label \"{}\" is a constant label already: take it from one of the two", name));
    }
    seen.push_back(name);
  }
  for (const Label& label : description.const_labels) seen.push_back(label.name);
  if (description.type == MetricType::kHistogram &&
      std::find(seen.begin(), seen.end(), "le") != seen.end()) {
    return absl::InvalidArgumentError("label \"le\" is reserved for the buckets of histograms");
  }
  return absl::OkStatus();
}

FamilyDescription Describe(InstrumentType type, std::string name, std::string help,
                           Labels const_labels, std::span<const std::string_view> labels) {
  FamilyDescription description;
  description.name = std::move(name);
  description.help = std::move(help);
  description.type = metrics::TraitsOf(type).type;
  description.kind = metrics::TraitsOf(type).kind;
  description.const_labels = std::move(const_labels);
  description.label_names.assign(labels.begin(), labels.end());
  return description;
}

// The instrument of a family without labels.
template <typename Instrument>
absl::StatusOr<Instrument> SingleInstrument(absl::StatusOr<std::shared_ptr<FamilyCore>> core) {
  if (!core.ok()) return core.status();
  return metrics::MakeInstrument<Instrument>((*core)->Find({}), (*core)->bins());
}

std::vector<std::string_view> Views(const DynamicLabels& labels) {
  return {labels.names.begin(), labels.names.end()};
}

}  // namespace

Registry::Impl::Impl(RegistryOptions options)
    : options_(std::move(options)),
      family_list_(std::make_shared<FamilyList>()),
      collectors_(std::make_shared<CollectorList>()) {}

Registry::Impl::~Impl() {
  FamilyMap families;
  {
    const base::MutexLock lock(structure_mutex);
    families = std::move(families_);
    shown_names_.clear();
    family_list_.reset();
  }
  // A family object of the host may keep the core, but not its series.
  for (const auto& [name, core] : families) core->RemoveAll();
}

absl::Status Registry::Impl::Validate(const FamilyDescription& description) const {
  if (absl::Status status = ValidateMetricName(description.name); !status.ok()) return status;
  if (!base::IsValidUtf8(description.help)) {
    return absl::InvalidArgumentError("the help text is not valid UTF-8");
  }
  if (absl::Status status = ValidateLabels(description.const_labels); !status.ok()) return status;
  return ValidateLabelNames(description);
}

const FamilyCore* Registry::Impl::FindConflict(const FamilyDescription& description) const {
  for (const std::string& name : metrics::ShownNames(description.name, description.type)) {
    if (const auto found = shown_names_.find(name); found != shown_names_.end()) {
      return found->second.get();
    }
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<FamilyCore>> Registry::Impl::Add(InstrumentType type,
                                                                FamilyDescription description,
                                                                std::size_t max_series) {
  const auto fail = [&](const absl::Status& status) {
    return absl::Status(status.code(),
                        fmt::format("cannot add {}: {}", DefinitionText(type, description),
                                    std::string(status.message())));
  };
  std::vector<Label> const_labels(description.const_labels.begin(), description.const_labels.end());
  const_labels.insert(const_labels.end(), options_.const_labels.begin(),
                      options_.const_labels.end());
  description.const_labels = Labels(std::move(const_labels));
  if (absl::Status status = Validate(description); !status.ok()) return fail(status);
  if (max_series == 0) {
    return fail(absl::InvalidArgumentError("max_series is 0: allow at least one series"));
  }
  CompleteDescription(description);
  const metrics::BinIndex* const bins =
      type == InstrumentType::kHistogram ? metrics::InternBinIndex(description.bounds) : nullptr;
  // Made before the lock is taken, since an unused one takes it when it dies.
  const auto core = std::make_shared<FamilyCore>(
      type, std::make_shared<FamilyDescription>(description), max_series, bins);

  const base::MutexLock lock(structure_mutex);
  if (const auto found = families_.find(description.name);
      found != families_.end() && IsSameDefinition(*found->second, type, description)) {
    return found->second;
  }
  if (const FamilyCore* const conflict = FindConflict(description)) {
    return fail(absl::AlreadyExistsError(
        fmt::format("{} is registered; give them different names, or the same definition",
                    DefinitionText(conflict->type(), conflict->description()))));
  }
  families_.emplace(description.name, core);
  for (std::string& name : metrics::ShownNames(description.name, description.type)) {
    shown_names_.emplace(std::move(name), core);
  }
  PublishFamilies();
  return core;
}

bool Registry::Impl::RemoveFamily(std::string_view name) {
  std::shared_ptr<FamilyCore> core;
  {
    const base::MutexLock lock(structure_mutex);
    const auto found = families_.find(name);
    if (found == families_.end()) return false;
    core = found->second;
    for (const std::string& shown : metrics::ShownNames(name, core->description().type)) {
      shown_names_.erase(shown);
    }
    families_.erase(found);
    PublishFamilies();
  }
  core->RemoveAll();
  return true;
}

void Registry::Impl::PublishFamilies() {
  auto list = std::make_shared<FamilyList>();
  for (const auto& [name, core] : families_) list->push_back(core);
  family_list_ = std::move(list);
}

absl::Status Registry::Impl::AddCollector(std::shared_ptr<Collector> collector) {
  if (collector == nullptr) return absl::InvalidArgumentError("the collector is null");
  const base::MutexLock lock(structure_mutex);
  auto list = std::make_shared<CollectorList>(*collectors_);
  list->push_back(std::move(collector));
  collectors_ = std::move(list);
  return absl::OkStatus();
}

bool Registry::Impl::RemoveCollector(const Collector* collector) {
  std::shared_ptr<const CollectorList> previous;  // dies after the lock, with what only it holds
  const base::MutexLock lock(structure_mutex);
  auto list = std::make_shared<CollectorList>(*collectors_);
  const bool removed = std::erase_if(*list, [collector](const std::shared_ptr<Collector>& c) {
                         return c.get() == collector;
                       }) > 0;
  previous = std::exchange(collectors_, std::move(list));
  return removed;
}

Registry::Registry() : Registry(RegistryOptions()) {}
Registry::Registry(RegistryOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Registry::~Registry() = default;

absl::StatusOr<std::shared_ptr<FamilyCore>> Registry::AddFamily(
    InstrumentType type, const FamilyOptions& options, std::span<const std::string_view> labels) {
  return impl_->Add(type, Describe(type, options.name, options.help, options.const_labels, labels),
                    options.max_series);
}

absl::StatusOr<std::shared_ptr<FamilyCore>> Registry::AddHistogramFamily(
    const HistogramOptions& options, std::span<const std::string_view> labels) {
  FamilyDescription description = Describe(InstrumentType::kHistogram, options.name, options.help,
                                           options.const_labels, labels);
  if (absl::Status status = options.bounds.Validate(); !status.ok()) {
    return absl::Status(
        status.code(),
        fmt::format("cannot add {}: {}", DefinitionText(InstrumentType::kHistogram, description),
                    std::string(status.message())));
  }
  description.bounds = options.bounds.values();
  if (description.bounds.back() == std::numeric_limits<double>::infinity()) {
    description.bounds.pop_back();
  }
  return impl_->Add(InstrumentType::kHistogram, std::move(description), options.max_series);
}

absl::StatusOr<Counter> Registry::AddCounter(const FamilyOptions& options) {
  return SingleInstrument<Counter>(AddFamily(InstrumentType::kCounter, options, {}));
}

absl::StatusOr<DoubleCounter> Registry::AddDoubleCounter(const FamilyOptions& options) {
  return SingleInstrument<DoubleCounter>(AddFamily(InstrumentType::kDoubleCounter, options, {}));
}

absl::StatusOr<UpDownCounter> Registry::AddUpDownCounter(const FamilyOptions& options) {
  return SingleInstrument<UpDownCounter>(AddFamily(InstrumentType::kUpDownCounter, options, {}));
}

absl::StatusOr<Gauge> Registry::AddGauge(const FamilyOptions& options) {
  return SingleInstrument<Gauge>(AddFamily(InstrumentType::kGauge, options, {}));
}

absl::StatusOr<Histogram> Registry::AddHistogram(const HistogramOptions& options) {
  return SingleInstrument<Histogram>(AddHistogramFamily(options, {}));
}

absl::StatusOr<DynamicFamily<Counter>> Registry::AddCounter(const FamilyOptions& options,
                                                            const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Counter>>(AddFamily(InstrumentType::kCounter, options, Views(labels)));
}

absl::StatusOr<DynamicFamily<DoubleCounter>> Registry::AddDoubleCounter(
    const FamilyOptions& options, const DynamicLabels& labels) {
  return Wrap<DynamicFamily<DoubleCounter>>(
      AddFamily(InstrumentType::kDoubleCounter, options, Views(labels)));
}

absl::StatusOr<DynamicFamily<UpDownCounter>> Registry::AddUpDownCounter(
    const FamilyOptions& options, const DynamicLabels& labels) {
  return Wrap<DynamicFamily<UpDownCounter>>(
      AddFamily(InstrumentType::kUpDownCounter, options, Views(labels)));
}

absl::StatusOr<DynamicFamily<Gauge>> Registry::AddGauge(const FamilyOptions& options,
                                                        const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Gauge>>(AddFamily(InstrumentType::kGauge, options, Views(labels)));
}

absl::StatusOr<DynamicFamily<Histogram>> Registry::AddHistogram(const HistogramOptions& options,
                                                                const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Histogram>>(AddHistogramFamily(options, Views(labels)));
}

absl::Status Registry::AddCollector(std::shared_ptr<Collector> collector) {
  return impl_->AddCollector(std::move(collector));
}

bool Registry::RemoveCollector(const Collector* collector) {
  return impl_->RemoveCollector(collector);
}

bool Registry::RemoveFamily(std::string_view name) { return impl_->RemoveFamily(name); }

void Registry::Gather(Snapshot& snapshot) { impl_->Gather(snapshot); }

VITALS_NAMESPACE_END
