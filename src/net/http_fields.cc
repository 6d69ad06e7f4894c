#include "net/http_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// A number of decimal digits alone; -1 for another text.
int Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool IsToken(std::string_view text) noexcept {
  constexpr std::string_view kTokenCharacters =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}

bool IsFieldValue(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool IsTextFieldValue(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
}

void AppendHttpDate(std::time_t time, std::string& out) {
  std::tm utc = {};
  if (gmtime_r(&time, &utc) == nullptr) return;
  fmt::format_to(std::back_inserter(out), "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                 kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                 kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                 utc.tm_min, utc.tm_sec);
}

std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) noexcept {
  //                                    0123456789012345678901234567890
  constexpr std::string_view kLayout = "ddd, 00 mmm 0000 00:00:00 GMT";
  if (text.size() != kLayout.size()) return std::nullopt;
  for (const std::size_t i : {3U, 4U, 7U, 11U, 16U, 19U, 22U, 25U, 26U, 27U, 28U}) {
    if (text[i] != kLayout[i]) return std::nullopt;
  }
  const auto* const month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const int day = Digits(text.substr(5, 2));
  const int year = Digits(text.substr(12, 4));
  const int hour = Digits(text.substr(17, 2));
  const int minute = Digits(text.substr(20, 2));
  const int second = Digits(text.substr(23, 2));
  if (std::min({day, year, hour, minute, second}) < 0 || month == kMonths.end()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(day)));
  // A leap second is allowed to be said.
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::optional<std::chrono::seconds> ParseRetryAfter(
    std::string_view text, std::chrono::system_clock::time_point now) noexcept {
  std::uint32_t seconds = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, seconds);
  if (!text.empty() && read.ec == std::errc() && read.ptr == end) {
    return std::chrono::seconds(seconds);
  }
  const std::optional<std::chrono::sys_seconds> date = ParseHttpDate(text);
  if (!date) return std::nullopt;
  return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(*date - now));
}

}  // namespace net
VITALS_NAMESPACE_END
