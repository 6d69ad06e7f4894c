#ifndef VITALS_SRC_TRACE_BLANKS_H_
#define VITALS_SRC_TRACE_BLANKS_H_

#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// `text` without the blanks and tabs around it (RFC 9110, "OWS").
inline std::string_view StripBlanks(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_BLANKS_H_
