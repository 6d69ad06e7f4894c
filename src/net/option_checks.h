#ifndef VITALS_SRC_NET_OPTION_CHECKS_H_
#define VITALS_SRC_NET_OPTION_CHECKS_H_

#include <chrono>
#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

inline constexpr std::chrono::milliseconds kShortestTimeout(1);

/// Beyond, adding to a clock could overflow.
inline constexpr std::chrono::milliseconds kLongestTime = std::chrono::hours(24 * 365);

/// InvalidArgument for zero.
VITALS_EXPORT absl::Status CheckCount(std::string_view name, std::size_t value);

/// InvalidArgument below `least`; cuts to kLongestTime.
VITALS_EXPORT absl::Status CheckTime(std::string_view name, std::chrono::milliseconds least,
                                     std::chrono::milliseconds& value);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_OPTION_CHECKS_H_
