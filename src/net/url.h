#ifndef VITALS_SRC_NET_URL_H_
#define VITALS_SRC_NET_URL_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/base/config.h"

/// \file
/// The parts of a request target (RFC 9112 section 3.2, RFC 3986).

VITALS_NAMESPACE_BEGIN
namespace net {

/// A request target, cut at the first '?'. Views into it, not decoded.
struct TargetParts {
  std::string_view path;   ///< starts with '/'
  std::string_view query;  ///< without the '?'
};

/// Cuts a target in origin form ("/a?b") or absolute form ("http://host/a?b"). Empty for any other.
VITALS_EXPORT std::optional<TargetParts> SplitTarget(std::string_view target);

/// How '+' is read: as a space in the fields of a form or a query, as itself in a path.
enum class PlusSign { kLiteral, kSpace };

/// Decodes "%41" to 'A'. Empty when a '%' is not followed by two hexadecimal digits. The result may
/// hold any byte, NUL included.
VITALS_EXPORT std::optional<std::string> DecodePercent(std::string_view text, PlusSign plus);

/// Splits "a=1&b=2&b=3" into decoded names and values, in order; a field without '=' has an empty
/// value, an empty field is left out. Empty when one cannot be decoded.
VITALS_EXPORT std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(
    std::string_view query);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_URL_H_
