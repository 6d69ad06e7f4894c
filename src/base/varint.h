#ifndef VITALS_SRC_BASE_VARINT_H_
#define VITALS_SRC_BASE_VARINT_H_

#include <cstddef>
#include <cstdint>

#include "vitals/base/config.h"

/// \file
/// Integers in 1 to 10 bytes, as Protocol Buffers write them: 7 bits in each, the lowest first; the
/// highest bit says that another byte follows. For memory of our own: reading trusts what it reads.

VITALS_NAMESPACE_BEGIN
namespace base {

inline constexpr std::size_t kMaxVarintBytes = 10;

/// Writes `value` and returns the end of it. There must be room.
inline char* WriteVarint(std::uint64_t value, char* out) noexcept {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

/// Reads what WriteVarint() wrote, and moves `in` behind it.
inline std::uint64_t ReadVarint(const char*& in) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*in++);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
}

/// Small numbers of either sign as small numbers without one, and back.
constexpr std::uint64_t ZigZag(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_VARINT_H_
