#include "api/name_filter.h"

#include <utility>

#include "api/query_fields.h"

VITALS_NAMESPACE_BEGIN
namespace api {

absl::StatusOr<NameFilter> NameFilter::Create(std::string_view query) {
  auto fields = DecodeQuery(query);
  if (!fields.ok()) return fields.status();
  NameFilter filter;
  for (auto& [name, value] : *fields) {
    if (name == "name[]") filter.names_.insert(std::move(value));
  }
  return filter;
}

void NameFilter::Apply(Snapshot& snapshot) const {
  if (names_.empty()) return;
  snapshot.Keep([this](const MetricFamily& family) { return Accepts(family.description()); });
}

bool NameFilter::Accepts(const FamilyDescription& family) const {
  // Names of lines in the text format, and those of OpenMetrics, where the family's own name has no
  // suffix.
  for (const std::string_view suffix : {"", "_bucket", "_sum", "_count", "_created"}) {
    if (names_.contains(family.name + std::string(suffix))) return true;
  }
  std::string_view base = family.name;
  for (const std::string_view suffix : {"_total", "_info"}) {
    if (base.ends_with(suffix)) base.remove_suffix(suffix.size());
  }
  return names_.contains(base) || names_.contains(std::string(base) + "_created");
}

}  // namespace api
VITALS_NAMESPACE_END
