#ifndef VITALS_SRC_NET_HTTP_FIELDS_H_
#define VITALS_SRC_NET_HTTP_FIELDS_H_

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "vitals/base/config.h"

/// \file
/// What is shared by those who write and read header fields (RFC 9110).

VITALS_NAMESPACE_BEGIN
namespace net {

/// Whether it can be a field name or a method (section 5.6.2).
VITALS_EXPORT bool IsToken(std::string_view text) noexcept;

/// Whether it can be a field value: bytes that do not break the framing (section 5.5).
VITALS_EXPORT bool IsFieldValue(std::string_view text) noexcept;

/// Whether it is moreover without control characters, but for tabs.
VITALS_EXPORT bool IsTextFieldValue(std::string_view text) noexcept;

/// Appends "Sun, 06 Nov 1994 08:49:37 GMT", whatever the host's locale (section 5.6.7). Nothing for
/// a time that no calendar holds.
VITALS_EXPORT void AppendHttpDate(std::time_t time, std::string& out);

/// The time that such a text means; empty for another, also for the two forms that are obsolete.
VITALS_EXPORT std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text) noexcept;

/// How long a Retry-After field asks to wait from `now` on: seconds or a date (section 10.2.3). Not
/// negative; empty for what is neither.
VITALS_EXPORT std::optional<std::chrono::seconds> ParseRetryAfter(
    std::string_view text, std::chrono::system_clock::time_point now) noexcept;

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_HTTP_FIELDS_H_
