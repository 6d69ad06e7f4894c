#include "metrics/family_merger.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// Whether a constant label makes every series of one differ from every series of the other.
bool ConstLabelsDiffer(const MetricFamily& a, const MetricFamily& b) {
  for (const Label& label : a.description().const_labels) {
    const std::string_view other = b.description().const_labels.Get(label.name);
    if (!other.empty() && other != label.value) return true;
  }
  return false;
}

// A label without a value is no label to the data model.
std::string SeriesKey(const MetricFamily& family, std::size_t index) {
  std::vector<Label> labels;
  for (const Label& label : family.labels(index)) {
    if (!label.value.empty()) labels.push_back(label);
  }
  return LabelText(Labels(std::move(labels)));
}

// A series that both have; empty when there is none. `{}` for the one without labels.
std::string FindSharedSeries(const MetricFamily& a, const MetricFamily& b) {
  if (ConstLabelsDiffer(a, b)) return {};
  std::set<std::string> keys;
  for (std::size_t i = 0; i < a.size(); ++i) keys.insert(SeriesKey(a, i));
  for (std::size_t i = 0; i < b.size(); ++i) {
    const std::string key = SeriesKey(b, i);
    if (keys.contains(key)) return fmt::format("{{{}}}", key);
  }
  return {};
}

void Report(std::string_view name, std::string_view reason, CollectorErrors& errors,
            Snapshot& snapshot) {
  errors.Report(fmt::format("family \"{}\" of a group's member is left out: {}", name, reason),
                snapshot);
}

std::string_view TypeText(const MetricFamily& family) {
  return OpenMetricsTypeName(family.description().type);
}

// Compares `a` with the text that `name` and `suffix` make together.
int CompareWithJoined(std::string_view a, std::string_view name, std::string_view suffix) {
  if (const int order = a.substr(0, name.size()).compare(name); order != 0) return order;
  return a.substr(name.size()).compare(suffix);
}

}  // namespace

void FamilyMerger::Finish(CollectorErrors& errors, Snapshot& snapshot) {
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
    const int names = a.name().compare(b.name());
    return names != 0 ? names < 0 : a.order < b.order;
  });
  ForEachName([&](Parts parts) { LeaveOutTakenNames(parts, errors, snapshot); });
  ForEachName([&](Parts parts) { LeaveOutMisfits(parts, errors, snapshot); });
  for (const Part& part : parts_) {
    if (!part.is_left_out) std::swap(snapshot.AddFamily(), *part.family);
  }
}

template <typename Call>
void FamilyMerger::ForEachName(const Call& call) {
  for (Parts rest(parts_); !rest.empty();) {
    std::size_t size = 1;
    while (size < rest.size() && rest[size].name() == rest[0].name()) ++size;
    call(rest.first(size));
    rest = rest.subspan(size);
  }
}

FamilyMerger::Parts FamilyMerger::PartsOf(std::string_view name, std::string_view suffix) {
  const auto first = std::partition_point(parts_.begin(), parts_.end(), [&](const Part& part) {
    return CompareWithJoined(part.name(), name, suffix) < 0;
  });
  auto last = first;
  while (last != parts_.end() && CompareWithJoined(last->name(), name, suffix) == 0) ++last;
  return {first, last};
}

void FamilyMerger::LeaveOutTakenNames(Parts parts, CollectorErrors& errors, Snapshot& snapshot) {
  for (const std::string_view suffix : ShownSuffixes(parts[0].family->description().type)) {
    const Parts taken = PartsOf(parts[0].name(), suffix);
    if (taken.empty() || taken[0].is_left_out || parts[0].is_left_out) continue;
    const Parts later = taken[0].order < parts[0].order ? parts : taken;
    for (Part& part : later) part.is_left_out = true;
    Report(later[0].name(),
           fmt::format("the page has {}{} already: give each name to one family", parts[0].name(),
                       suffix),
           errors, snapshot);
  }
}

void FamilyMerger::LeaveOutMisfits(Parts parts, CollectorErrors& errors, Snapshot& snapshot) {
  const MetricFamily& first = *parts[0].family;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Part& part = parts[i];
    if (part.is_left_out) continue;
    if (part.family->description().type != first.description().type) {
      part.is_left_out = true;
      Report(part.name(),
             fmt::format("it is a {}, and a {} in a member added earlier", TypeText(*part.family),
                         TypeText(first)),
             errors, snapshot);
      continue;
    }
    for (const Part& earlier : parts.first(i)) {
      if (earlier.is_left_out) continue;
      const std::string series = FindSharedSeries(*earlier.family, *part.family);
      if (series.empty()) continue;
      part.is_left_out = true;
      Report(part.name(),
             fmt::format("series {} is there twice: tell members apart by constant labels", series),
             errors, snapshot);
      break;
    }
  }
}

}  // namespace metrics
VITALS_NAMESPACE_END
