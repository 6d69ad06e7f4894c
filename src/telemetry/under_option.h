#ifndef VITALS_SRC_TELEMETRY_UNDER_OPTION_H_
#define VITALS_SRC_TELEMETRY_UNDER_OPTION_H_

#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// `status`, with the name of the option before its message that led to it.
absl::Status UnderOption(std::string_view option, const absl::Status& status);

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_UNDER_OPTION_H_
