#include "api/query_fields.h"

#include "net/url.h"

VITALS_NAMESPACE_BEGIN
namespace api {

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> DecodeQuery(
    std::string_view query) {
  auto fields = net::ParseQuery(query);
  if (fields) return *std::move(fields);
  return absl::InvalidArgumentError(
      "the query cannot be decoded: write a byte as % and two hexadecimal digits");
}

}  // namespace api
VITALS_NAMESPACE_END
