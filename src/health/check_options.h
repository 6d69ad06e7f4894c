#ifndef VITALS_SRC_HEALTH_CHECK_OPTIONS_H_
#define VITALS_SRC_HEALTH_CHECK_OPTIONS_H_

#include <chrono>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

/// \file
/// Validates options that several ready-made checks have.

VITALS_NAMESPACE_BEGIN
namespace health {

/// InvalidArgument when the function of this name is not given: false for `given`. `returns` says
/// what it would return.
absl::Status CheckFunction(std::string_view option, bool given, std::string_view returns);

/// InvalidArgument for less than 1 ms or more than 24 hours.
absl::Status CheckTime(std::string_view option, std::chrono::nanoseconds time);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_CHECK_OPTIONS_H_
