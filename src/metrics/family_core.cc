#include "metrics/family_core.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/quiescence.h"
#include "base/utf8.h"
#include "metrics/exemplars.h"
#include "metrics/sum.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

constexpr std::string_view kOverflowValue = "__overflow__";

// A longer value goes to the overflow series: labels name things, they do not carry content.
constexpr std::size_t kMaxValueBytes = 1024;

bool IsAscii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// `values` with ill-formed bytes replaced; `storage` holds what had to be made.
std::vector<std::string_view> ToValidValues(std::span<const std::string_view> values,
                                            std::vector<std::string>& storage) {
  std::vector<std::string_view> valid(values.begin(), values.end());
  storage.reserve(values.size());
  for (std::string_view& value : valid) {
    if (base::IsValidUtf8(value)) continue;
    value = storage.emplace_back(base::ToValidUtf8(value));
  }
  return valid;
}

}  // namespace

const InstrumentTraits& TraitsOf(InstrumentType type) noexcept {
  static constexpr InstrumentTraits kTraits[] = {
      {"Counter", MetricType::kCounter, ValueKind::kUnsigned, {1, 0, 0}, 0, false, 0},
      {"DoubleCounter", MetricType::kCounter, ValueKind::kDouble, {1, 1, 0}, 1, false, 0},
      {"UpDownCounter", MetricType::kGauge, ValueKind::kSigned, {2, 0, 0}, 0, false, 0},
      {"Gauge", MetricType::kGauge, ValueKind::kDouble, {0, 0, 0}, 0, true, 0},
      {"Histogram", MetricType::kHistogram, ValueKind::kHistogram, {2, 2, 0}, 2, false, 0},
      {"Summary",
       MetricType::kSummary,
       ValueKind::kSummary,
       {Summary::kCells, 1, Summary::kCells - Summary::kFirstBinCell},
       1,
       false,
       0},
      {"Info", MetricType::kInfo, ValueKind::kUnsigned, {0, 0, 0}, 0, true, 1},
      {"StateSet", MetricType::kStateSet, ValueKind::kStates, {0, 0, 0}, 0, true, 0},
  };
  return kTraits[static_cast<std::size_t>(type)];
}

FamilyCore::FamilyCore(FamilySpec spec)
    : type_(spec.type),
      description_(std::make_shared<const FamilyDescription>(std::move(spec.description))),
      max_series_(spec.max_series),
      bins_(spec.bins),
      window_(spec.window),
      clock_(std::move(spec.clock)),
      schema_(description_->label_names, TraitsOf(type_).reported_count),
      series_(std::make_shared<FamilySeries>()) {
  const base::MutexLock lock(structure_mutex);
  if (type_ == InstrumentType::kSummary) {
    summaries_ =
        std::make_unique<SummarySeries>(spec.window, spec.window_parts, clock_->MonotonicNow());
  }
  if (spec.expire_after.count() > 0) idle_ = std::make_unique<IdleSeries>(spec.expire_after);
}

FamilyCore::~FamilyCore() {
  RemoveAll();
  const base::MutexLock lock(structure_mutex);
  if (overflow_slot_) {
    RetireSlot(*overflow_slot_);
    FreeSlot(*overflow_slot_);
  }
}

CellShape FamilyCore::shape() const noexcept {
  CellShape shape = TraitsOf(type_).shape;
  if (bins_ != nullptr) shape.cells += bins_->bin_count;
  return shape;
}

SeriesRef FamilyCore::AllocatePlace() {
  if (TraitsOf(type_).in_gauge_cell) {
    const GaugeCell* const cell = AllocateGaugeCell(
        TraitsOf(type_).first_bits, static_cast<std::uint32_t>(description_->states.size()));
    // Relaxed: written under the lock that is held.
    return SeriesRef::Of(cell, cell->generation.load(std::memory_order_relaxed));
  }
  return SeriesRef::Of(AllocateSlot(shape()));
}

void FamilyCore::FreePlace(const SeriesRef& ref) {
  if (TraitsOf(type_).in_gauge_cell) {
    RetireGaugeCell(*ref.gauge_cell());
    FreeGaugeCell(*ref.gauge_cell());
  } else {
    RetireSlot(ref.slot());
    FreeSlot(ref.slot());
  }
}

SeriesRef FamilyCore::Find(std::span<const std::string_view> values) noexcept {
  const std::uint32_t hash = HashLabelValues(values);
  SeriesRef overflow;
  {
    const base::ReadSection section;
    const Series* const series =
        index_.Find(hash, [&](const Series& s) { return schema_.Matches(s, values); });
    if (series != nullptr) [[likely]] {
      return series->ref;
    }
    if (const Series* const full = overflow_.load(std::memory_order_acquire)) overflow = full->ref;
  }
  // Only ASCII: other values may exist in their valid form.
  if (overflow.generation != Slot::kNoGeneration &&
      std::all_of(values.begin(), values.end(), &IsAscii)) {
    overflow_counter_.Increment();
    return overflow;
  }
  try {
    return FindOrAdd(values);
  } catch (const std::bad_alloc&) {
    CountDrop(DropReason::kOutOfMemory);
    return SeriesRef();
  }
}

SeriesRef FamilyCore::FindOrAdd(std::span<const std::string_view> values) {
  std::vector<std::string> storage;
  const std::vector<std::string_view> valid = ToValidValues(values, storage);
  const std::uint32_t hash = HashLabelValues(valid);
  const base::MutexLock lock(structure_mutex);
  const Series* const series =
      index_.Find(hash, [&](const Series& s) { return schema_.Matches(s, valid); });
  if (series != nullptr) return series->ref;
  const bool too_long = std::any_of(valid.begin(), valid.end(), [](std::string_view value) {
    return value.size() > kMaxValueBytes;
  });
  if (!too_long && !Full()) return Add(hash, valid).ref;
  return AddOverflow();
}

Series& FamilyCore::Add(std::uint32_t hash, std::span<const std::string_view> values) {
  const SeriesRef ref = AllocatePlace();
  Series* series = nullptr;
  try {
    series = schema_.Create(hash, ref, values);
    series->created_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_->Now().time_since_epoch())
            .count();
    MutableSeries().Add(*series);
  } catch (...) {
    if (series != nullptr) series->Release();
    FreePlace(ref);
    throw;
  }
  try {
    index_.Insert(*series);
  } catch (...) {
    MutableSeries().Remove(*series);
    series->Release();
    FreePlace(ref);
    throw;
  }
  return *series;
}

SeriesRef FamilyCore::AddOverflow() {
  const std::vector<std::string_view> values(schema_.size(), kOverflowValue);
  const std::uint32_t hash = HashLabelValues(values);
  Series* series = index_.Find(hash, [&](const Series& s) { return schema_.Matches(s, values); });
  if (series == nullptr) series = &Add(hash, values);
  overflow_series_ = series;
  if (!overflow_slot_) {
    overflow_slot_ = AllocateSlot(TraitsOf(InstrumentType::kCounter).shape);
    overflow_counter_ = Counter(*overflow_slot_);
  }
  overflow_counter_.Increment();
  // Release: whoever sees it sees the counter. Only while the family is full: a value that is too
  // long must not end the lookups of others.
  if (Full()) overflow_.store(series, std::memory_order_release);
  return series->ref;
}

bool FamilyCore::Full() const noexcept {
  return series_->size() - (overflow_series_ == nullptr ? 0 : 1) >= max_series_;
}

FamilySeries& FamilyCore::MutableSeries() {
  if (series_shared_) {
    series_ = std::make_shared<FamilySeries>(*series_);
    series_shared_ = false;
  }
  return *series_;
}

void FamilyCore::RemoveLocked(Series& series) {
  FamilySeries& list = MutableSeries();
  // There is room now; and if this is the overflow series, no new lookup may end in it.
  overflow_.store(nullptr, std::memory_order_release);
  if (overflow_series_ == &series) overflow_series_ = nullptr;
  if (summaries_ != nullptr) summaries_->Forget(series);
  if (idle_ != nullptr) idle_->Forget(series);
  index_.Remove(series, TraitsOf(type_).in_gauge_cell);
  list.Remove(series);
}

bool FamilyCore::Remove(std::span<const std::string_view> values) {
  std::vector<std::string> storage;
  const std::vector<std::string_view> valid = ToValidValues(values, storage);
  const std::uint32_t hash = HashLabelValues(valid);
  const base::MutexLock lock(structure_mutex);
  Series* const series =
      index_.Find(hash, [&](const Series& s) { return schema_.Matches(s, valid); });
  if (series == nullptr) return false;
  RemoveLocked(*series);
  return true;
}

std::size_t FamilyCore::RemoveMatching(std::span<const LabelMatch> matches) {
  const std::vector<std::string>& names = description_->label_names;
  for (const auto& [name, value] : matches) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return 0;
  }
  const base::MutexLock lock(structure_mutex);
  std::size_t removed = 0;
  // Backwards: a removal moves the last series, which was looked at, to the place of the removed
  // one.
  for (std::size_t i = series_->size(); i-- > 0;) {
    Series& series = (*series_)[i];
    const Labels labels = ParseLabelText(series.text());
    const bool all = std::all_of(matches.begin(), matches.end(), [&](const LabelMatch& match) {
      return labels.Get(match.first) == match.second;
    });
    if (!all) continue;
    RemoveLocked(series);
    ++removed;
  }
  return removed;
}

void FamilyCore::RemoveAll() {
  const base::MutexLock lock(structure_mutex);
  while (series_->size() > 0) RemoveLocked((*series_)[series_->size() - 1]);
}

std::size_t FamilyCore::SeriesCount() const {
  const base::MutexLock lock(structure_mutex);
  return series_->size();
}

std::uint64_t FamilyCore::OverflowCount() const {
  const base::MutexLock lock(structure_mutex);
  return overflow_slot_ ? SumCounter(*overflow_slot_) : 0;
}

void FamilyCore::Read(MetricFamily& family) {
  const base::MutexLock lock(structure_mutex);
  series_shared_ = true;
  const std::span<std::uint64_t> column = family.Reset(description_, series_);
  if (description_->type == MetricType::kCounter || description_->type == MetricType::kHistogram) {
    ReadExemplars(*series_, family);
  }
  switch (type_) {
    case InstrumentType::kCounter:
      return SumCounters(*series_, column);
    case InstrumentType::kDoubleCounter:
      return SumDoubleCounters(*series_, column);
    case InstrumentType::kUpDownCounter:
      return SumUpDownCounters(*series_, column);
    case InstrumentType::kGauge:
    case InstrumentType::kInfo:
    case InstrumentType::kStateSet:
      return ReadGauges(*series_, column);
    case InstrumentType::kHistogram:
      return SumHistograms(*series_, bins_->bin_count, column);
    case InstrumentType::kSummary:
      return summaries_->Read(*series_, description_->quantiles, column);
  }
}

void FamilyCore::Maintain() {
  const base::MutexLock lock(structure_mutex);
  const Clock::MonotonicTime now = clock_->MonotonicNow();
  if (summaries_ != nullptr) summaries_->Maintain(*series_, now);
  if (idle_ == nullptr) return;
  const CellShape cells = shape();
  idle_->Update(*series_, cells, TraitsOf(type_).in_gauge_cell, now);
  // Backwards, as in RemoveMatching().
  for (std::size_t i = series_->size(); i-- > 0;) {
    if (idle_->IsExpired((*series_)[i], now)) RemoveLocked((*series_)[i]);
  }
}

SeriesRef FindSeries(FamilyCore& core, std::span<const std::string_view> values) noexcept {
  return core.Find(values);
}

bool RemoveSeries(FamilyCore& core, std::span<const std::string_view> values) {
  return core.Remove(values);
}

std::size_t RemoveMatchingSeries(FamilyCore& core, std::span<const LabelMatch> matches) {
  return core.RemoveMatching(matches);
}

std::size_t SeriesCount(const FamilyCore& core) { return core.SeriesCount(); }

std::size_t LabelCount(const FamilyCore& core) noexcept {
  return core.description().label_names.size();
}

const BinIndex* Bins(const FamilyCore& core) noexcept { return core.bins(); }

}  // namespace metrics
VITALS_NAMESPACE_END
