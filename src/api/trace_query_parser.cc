#include "api/trace_query_parser.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "api/query_fields.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

// In the year 2255, where nanoseconds still fit into the 63 bits of absl::Time's.
constexpr std::int64_t kLatestUnixSeconds = 9'000'000'000;

constexpr std::string_view kFields =
    "name, component, status, attribute, min_duration, max_duration, start, end, limit";

absl::Status Bad(std::string_view field, std::string_view value, std::string_view right) {
  return absl::InvalidArgumentError(fmt::format("{} '{}': {}", field, value, right));
}

absl::Status ReadDuration(std::string_view field, const std::string& value, std::uint64_t& ns) {
  absl::Duration duration;
  if (!absl::ParseDuration(value, &duration) || duration < absl::ZeroDuration() ||
      duration > absl::Hours(24 * 365)) {
    return Bad(field, value, "write a duration with its unit, as 250us, 10ms or 1.5s");
  }
  ns = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(duration));
  return absl::OkStatus();
}

// Nanoseconds of "1700000000" or "1700000000.123456789", exactly: as a double it would miss the
// start of a trace by up to 128 ns. Digits beyond the ninth of the fraction are left out.
std::optional<std::uint64_t> SecondsSince1970(std::string_view value) {
  constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
  std::uint64_t seconds = 0;
  const char* const end = value.data() + value.size();
  auto [rest, error] = std::from_chars(value.data(), end, seconds);
  if (error != std::errc() || seconds >= std::uint64_t{kLatestUnixSeconds}) return std::nullopt;
  std::uint64_t nanoseconds = 0;
  if (rest != end && *rest++ != '.') return std::nullopt;
  for (std::uint64_t unit = kNanosecondsPerSecond / 10; rest != end; unit /= 10) {
    const char digit = *rest++;
    if (digit < '0' || digit > '9') return std::nullopt;
    nanoseconds += unit * static_cast<std::uint64_t>(digit - '0');
  }
  return seconds * kNanosecondsPerSecond + nanoseconds;
}

absl::Status ReadTime(std::string_view field, const std::string& value, std::uint64_t& unix_ns) {
  if (const auto seconds = SecondsSince1970(value)) {
    unix_ns = *seconds;
    return absl::OkStatus();
  }
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, value, &time, nullptr) || time < absl::UnixEpoch() ||
      time >= absl::FromUnixSeconds(kLatestUnixSeconds)) {
    return Bad(field, value,
               "write seconds since 1970, as 1700000000.5, or a time as 2030-01-31T12:00:00Z");
  }
  unix_ns = static_cast<std::uint64_t>(absl::ToUnixNanos(time));
  return absl::OkStatus();
}

absl::Status ReadStatus(const std::string& value, TraceQuery& query) {
  for (const SpanStatus status : {SpanStatus::kUnset, SpanStatus::kOk, SpanStatus::kError}) {
    if (value != SpanStatusName(status)) continue;
    query.status = status;
    return absl::OkStatus();
  }
  return Bad("status", value, "write unset, ok or error");
}

absl::Status ReadAttribute(const std::string& value, TraceQuery& query) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Bad("attribute", value, "write key=value, as job.kind=compress");
  }
  if (query.attributes.size() == TraceQuery::kMaxAttributes) {
    return Bad("attribute", value, fmt::format("ask for at most {}", TraceQuery::kMaxAttributes));
  }
  query.attributes.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return absl::OkStatus();
}

absl::Status ReadLimit(const std::string& value, TraceQuery& query) {
  std::size_t limit = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, limit);
  if (error != std::errc() || rest != end || limit == 0 || limit > TraceQuery::kMaxLimit) {
    return Bad("limit", value, fmt::format("write a number from 1 to {}", TraceQuery::kMaxLimit));
  }
  query.limit = limit;
  return absl::OkStatus();
}

absl::Status ReadField(const std::string& field, std::string value, TraceQuery& query) {
  if (field == "attribute") return ReadAttribute(value, query);
  if (field == "status") return ReadStatus(value, query);
  if (field == "min_duration") return ReadDuration(field, value, query.min_duration_ns);
  if (field == "max_duration") return ReadDuration(field, value, query.max_duration_ns);
  if (field == "start") return ReadTime(field, value, query.min_start_unix_ns);
  if (field == "end") return ReadTime(field, value, query.max_start_unix_ns);
  if (field == "limit") return ReadLimit(value, query);
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
  auto fields = DecodeQuery(query);
  if (!fields.ok()) return fields.status();
  TraceQuery result;
  result.limit = default_limit;
  std::set<std::string_view> seen;
  for (auto& [field, value] : *fields) {
    if (!seen.insert(field).second && field != "attribute") {
      return absl::InvalidArgumentError(fmt::format("{} is there twice: name it once", field));
    }
    absl::Status status = ReadField(field, std::move(value), result);
    if (!status.ok()) return status;
  }
  if (absl::Status status = CheckRanges(result); !status.ok()) return status;
  return result;
}

}  // namespace api
VITALS_NAMESPACE_END
