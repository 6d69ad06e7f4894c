#include "api/query_values.h"

#include <charconv>
#include <optional>

#include "absl/time/time.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

// In the year 2255, where nanoseconds still fit into the 63 bits of absl::Time's.
constexpr std::int64_t kLatestUnixSeconds = 9'000'000'000;

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

}  // namespace

absl::Status BadValue(std::string_view field, std::string_view value, std::string_view right) {
  return absl::InvalidArgumentError(fmt::format("{} '{}': {}", field, value, right));
}

absl::Status ReadTime(std::string_view field, const std::string& value, std::uint64_t& unix_ns) {
  if (const auto seconds = SecondsSince1970(value)) {
    unix_ns = *seconds;
    return absl::OkStatus();
  }
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, value, &time, nullptr) || time < absl::UnixEpoch() ||
      time >= absl::FromUnixSeconds(kLatestUnixSeconds)) {
    return BadValue(field, value,
                    "write seconds since 1970, as 1700000000.5, or a time as 2030-01-31T12:00:00Z");
  }
  unix_ns = static_cast<std::uint64_t>(absl::ToUnixNanos(time));
  return absl::OkStatus();
}

absl::Status ReadLimit(std::string_view field, const std::string& value, std::size_t most,
                       std::size_t& limit) {
  std::size_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || rest != end || number == 0 || number > most) {
    return BadValue(field, value, fmt::format("write a number from 1 to {}", most));
  }
  limit = number;
  return absl::OkStatus();
}

}  // namespace api
VITALS_NAMESPACE_END
