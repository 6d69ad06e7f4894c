#ifndef VITALS_SRC_HEALTH_OPTION_VALUES_H_
#define VITALS_SRC_HEALTH_OPTION_VALUES_H_

#include <chrono>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "vitals/base/config.h"

/// \file
/// InvalidArgument for the value of one option; the message names it and what would be right.

VITALS_NAMESPACE_BEGIN
namespace health {

/// For one beyond `least` and `most`.
absl::Status CheckDuration(std::string_view option, std::chrono::nanoseconds value,
                           std::chrono::nanoseconds least, std::chrono::nanoseconds most);

/// For one beyond `least` and `most`, or that is no number.
template <typename Number>
absl::Status CheckNumber(std::string_view option, Number value, Number least, Number most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is {}: choose from {} to {}", option, value, least, most));
}

/// For a function that is not `given`; `returns` says what it would return.
absl::Status CheckFunction(std::string_view option, bool given, std::string_view returns);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_OPTION_VALUES_H_
