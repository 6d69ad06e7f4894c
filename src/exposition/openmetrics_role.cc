#include "exposition/openmetrics_role.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

constexpr RoleSuffix kValueSuffixes[] = {{"", Role::kValue}};
constexpr RoleSuffix kCounterSuffixes[] = {{"_total", Role::kTotal}, {"_created", Role::kCreated}};
constexpr RoleSuffix kHistogramSuffixes[] = {{"_bucket", Role::kBucket},
                                             {"_sum", Role::kSum},
                                             {"_count", Role::kCount},
                                             {"_created", Role::kCreated}};
constexpr RoleSuffix kGaugeHistogramSuffixes[] = {
    {"_bucket", Role::kBucket}, {"_gsum", Role::kGaugeSum}, {"_gcount", Role::kGaugeCount}};
constexpr RoleSuffix kSummarySuffixes[] = {{"", Role::kQuantile},
                                           {"_sum", Role::kSum},
                                           {"_count", Role::kCount},
                                           {"_created", Role::kCreated}};
constexpr RoleSuffix kInfoSuffixes[] = {{"_info", Role::kInfo}};
constexpr RoleSuffix kStateSetSuffixes[] = {{"", Role::kState}};

}  // namespace

std::span<const RoleSuffix> RoleSuffixes(MetricType type) noexcept {
  switch (type) {
    case MetricType::kCounter:
      return kCounterSuffixes;
    case MetricType::kHistogram:
      return kHistogramSuffixes;
    case MetricType::kGaugeHistogram:
      return kGaugeHistogramSuffixes;
    case MetricType::kSummary:
      return kSummarySuffixes;
    case MetricType::kInfo:
      return kInfoSuffixes;
    case MetricType::kStateSet:
      return kStateSetSuffixes;
    case MetricType::kGauge:
    case MetricType::kUntyped:
      break;
  }
  return kValueSuffixes;
}

std::optional<Role> RoleOf(MetricType type, std::string_view suffix) noexcept {
  for (const RoleSuffix& known : RoleSuffixes(type)) {
    if (known.suffix == suffix) return known.role;
  }
  return std::nullopt;
}

std::optional<MetricType> OpenMetricsType(std::string_view word) noexcept {
  for (const MetricType type : {MetricType::kUntyped, MetricType::kCounter, MetricType::kGauge,
                                MetricType::kHistogram, MetricType::kGaugeHistogram,
                                MetricType::kSummary, MetricType::kInfo, MetricType::kStateSet}) {
    if (OpenMetricsTypeName(type) == word) return type;
  }
  return std::nullopt;
}

}  // namespace exposition
VITALS_NAMESPACE_END
