#include "net/option_checks.h"

#include <algorithm>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {

absl::Status CheckCount(std::string_view name, std::size_t value) {
  if (value != 0) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} must be at least 1", name));
}

absl::Status CheckTime(std::string_view name, std::chrono::milliseconds least,
                       std::chrono::milliseconds& value) {
  if (value < least) {
    return absl::InvalidArgumentError(
        fmt::format("{} is {} ms, must be at least {} ms", name, value.count(), least.count()));
  }
  value = std::min(value, kLongestTime);
  return absl::OkStatus();
}

}  // namespace net
VITALS_NAMESPACE_END
