#ifndef VITALS_SRC_METRICS_COLLECTED_VALIDATION_H_
#define VITALS_SRC_METRICS_COLLECTED_VALIDATION_H_

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The label that the lines of a type need for themselves; empty where there is none.
std::string_view ReservedLabel(MetricType type) noexcept;

/// The same for a family, whose states, if it has any, are told by a label of its name.
std::string_view ReservedLabel(const FamilyDescription& description) noexcept;

/// OK for quantiles of a summary: rising, each from 0 to 1.
absl::Status ValidateQuantiles(std::span<const double> quantiles);

/// OK for a unit that the name ends in, with `_total` or `_info` behind it or not, and for none.
absl::Status ValidateUnit(std::string_view name, std::string_view unit);

/// OK for a family that a page can show. `const_labels` are the registry's.
absl::Status ValidateFamily(const CollectedFamily& family, const Labels& const_labels);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_COLLECTED_VALIDATION_H_
