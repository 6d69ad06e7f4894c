#ifndef VITALS_SRC_API_HEALTH_QUERY_H_
#define VITALS_SRC_API_HEALTH_QUERY_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// What the query of a health page asks for.
struct HealthQuery {
  /// So many names may be excluded: each is compared with each component.
  static constexpr std::size_t kMaxExcludes = 32;

  bool verbose = false;
  std::string group = {};  ///< empty for all
  /// These components and the ones below them are left out.
  std::vector<std::string> excluded = {};
};

/// Whether a page takes the field "group".
enum class GroupField { kTaken, kRefused };

/// These read the query of a URL: see AddHealthRoutes(). InvalidArgument names the field and what
/// would be right. A field that is not known, or is there twice, is refused: with a mistyped
/// "group" a probe would answer for something else than was meant.
absl::StatusOr<HealthQuery> ParseHealthQuery(std::string_view query, GroupField group_field);
absl::StatusOr<HealthHistoryQuery> ParseHealthHistoryQuery(std::string_view query);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_HEALTH_QUERY_H_
