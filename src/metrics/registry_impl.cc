#include "metrics/registry_impl.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "fmt/format.h"
#include "metrics/bin_index.h"
#include "metrics/collected_validation.h"
#include "vitals/base/log.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN

using metrics::FamilyCore;
using metrics::FamilySpec;
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

bool IsSameDefinition(const FamilyCore& core, const FamilySpec& spec) {
  const FamilyDescription& existing = core.description();
  const FamilyDescription& wanted = spec.description;
  return core.type() == spec.type && existing.name == wanted.name &&
         existing.label_names == wanted.label_names &&
         existing.const_labels == wanted.const_labels && existing.bounds == wanted.bounds &&
         existing.hides_empty_buckets == wanted.hides_empty_buckets &&
         existing.quantiles == wanted.quantiles && existing.states == wanted.states &&
         existing.unit == wanted.unit && core.window() == spec.window;
}

absl::Status ValidateLabelNames(const FamilyDescription& description) {
  std::vector<std::string> seen;
  for (const std::string& name : description.label_names) {
    if (absl::Status status = ValidateLabelName(name); !status.ok()) return status;
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return absl::InvalidArgumentError(
          fmt::format("label \"{}\" is given twice: give each label once", name));
    }
    if (description.const_labels.Contains(name)) {
      return absl::InvalidArgumentError(fmt::format(
          "label \"{}\" is a constant label already: take it from one of the two", name));
    }
    seen.push_back(name);
  }
  for (const Label& label : description.const_labels) seen.push_back(label.name);
  if (const std::string_view reserved = metrics::ReservedLabel(description);
      !reserved.empty() && std::find(seen.begin(), seen.end(), reserved) != seen.end()) {
    return absl::InvalidArgumentError(
        fmt::format("label \"{}\" is reserved for the lines of this type: rename it", reserved));
  }
  return absl::OkStatus();
}

// The system's clocks, as something that is shared: they are never destroyed.
std::shared_ptr<const Clock> SystemClock() {
  return {std::shared_ptr<const Clock>(), &Clock::System()};
}

}  // namespace

Registry::Impl::Impl(RegistryOptions options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : SystemClock()),
      family_list_(std::make_shared<FamilyList>()),
      collectors_(std::make_shared<CollectorList>()),
      callbacks_(std::make_shared<metrics::CallbackList>()) {}

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

absl::Status Registry::Impl::Validate(const FamilySpec& spec) const {
  const FamilyDescription& description = spec.description;
  if (absl::Status status = ValidateMetricName(description.name); !status.ok()) return status;
  if (!base::IsValidUtf8(description.help)) {
    return absl::InvalidArgumentError("the help text is not valid UTF-8");
  }
  absl::Status status = metrics::ValidateUnit(description.name, description.unit);
  status.Update(ValidateLabels(description.const_labels));
  status.Update(ValidateLabelNames(description));
  if (spec.max_series == 0) {
    status.Update(absl::InvalidArgumentError("max_series is 0: allow at least one series"));
  }
  if (spec.expire_after.count() < 0) {
    status.Update(absl::InvalidArgumentError("expire_after is negative: use 0 for never"));
  }
  return status;
}

const FamilyCore* Registry::Impl::FindConflict(const FamilyDescription& description) const {
  for (const std::string& name : metrics::ShownNames(description.name, description.type)) {
    if (const auto found = shown_names_.find(name); found != shown_names_.end()) {
      return found->second.get();
    }
  }
  return nullptr;
}

Labels Registry::Impl::WithConstLabels(const Labels& labels) const {
  std::vector<Label> all(labels.begin(), labels.end());
  all.insert(all.end(), options_.const_labels.begin(), options_.const_labels.end());
  return Labels(std::move(all));
}

absl::StatusOr<std::shared_ptr<FamilyCore>> Registry::Impl::Add(FamilySpec spec) {
  FamilyDescription& description = spec.description;
  const auto fail = [&](const absl::Status& status) {
    return absl::Status(status.code(),
                        fmt::format("cannot add {}: {}", DefinitionText(spec.type, description),
                                    std::string(status.message())));
  };
  description.const_labels = WithConstLabels(description.const_labels);
  if (absl::Status status = Validate(spec); !status.ok()) return fail(status);
  CompleteDescription(description);
  if (spec.type == InstrumentType::kHistogram) {
    spec.bins = metrics::InternBinIndex(description.bounds);
  }
  spec.clock = clock_;
  // Made before the lock is taken, since an unused one takes it when it dies.
  const auto core = std::make_shared<FamilyCore>(spec);

  const base::MutexLock lock(structure_mutex);
  if (const auto found = families_.find(description.name);
      found != families_.end() && IsSameDefinition(*found->second, spec)) {
    return found->second;
  }
  if (const FamilyCore* const conflict = FindConflict(description)) {
    return fail(absl::AlreadyExistsError(
        fmt::format("{} is registered; give them different names, or the same definition",
                    DefinitionText(conflict->type(), conflict->description()))));
  }
  for (const std::string& name : metrics::ShownNames(description.name, description.type)) {
    if (!metrics::HasCallback(*callbacks_, name)) continue;
    return fail(absl::AlreadyExistsError(
        fmt::format("a callback for {} is registered; give them different names", name)));
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

absl::StatusOr<CallbackRegistration> Registry::Impl::AddCallback(MetricType type,
                                                                 const FamilyOptions& options,
                                                                 std::function<double()> function) {
  const auto fail = [&](absl::StatusCode code, std::string_view reason) {
    return absl::Status(code,
                        fmt::format("cannot add a callback for {}: {}", options.name, reason));
  };
  const auto callback = std::make_shared<metrics::Callback>();
  callback->family.name = options.name;
  callback->family.help = options.help;
  callback->family.type = type;
  callback->family.unit = options.unit;
  callback->labels = options.const_labels;
  callback->function = std::move(function);
  CollectedFamily shown = callback->family;
  shown.samples.emplace_back(callback->labels, 0.0);
  if (absl::Status status = metrics::ValidateFamily(shown, options_.const_labels); !status.ok()) {
    return fail(status.code(), std::string(status.message()));
  }
  if (callback->function == nullptr) {
    return fail(absl::StatusCode::kInvalidArgument, "it is empty");
  }

  std::shared_ptr<const metrics::CallbackList> previous;  // dies after the lock, with its captures
  const base::MutexLock lock(structure_mutex);
  if (const auto found = shown_names_.find(options.name); found != shown_names_.end()) {
    return fail(absl::StatusCode::kAlreadyExists,
                fmt::format("{} is registered; give them different names",
                            DefinitionText(found->second->type(), found->second->description())));
  }
  const metrics::Callback* conflict = nullptr;
  auto list = metrics::WithCallback(*callbacks_, callback, conflict);
  if (list == nullptr) {
    return fail(absl::StatusCode::kAlreadyExists,
                conflict->labels == callback->labels
                    ? "there is one with the same constant labels; give it others"
                    : "there is one of another type, help or unit; give it the same");
  }
  previous = std::exchange(callbacks_, std::move(list));
  return CallbackRegistration(callback);
}

absl::Status Registry::Impl::AddCollector(std::shared_ptr<metrics::RegisteredCollector> collector) {
  if (collector->address == nullptr) return absl::InvalidArgumentError("the collector is null");
  std::shared_ptr<const CollectorList> previous;  // dies after the lock, with what only it holds
  const base::MutexLock lock(structure_mutex);
  auto list = std::make_shared<CollectorList>(*collectors_);
  std::erase_if(*list, [](const auto& other) { return other->IsGone(); });
  list->push_back(std::move(collector));
  previous = std::exchange(collectors_, std::move(list));
  return absl::OkStatus();
}

bool Registry::Impl::RemoveCollector(const Collector* collector) {
  std::shared_ptr<const CollectorList> previous;  // as above
  const base::MutexLock lock(structure_mutex);
  auto list = std::make_shared<CollectorList>(*collectors_);
  const bool removed = std::erase_if(*list, [collector](const auto& registered) {
                         return registered->address == collector;
                       }) > 0;
  previous = std::exchange(collectors_, std::move(list));
  return removed;
}

void Registry::Impl::RunMaintenance() {
  std::shared_ptr<const FamilyList> families;
  {
    const base::MutexLock lock(structure_mutex);
    families = family_list_;
  }
  for (const std::shared_ptr<FamilyCore>& core : *families) {
    try {
      core->Maintain();
    } catch (const std::bad_alloc&) {
      Log(LogSeverity::kWarning, "no memory to maintain a family: its windows move on later");
    }
  }
}

VITALS_NAMESPACE_END
