#include "telemetry/under_option.h"

#include <string>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN

absl::Status UnderOption(std::string_view option, const absl::Status& status) {
  return absl::Status(status.code(), fmt::format("{}: {}", option, std::string(status.message())));
}

VITALS_NAMESPACE_END
