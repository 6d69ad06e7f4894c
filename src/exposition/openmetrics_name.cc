#include "exposition/openmetrics_name.h"

#include <algorithm>

#include "exposition/openmetrics_role.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

const std::string& NameOf(const MetricFamily& family) { return family.description().name; }

// `name` without `suffix`; empty when that is not what it ends in, or all there is.
std::string_view Stem(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : std::string_view();
}

// The family as it is shown unless its name clashes.
OpenMetricsName PlainName(const FamilyDescription& description) {
  const std::string_view name = description.name;
  if (description.type == MetricType::kCounter) {
    const std::string_view stem = Stem(name, "_total");
    return stem.empty() ? OpenMetricsName{name, MetricType::kUntyped}
                        : OpenMetricsName{stem, MetricType::kCounter};
  }
  if (description.type == MetricType::kInfo) {
    const std::string_view stem = Stem(name, "_info");
    return stem.empty() ? OpenMetricsName{name, MetricType::kGauge}
                        : OpenMetricsName{stem, MetricType::kInfo};
  }
  return {name, description.type};
}

// Whether a family that is sorted before `index` is called as `name`, or as its samples are. Names
// that start with it stand together, so this looks at few.
bool IsTaken(const OpenMetricsName& name, std::span<const MetricFamily> families,
             std::size_t index) {
  while (index > 0 && NameOf(families[index - 1]).starts_with(name.name)) {
    const FamilyDescription& earlier = families[--index].description();
    if (PlainName(earlier).name == name.name || earlier.name == name.name ||
        RoleOf(name.type, std::string_view(earlier.name).substr(name.name.size()))) {
      return true;
    }
  }
  return false;
}

// Whether a histogram or summary shows samples called `name`.
bool IsSampleName(std::string_view name, std::span<const MetricFamily> families) {
  for (const std::string_view suffix : {"_bucket", "_sum", "_count", "_created"}) {
    const std::string_view stem = Stem(name, suffix);
    if (stem.empty()) continue;
    const auto family =
        std::lower_bound(families.begin(), families.end(), stem,
                         [](const MetricFamily& a, std::string_view b) { return NameOf(a) < b; });
    if (family == families.end() || NameOf(*family) != stem) continue;
    if (RoleOf(family->description().type, suffix)) return true;
  }
  return false;
}

}  // namespace

OpenMetricsName NameInOpenMetrics(std::span<const MetricFamily> families, std::size_t index) {
  const FamilyDescription& description = families[index].description();
  const OpenMetricsName name = PlainName(description);
  if (name.name.size() == description.name.size()) return name;
  if (!IsTaken(name, families, index) && !IsSampleName(name.name, families)) return name;
  return {description.name,
          name.type == MetricType::kCounter ? MetricType::kUntyped : MetricType::kGauge};
}

bool ShowsUnit(const OpenMetricsName& name, const FamilyDescription& description) {
  const std::string_view unit = description.unit;
  if (unit.empty() || name.type == MetricType::kInfo || name.type == MetricType::kStateSet) {
    return false;
  }
  return Stem(name.name, unit).ends_with('_');
}

}  // namespace exposition
VITALS_NAMESPACE_END
