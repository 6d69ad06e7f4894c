#ifndef VITALS_SRC_API_QUERY_FIELDS_H_
#define VITALS_SRC_API_QUERY_FIELDS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// The names and values in the query of a URL, decoded, in their order. InvalidArgument where that
/// cannot be done.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> DecodeQuery(
    std::string_view query);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_QUERY_FIELDS_H_
