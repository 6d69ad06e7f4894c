#ifndef VITALS_SRC_API_QUERY_VALUES_H_
#define VITALS_SRC_API_QUERY_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

/// \file
/// Values in the query of a URL, as all pages read them. Each reads into its last argument, or
/// fails with an InvalidArgument that names the field and says what would be right.

VITALS_NAMESPACE_BEGIN
namespace api {

/// "field 'value': what would be right".
absl::Status BadValue(std::string_view field, std::string_view value, std::string_view right);

/// Nanoseconds since 1970 of "1700000000.5" or "2030-01-31T12:00:00Z"; from 1970 to 2255.
absl::Status ReadTime(std::string_view field, const std::string& value, std::uint64_t& unix_ns);

/// A number from 1 to `most`.
absl::Status ReadLimit(std::string_view field, const std::string& value, std::size_t most,
                       std::size_t& limit);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_QUERY_VALUES_H_
