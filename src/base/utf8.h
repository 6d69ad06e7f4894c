#ifndef VITALS_SRC_BASE_UTF8_H_
#define VITALS_SRC_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
VITALS_EXPORT bool IsValidUtf8(std::string_view text) noexcept;

/// U+FFFD, which stands for what is ill-formed.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// Bytes of `text` before its first ill-formed sequence: its size when there is none. Several
/// gigabytes a second of ASCII.
VITALS_EXPORT std::size_t ValidUtf8Prefix(std::string_view text) noexcept;

/// Bytes of the maximal ill-formed subsequence that `text` starts with, for which one U+FFFD
/// stands: 0 for a text that is empty or starts well.
VITALS_EXPORT std::size_t IllFormedUtf8Prefix(std::string_view text) noexcept;

/// Characters (code points) of well-formed `text`.
VITALS_EXPORT std::size_t CountCharacters(std::string_view text) noexcept;

/// The first `max_bytes` of `text`, or up to 3 fewer so that no character is cut in two.
VITALS_EXPORT std::string_view CutUtf8(std::string_view text, std::size_t max_bytes) noexcept;

/// `text` with U+FFFD in place of each maximal ill-formed subsequence, as Unicode recommends.
VITALS_EXPORT std::string ToValidUtf8(std::string_view text);

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_UTF8_H_
