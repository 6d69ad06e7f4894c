#ifndef VITALS_SRC_TRACE_RANDOM_BITS_H_
#define VITALS_SRC_TRACE_RANDOM_BITS_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// How many values RandomBits() may have.
inline constexpr std::uint64_t kRandomValues = std::uint64_t{1} << 56;

/// The low 7 bytes of the id: those that are random where the flag says so (W3C Trace Context,
/// level 2).
constexpr std::uint64_t RandomBits(const TraceId& id) noexcept {
  return id.low & (kRandomValues - 1);
}

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_RANDOM_BITS_H_
