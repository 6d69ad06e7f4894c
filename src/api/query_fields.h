#ifndef VITALS_SRC_API_QUERY_FIELDS_H_
#define VITALS_SRC_API_QUERY_FIELDS_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// The names and values in the query of a URL, decoded, in their order. InvalidArgument where that
/// cannot be done.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> DecodeQuery(
    std::string_view query);

/// Gives each name and value in the query of a URL to `read`, in their order, until it fails.
/// InvalidArgument also for a name that is there twice, unless it is `repeatable`.
absl::Status ReadFields(
    std::string_view query, std::string_view repeatable,
    const std::function<absl::Status(const std::string& field, std::string value)>& read);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_QUERY_FIELDS_H_
