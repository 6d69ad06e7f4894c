#include "vitals/metrics/registry.h"

#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "fmt/format.h"
#include "metrics/collected_validation.h"
#include "metrics/registry_impl.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN

using metrics::FamilyCore;
using metrics::FamilySpec;
using metrics::InstrumentType;

namespace {

using CoreOr = absl::StatusOr<std::shared_ptr<FamilyCore>>;
using LabelNameSpan = std::span<const std::string_view>;

// What the options of all families have in common.
template <typename Options>
FamilySpec CommonSpec(InstrumentType type, const Options& options, LabelNameSpan labels) {
  FamilySpec spec;
  spec.type = type;
  FamilyDescription& description = spec.description;
  description.name = options.name;
  description.help = options.help;
  description.type = metrics::TraitsOf(type).type;
  description.kind = metrics::TraitsOf(type).kind;
  description.const_labels = options.const_labels;
  description.label_names.assign(labels.begin(), labels.end());
  if constexpr (requires { options.unit; }) description.unit = options.unit;
  spec.max_series = options.max_series;
  spec.expire_after = options.expire_after;
  return spec;
}

absl::Status CannotAdd(std::string_view name, std::string_view reason) {
  return absl::InvalidArgumentError(fmt::format("cannot add {}: {}", name, reason));
}

// The bounds 2^(i / 2^schema) from the last at or below `min` to the first at or above `max`.
std::vector<double> ExponentialBounds(int schema, double min, double max) {
  const double per_octave = std::exp2(schema);
  const auto first = static_cast<std::int64_t>(std::floor(std::log2(min) * per_octave));
  const auto last = static_cast<std::int64_t>(std::ceil(std::log2(max) * per_octave));
  std::vector<double> bounds;
  for (std::int64_t i = first; i <= last; ++i) {
    bounds.push_back(std::exp2(static_cast<double>(i) / per_octave));
  }
  if (std::isinf(bounds.back())) bounds.pop_back();
  return bounds;
}

absl::Status ValidateRange(const ExponentialHistogramOptions& options) {
  const auto fail = [&](std::string_view reason) { return CannotAdd(options.name, reason); };
  if (options.schema < 0 || options.schema > 8) {
    return fail(fmt::format("schema is {}: choose one from 0 to 8", options.schema));
  }
  if (!(options.min_value > 0 && options.min_value < options.max_value &&
        options.max_value < std::numeric_limits<double>::infinity())) {
    return fail(
        fmt::format("the range from {} to {} is none: min_value is above 0, max_value above "
                    "min_value, and both are finite",
                    options.min_value, options.max_value));
  }
  const double buckets =
      std::log2(options.max_value / options.min_value) * std::exp2(options.schema) + 2;
  if (buckets > static_cast<double>(Bounds::kMaxCount)) {
    return fail(fmt::format(
        "{:.0f} buckets lie between {} and {} at schema {}, {} at most: choose a "
        "smaller range or schema",
        buckets, options.min_value, options.max_value, options.schema, Bounds::kMaxCount));
  }
  return absl::OkStatus();
}

absl::Status ValidateSummary(const SummaryOptions& options) {
  if (absl::Status status = metrics::ValidateQuantiles(options.quantiles); !status.ok()) {
    return CannotAdd(options.name, std::string(status.message()));
  }
  if (options.window < std::chrono::seconds(1) || options.window > std::chrono::hours(1)) {
    return CannotAdd(options.name, "window is out of range: choose from 1 s to 1 h");
  }
  if (options.window_parts < 1 || options.window_parts > 6) {
    return CannotAdd(options.name,
                     fmt::format("window_parts is {}: choose from 1 to 6", options.window_parts));
  }
  return absl::OkStatus();
}

absl::Status ValidateStates(const StateSetOptions& options) {
  if (options.states.empty() || options.states.size() > StateSet::kMaxStates) {
    return CannotAdd(options.name, fmt::format("it has {} states: give 1 to {}",
                                               options.states.size(), StateSet::kMaxStates));
  }
  std::set<std::string_view> seen;
  for (const std::string& state : options.states) {
    if (state.empty()) return CannotAdd(options.name, "a state has no name");
    if (!base::IsValidUtf8(state)) return CannotAdd(options.name, "a state is not valid UTF-8");
    if (!seen.insert(state).second) {
      return CannotAdd(options.name, fmt::format("state \"{}\" is given twice", state));
    }
  }
  return ValidateLabelName(options.name);
}

// The instrument of a family without labels.
template <typename Instrument>
absl::StatusOr<Instrument> Single(CoreOr core) {
  if (!core.ok()) return core.status();
  return metrics::MakeInstrument<Instrument>((*core)->Find({}), (*core)->bins());
}

std::vector<std::string_view> Views(const DynamicLabels& labels) {
  return {labels.names.begin(), labels.names.end()};
}

}  // namespace

Registry::Registry() : Registry(RegistryOptions()) {}
Registry::Registry(RegistryOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Registry::~Registry() = default;

CoreOr Registry::Add(InstrumentType type, const FamilyOptions& options, LabelNameSpan labels) {
  if (type == InstrumentType::kInfo && !options.name.ends_with("_info")) {
    return CannotAdd(options.name,
                     fmt::format("an Info ends in _info: call it {}_info", options.name));
  }
  if (type == InstrumentType::kInfo && options.expire_after.count() != 0) {
    return CannotAdd(options.name,
                     "nothing is recorded to an Info: remove it instead of letting it "
                     "expire");
  }
  return impl_->Add(CommonSpec(type, options, labels));
}

CoreOr Registry::Add(const HistogramOptions& options, LabelNameSpan labels) {
  if (absl::Status status = options.bounds.Validate(); !status.ok()) {
    return CannotAdd(options.name, std::string(status.message()));
  }
  FamilySpec spec = CommonSpec(InstrumentType::kHistogram, options, labels);
  std::vector<double>& bounds = spec.description.bounds;
  bounds = options.bounds.values();
  if (bounds.back() == std::numeric_limits<double>::infinity()) bounds.pop_back();
  return impl_->Add(std::move(spec));
}

CoreOr Registry::Add(const ExponentialHistogramOptions& options, LabelNameSpan labels) {
  if (absl::Status status = ValidateRange(options); !status.ok()) return status;
  FamilySpec spec = CommonSpec(InstrumentType::kHistogram, options, labels);
  spec.description.bounds = ExponentialBounds(options.schema, options.min_value, options.max_value);
  spec.description.hides_empty_buckets = true;
  return impl_->Add(std::move(spec));
}

CoreOr Registry::Add(const SummaryOptions& options, LabelNameSpan labels) {
  if (absl::Status status = ValidateSummary(options); !status.ok()) return status;
  FamilySpec spec = CommonSpec(InstrumentType::kSummary, options, labels);
  spec.description.quantiles = options.quantiles;
  spec.window = options.window;
  spec.window_parts = options.window_parts;
  return impl_->Add(std::move(spec));
}

CoreOr Registry::Add(const StateSetOptions& options, LabelNameSpan labels) {
  if (absl::Status status = ValidateStates(options); !status.ok()) return status;
  FamilySpec spec = CommonSpec(InstrumentType::kStateSet, options, labels);
  spec.description.states = options.states;
  return impl_->Add(std::move(spec));
}

absl::StatusOr<Counter> Registry::AddCounter(const FamilyOptions& options) {
  return Single<Counter>(Add(InstrumentType::kCounter, options, {}));
}
absl::StatusOr<DynamicFamily<Counter>> Registry::AddCounter(const FamilyOptions& options,
                                                            const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Counter>>(Add(InstrumentType::kCounter, options, Views(labels)));
}

absl::StatusOr<DoubleCounter> Registry::AddDoubleCounter(const FamilyOptions& options) {
  return Single<DoubleCounter>(Add(InstrumentType::kDoubleCounter, options, {}));
}
absl::StatusOr<DynamicFamily<DoubleCounter>> Registry::AddDoubleCounter(
    const FamilyOptions& options, const DynamicLabels& labels) {
  return Wrap<DynamicFamily<DoubleCounter>>(
      Add(InstrumentType::kDoubleCounter, options, Views(labels)));
}

absl::StatusOr<UpDownCounter> Registry::AddUpDownCounter(const FamilyOptions& options) {
  return Single<UpDownCounter>(Add(InstrumentType::kUpDownCounter, options, {}));
}
absl::StatusOr<DynamicFamily<UpDownCounter>> Registry::AddUpDownCounter(
    const FamilyOptions& options, const DynamicLabels& labels) {
  return Wrap<DynamicFamily<UpDownCounter>>(
      Add(InstrumentType::kUpDownCounter, options, Views(labels)));
}

absl::StatusOr<Gauge> Registry::AddGauge(const FamilyOptions& options) {
  return Single<Gauge>(Add(InstrumentType::kGauge, options, {}));
}
absl::StatusOr<DynamicFamily<Gauge>> Registry::AddGauge(const FamilyOptions& options,
                                                        const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Gauge>>(Add(InstrumentType::kGauge, options, Views(labels)));
}

absl::StatusOr<Histogram> Registry::AddHistogram(const HistogramOptions& options) {
  return Single<Histogram>(Add(options, {}));
}
absl::StatusOr<DynamicFamily<Histogram>> Registry::AddHistogram(const HistogramOptions& options,
                                                                const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Histogram>>(Add(options, Views(labels)));
}

absl::StatusOr<Histogram> Registry::AddExponentialHistogram(
    const ExponentialHistogramOptions& options) {
  return Single<Histogram>(Add(options, {}));
}
absl::StatusOr<DynamicFamily<Histogram>> Registry::AddExponentialHistogram(
    const ExponentialHistogramOptions& options, const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Histogram>>(Add(options, Views(labels)));
}

absl::StatusOr<Summary> Registry::AddSummary(const SummaryOptions& options) {
  return Single<Summary>(Add(options, {}));
}
absl::StatusOr<DynamicFamily<Summary>> Registry::AddSummary(const SummaryOptions& options,
                                                            const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Summary>>(Add(options, Views(labels)));
}

absl::StatusOr<StateSet> Registry::AddStateSet(const StateSetOptions& options) {
  return Single<StateSet>(Add(options, {}));
}
absl::StatusOr<DynamicFamily<StateSet>> Registry::AddStateSet(const StateSetOptions& options,
                                                              const DynamicLabels& labels) {
  return Wrap<DynamicFamily<StateSet>>(Add(options, Views(labels)));
}

absl::StatusOr<Info> Registry::AddInfo(const FamilyOptions& options) {
  return Single<Info>(Add(InstrumentType::kInfo, options, {}));
}
absl::StatusOr<DynamicFamily<Info>> Registry::AddInfo(const FamilyOptions& options,
                                                      const DynamicLabels& labels) {
  return Wrap<DynamicFamily<Info>>(Add(InstrumentType::kInfo, options, Views(labels)));
}

absl::StatusOr<CallbackRegistration> Registry::AddCallbackGauge(const FamilyOptions& options,
                                                                std::function<double()> callback) {
  return impl_->AddCallback(MetricType::kGauge, options, std::move(callback));
}

absl::StatusOr<CallbackRegistration> Registry::AddCallbackCounter(
    const FamilyOptions& options, std::function<double()> callback) {
  return impl_->AddCallback(MetricType::kCounter, options, std::move(callback));
}

absl::Status Registry::AddCollector(std::shared_ptr<Collector> collector) {
  auto registered = std::make_shared<metrics::RegisteredCollector>();
  registered->address = collector.get();
  registered->owned = std::move(collector);
  return impl_->AddCollector(std::move(registered));
}

absl::Status Registry::AddWeakCollector(std::weak_ptr<Collector> collector) {
  auto registered = std::make_shared<metrics::RegisteredCollector>();
  registered->address = collector.lock().get();
  registered->watched = std::move(collector);
  return impl_->AddCollector(std::move(registered));
}

bool Registry::RemoveCollector(const Collector* collector) {
  return impl_->RemoveCollector(collector);
}

bool Registry::RemoveFamily(std::string_view name) { return impl_->RemoveFamily(name); }

void Registry::Gather(Snapshot& snapshot) { impl_->Gather(snapshot); }

void Registry::RunMaintenance() { impl_->RunMaintenance(); }

VITALS_NAMESPACE_END
