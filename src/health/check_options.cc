#include "health/check_options.h"

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {

absl::Status CheckFunction(std::string_view option, bool given, std::string_view returns) {
  if (given) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is empty: give a function that returns {}", option, returns));
}

absl::Status CheckTime(std::string_view option, std::chrono::nanoseconds time) {
  if (time >= std::chrono::milliseconds(1) && time <= std::chrono::hours(24)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      fmt::format("{} is {} ns, must be from 1 ms to 24 hours", option, time.count()));
}

}  // namespace health
VITALS_NAMESPACE_END
