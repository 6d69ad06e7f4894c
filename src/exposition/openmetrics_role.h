#ifndef VITALS_SRC_EXPOSITION_OPENMETRICS_ROLE_H_
#define VITALS_SRC_EXPOSITION_OPENMETRICS_ROLE_H_

#include <optional>
#include <span>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// What a sample is to its family, by OpenMetrics' "Suffixes".
enum class Role {
  kValue,  ///< of a gauge or of unknown type
  kTotal,
  kCreated,
  kBucket,
  kSum,
  kCount,
  kGaugeSum,
  kGaugeCount,
  kQuantile,
  kState,
  kInfo,
};

/// A suffix of a type's sample names, and what it says.
struct RoleSuffix {
  std::string_view suffix;
  Role role;
};

/// All of a type.
std::span<const RoleSuffix> RoleSuffixes(MetricType type) noexcept;

/// The role of a sample with this suffix; nothing when the type has no such samples.
std::optional<Role> RoleOf(MetricType type, std::string_view suffix) noexcept;

/// Nothing for a word that names no type.
std::optional<MetricType> OpenMetricsType(std::string_view word) noexcept;

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_OPENMETRICS_ROLE_H_
