#include "api/query_fields.h"

#include <set>

#include "fmt/format.h"
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

absl::Status ReadFields(
    std::string_view query, std::string_view repeatable,
    const std::function<absl::Status(const std::string& field, std::string value)>& read) {
  auto fields = DecodeQuery(query);
  if (!fields.ok()) return fields.status();
  std::set<std::string_view> seen;
  for (auto& [field, value] : *fields) {
    if (!seen.insert(field).second && field != repeatable) {
      return absl::InvalidArgumentError(fmt::format("{} is there twice: name it once", field));
    }
    if (absl::Status status = read(field, std::move(value)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace api
VITALS_NAMESPACE_END
