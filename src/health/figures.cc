#include "health/figures.h"

#include <array>
#include <cstddef>
#include <string_view>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// With one decimal, unless that is 0.
std::string FormatNumber(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// `count` of small units, of which `per_large` make a large one.
std::string FormatTwoUnits(std::int64_t count, std::int64_t per_large, std::string_view large,
                           std::string_view small) {
  if (count % per_large == 0) return fmt::format("{} {}", count / per_large, large);
  return fmt::format("{} {} {} {}", count / per_large, large, count % per_large, small);
}

}  // namespace

std::string FormatBytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                      "TiB", "PiB", "EiB"};
  // What would be shown as 1024 of a unit is 1 of the next.
  constexpr double kLeastOfNextUnit = 1023.95;
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= kLeastOfNextUnit && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{} {}", FormatNumber(value), kUnits[unit]);
}

std::string FormatDuration(std::chrono::nanoseconds duration) {
  using std::chrono::duration_cast;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const std::chrono::duration<double> exact_seconds = duration;
  if (duration < seconds(1)) return FormatNumber(exact_seconds.count() * 1000) + " ms";
  if (duration < minutes(1)) return FormatNumber(exact_seconds.count()) + " s";
  if (duration < hours(1)) {
    return FormatTwoUnits(duration_cast<seconds>(duration).count(), 60, "min", "s");
  }
  if (duration < hours(24)) {
    return FormatTwoUnits(duration_cast<minutes>(duration).count(), 60, "h", "min");
  }
  return FormatTwoUnits(duration_cast<hours>(duration).count(), 24, "d", "h");
}

std::string FormatSeconds(std::chrono::nanoseconds duration) {
  return fmt::format("{} s", std::chrono::duration<double>(duration).count());
}

std::string FormatPercent(double ratio) {
  const double percent = ratio * 100;
  // What is small, such as a limit, keeps its digits.
  return percent < 10 ? fmt::format("{:.3g}%", percent) : FormatNumber(percent) + '%';
}

}  // namespace health
VITALS_NAMESPACE_END
