#ifndef VITALS_SRC_EXPOSITION_NUMBER_H_
#define VITALS_SRC_EXPOSITION_NUMBER_H_

#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

enum class NumberError {
  kNone,
  kSyntax,
  kRange,  ///< larger than any double
};

/// Reads what both text formats call a number: decimal with an optional sign, fraction and
/// exponent, `inf` and `infinity` with an optional sign, `nan`; letters in any case. All of `text`
/// must be the number. Rounds to the nearest double.
NumberError ParseNumber(std::string_view text, double& number) noexcept;

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_NUMBER_H_
