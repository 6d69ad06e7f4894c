#ifndef VITALS_SRC_EXPOSITION_OPENMETRICS_NAME_H_
#define VITALS_SRC_EXPOSITION_OPENMETRICS_NAME_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// What OpenMetrics calls a family, where `_total` and `_info` are no part of the name.
struct OpenMetricsName {
  std::string_view name;
  MetricType type = MetricType::kUntyped;
};

/// Name and type of `families[index]`. The families are sorted by name.
///
/// A counter without `_total` has no form in OpenMetrics and is of type unknown; an info without
/// `_info` is the gauge that it is in the text format. So are those whose name without the suffix
/// another family has or shows: a page with two families of one name is refused as a whole.
OpenMetricsName NameInOpenMetrics(std::span<const MetricFamily> families, std::size_t index);

/// Whether the family's unit is shown: only where the name ends in it.
bool ShowsUnit(const OpenMetricsName& name, const FamilyDescription& description);

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_OPENMETRICS_NAME_H_
