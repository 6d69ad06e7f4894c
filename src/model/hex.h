#ifndef VITALS_SRC_MODEL_HEX_H_
#define VITALS_SRC_MODEL_HEX_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace model {

/// The number that at most 16 lower-case hex digits name; nothing for any other character. W3C
/// Trace Context has no upper-case ones.
VITALS_EXPORT std::optional<std::uint64_t> ParseLowerHex(std::string_view digits) noexcept;

}  // namespace model
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_MODEL_HEX_H_
