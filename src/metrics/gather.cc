#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/registry_impl.h"
#include "vitals/metrics/cell.h"

VITALS_NAMESPACE_BEGIN
namespace {

using metrics::DropReason;

std::string_view DropReasonName(DropReason reason) {
  switch (reason) {
    case DropReason::kRemovedSeries:
      return "removed_series";
    case DropReason::kNotANumber:
      return "not_a_number";
    case DropReason::kNegative:
      return "negative";
    case DropReason::kOutOfMemory:
      return "out_of_memory";
    case DropReason::kUnknownState:
      return "unknown_state";
    case DropReason::kExemplar:
      return "exemplar";
  }
  return "unknown";
}

// A counter of vitals itself, whose samples above 0 are shown. Nothing is allocated while there is
// none.
class SelfMetric {
 public:
  SelfMetric(std::string_view name, std::string_view help) : name_(name), help_(help) {}

  void Add(std::string_view label, std::string_view label_value, std::uint64_t value) {
    if (value > 0) AddSample({{std::string(label), std::string(label_value)}}, value);
  }
  void Add(std::uint64_t value) {
    if (value > 0) AddSample({}, value);
  }

  bool empty() const { return samples_.empty(); }

  CollectedFamily ToFamily() && {
    CollectedFamily family;
    family.name = name_;
    family.help = help_;
    family.type = MetricType::kCounter;
    family.samples = std::move(samples_);
    return family;
  }

 private:
  void AddSample(Labels labels, std::uint64_t value) {
    samples_.push_back({std::move(labels), static_cast<double>(value)});
  }

  std::string_view name_;
  std::string_view help_;
  std::vector<CollectedSample> samples_;
};

}  // namespace

void Registry::Impl::Gather(Snapshot& snapshot) {
  snapshot.Clear();
  std::shared_ptr<const FamilyList> families;
  std::shared_ptr<const CollectorList> collectors;
  std::shared_ptr<const metrics::CallbackList> callbacks;
  {
    const base::MutexLock lock(metrics::structure_mutex);
    families = family_list_;
    collectors = collectors_;
    callbacks = callbacks_;
  }
  for (const std::shared_ptr<metrics::FamilyCore>& core : *families) {
    core->Read(snapshot.AddFamily());
    // A family without series shows nothing, as elsewhere.
    if (snapshot.families().back().size() == 0) snapshot.DropLastFamily();
  }

  SelfMetric overflow("vitals_series_overflow_total",
                      "Look-ups that were given the overflow series of their family.");
  for (const std::shared_ptr<metrics::FamilyCore>& core : *families) {
    overflow.Add("family", core->description().name, core->OverflowCount());
  }
  SelfMetric dropped("vitals_dropped_records_total",
                     "Records of the whole process that were not taken.");
  for (std::uint32_t i = 0; options_.show_dropped_records && i < metrics::kDropReasonCount; ++i) {
    const auto reason = static_cast<DropReason>(i);
    dropped.Add("reason", DropReasonName(reason), metrics::DroppedRecords(reason));
  }
  if (collectors->empty() && callbacks->empty() && collector_errors_.count() == 0 &&
      overflow.empty() && dropped.empty())
    return;

  metrics::CollectedAppender appender(options_.const_labels, collector_errors_, snapshot);
  CollectCallbacks(*callbacks, options_.collector_timeout, appender);
  for (const std::shared_ptr<metrics::RegisteredCollector>& collector : *collectors) {
    appender.Collect(*collector, options_.collector_timeout);
  }
  SelfMetric errors("vitals_collector_errors_total",
                    "Collectors and collected families that were left out of a page.");
  errors.Add(collector_errors_.count());
  for (SelfMetric* const metric : {&overflow, &dropped, &errors}) {
    // Refused if the host has a family of that name, or a constant label of that label's name: the
    // page then shows the host's.
    if (!metric->empty()) appender.Append(std::move(*metric).ToFamily()).IgnoreError();
  }
  snapshot.SortByName();
}

VITALS_NAMESPACE_END
