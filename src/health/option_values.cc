#include "health/option_values.h"

#include "health/figures.h"

VITALS_NAMESPACE_BEGIN
namespace health {

absl::Status CheckDuration(std::string_view option, std::chrono::nanoseconds value,
                           std::chrono::nanoseconds least, std::chrono::nanoseconds most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} is {}: choose from {} to {}", option,
                                                FormatSeconds(value), FormatSeconds(least),
                                                FormatSeconds(most)));
}

absl::Status CheckFunction(std::string_view option, bool given, std::string_view returns) {
  if (given) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is empty: give a function that returns {}", option, returns));
}

}  // namespace health
VITALS_NAMESPACE_END
