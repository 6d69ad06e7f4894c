#include "api/trace_query_parser.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "api/query_fields.h"
#include "api/query_values.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

constexpr std::string_view kFields =
    "name, component, status, attribute, min_duration, max_duration, start, end, limit";

absl::Status ReadDuration(std::string_view field, const std::string& value, std::uint64_t& ns) {
  absl::Duration duration;
  if (!absl::ParseDuration(value, &duration) || duration < absl::ZeroDuration() ||
      duration > absl::Hours(24 * 365)) {
    return BadValue(field, value, "write a duration with its unit, as 250us, 10ms or 1.5s");
  }
  ns = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(duration));
  return absl::OkStatus();
}

absl::Status ReadStatus(const std::string& value, TraceQuery& query) {
  for (const SpanStatus status : {SpanStatus::kUnset, SpanStatus::kOk, SpanStatus::kError}) {
    if (value != SpanStatusName(status)) continue;
    query.status = status;
    return absl::OkStatus();
  }
  return BadValue("status", value, "write unset, ok or error");
}

absl::Status ReadAttribute(const std::string& value, TraceQuery& query) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) {
    return BadValue("attribute", value, "write key=value, as job.kind=compress");
  }
  if (query.attributes.size() == TraceQuery::kMaxAttributes) {
    return BadValue("attribute", value,
                    fmt::format("ask for at most {}", TraceQuery::kMaxAttributes));
  }
  query.attributes.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return absl::OkStatus();
}

absl::Status ReadField(const std::string& field, std::string value, TraceQuery& query) {
  if (field == "attribute") return ReadAttribute(value, query);
  if (field == "status") return ReadStatus(value, query);
  if (field == "min_duration") return ReadDuration(field, value, query.min_duration_ns);
  if (field == "max_duration") return ReadDuration(field, value, query.max_duration_ns);
  if (field == "start") return ReadTime(field, value, query.min_start_unix_ns);
  if (field == "end") return ReadTime(field, value, query.max_start_unix_ns);
  if (field == "limit") return ReadLimit(field, value, TraceQuery::kMaxLimit, query.limit);
  if (field == "name") {
    query.name = std::move(value);
  } else if (field == "component") {
    query.component = std::move(value);
  } else {
    return absl::InvalidArgumentError(
        fmt::format("there is no field '{}': a search takes {}", field, kFields));
  }
  return absl::OkStatus();
}

absl::Status CheckRanges(const TraceQuery& query) {
  if (query.min_start_unix_ns > query.max_start_unix_ns) {
    return absl::InvalidArgumentError("start is after end: swap them");
  }
  if (query.min_duration_ns > query.max_duration_ns) {
    return absl::InvalidArgumentError("min_duration is above max_duration: swap them");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TraceQuery> ParseTraceQuery(std::string_view query, std::size_t default_limit) {
  TraceQuery result;
  result.limit = default_limit;
  absl::Status status =
      ReadFields(query, "attribute", [&result](const std::string& field, std::string value) {
        return ReadField(field, std::move(value), result);
      });
  status.Update(CheckRanges(result));
  if (!status.ok()) return status;
  return result;
}

}  // namespace api
VITALS_NAMESPACE_END
