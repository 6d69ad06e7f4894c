#include "api/health_query.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "api/query_fields.h"
#include "api/query_values.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

// As HealthHistoryQuery::limit.
constexpr std::size_t kMaxTransitions = 100'000;

absl::Status NoSuchField(std::string_view field, std::string_view fields) {
  return absl::InvalidArgumentError(
      fmt::format("there is no field '{}': this page takes {}", field, fields));
}

absl::Status ReadVerbose(const std::string& value, HealthQuery& query) {
  query.verbose = value.empty() || value == "1" || value == "true";
  if (query.verbose || value == "0" || value == "false") return absl::OkStatus();
  return BadValue("verbose", value, "write verbose, verbose=true or verbose=false");
}

absl::Status ReadExclude(std::string value, HealthQuery& query) {
  if (value.empty()) return BadValue("exclude", value, "write the name of a component");
  if (query.excluded.size() == HealthQuery::kMaxExcludes) {
    return BadValue("exclude", value, fmt::format("exclude at most {}", HealthQuery::kMaxExcludes));
  }
  query.excluded.push_back(std::move(value));
  return absl::OkStatus();
}

absl::Status ReadGroup(std::string value, HealthQuery& query) {
  if (value.empty()) return BadValue("group", value, "write the name of a group, as ready");
  query.group = std::move(value);
  return absl::OkStatus();
}

absl::Status ReadTimePoint(std::string_view field, const std::string& value,
                           std::chrono::system_clock::time_point& time) {
  std::uint64_t unix_ns = 0;
  absl::Status status = ReadTime(field, value, unix_ns);
  if (!status.ok()) return status;
  time = std::chrono::system_clock::time_point(std::chrono::nanoseconds(unix_ns));
  return absl::OkStatus();
}

absl::Status ReadHistoryField(const std::string& field, std::string value,
                              HealthHistoryQuery& query) {
  if (field == "start") return ReadTimePoint(field, value, query.start);
  if (field == "end") return ReadTimePoint(field, value, query.end);
  if (field == "limit") return ReadLimit(field, value, kMaxTransitions, query.limit);
  if (field != "component") return NoSuchField(field, "component, start, end, limit");
  query.under = std::move(value);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HealthQuery> ParseHealthQuery(std::string_view query, GroupField group_field) {
  const bool takes_group = group_field == GroupField::kTaken;
  HealthQuery result;
  const absl::Status status =
      ReadFields(query, "exclude", [&](const std::string& field, std::string value) {
        if (field == "verbose") return ReadVerbose(value, result);
        if (field == "exclude") return ReadExclude(std::move(value), result);
        if (field == "group" && takes_group) return ReadGroup(std::move(value), result);
        return NoSuchField(field, takes_group ? "verbose, group, exclude" : "verbose, exclude");
      });
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<HealthHistoryQuery> ParseHealthHistoryQuery(std::string_view query) {
  HealthHistoryQuery result;
  const absl::Status status =
      ReadFields(query, /*repeatable=*/{}, [&](const std::string& field, std::string value) {
        return ReadHistoryField(field, std::move(value), result);
      });
  if (!status.ok()) return status;
  if (result.start > result.end) {
    return absl::InvalidArgumentError("start is after end: swap them");
  }
  return result;
}

}  // namespace api
VITALS_NAMESPACE_END
