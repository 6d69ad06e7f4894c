#ifndef VITALS_SRC_BASE_BYTES_H_
#define VITALS_SRC_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// A seed for HashBytes() that nobody outside the process can know, from the kernel where it gives
/// one at once, else from the clock. Ask once and keep it.
VITALS_EXPORT std::uint64_t RandomSeed() noexcept;

namespace internal {

template <typename Integer>
Integer LoadUnaligned(const char* bytes) noexcept {
  Integer value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

inline std::uint64_t MultiplyAndFold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Odd numbers with as many ones as zeros, so that every bit of the input matters.
inline constexpr std::uint64_t kMultiplierA = 0x9E6C63D0876A5A2D;
inline constexpr std::uint64_t kMultiplierB = 0xC2B2AE3D27D4EB4F;

}  // namespace internal

/// Hashes `text`; with a random seed, who chooses texts cannot choose collisions. About 2 ns for a
/// short text. (Multiply and fold, as in Wang Yi's wyhash.)
inline std::uint64_t HashBytes(std::string_view text, std::uint64_t seed) noexcept {
  using internal::LoadUnaligned;
  const char* bytes = text.data();
  std::size_t size = text.size();
  while (size > 16) {
    seed =
        internal::MultiplyAndFold(LoadUnaligned<std::uint64_t>(bytes) ^ seed,
                                  LoadUnaligned<std::uint64_t>(bytes + 8) ^ internal::kMultiplierA);
    bytes += 16;
    size -= 16;
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (size >= 8) {
    low = LoadUnaligned<std::uint64_t>(bytes);
    high = LoadUnaligned<std::uint64_t>(bytes + size - 8);
  } else if (size >= 4) {
    low = LoadUnaligned<std::uint32_t>(bytes);
    high = LoadUnaligned<std::uint32_t>(bytes + size - 4);
  } else if (size > 0) {
    // First, middle and last: all of them, for three bytes or fewer.
    low = static_cast<unsigned char>(bytes[0]) |
          std::uint64_t{static_cast<unsigned char>(bytes[size / 2])} << 8 |
          std::uint64_t{static_cast<unsigned char>(bytes[size - 1])} << 16;
  }
  return internal::MultiplyAndFold(low ^ seed ^ text.size(), high ^ internal::kMultiplierB);
}

/// memcmp() == 0, without the call for the sizes that names and label values mostly have.
inline bool EqualBytes(const char* a, const char* b, std::size_t size) noexcept {
  using internal::LoadUnaligned;
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) {
    return ((LoadUnaligned<std::uint64_t>(a) ^ LoadUnaligned<std::uint64_t>(b)) |
            (LoadUnaligned<std::uint64_t>(a + size - 8) ^
             LoadUnaligned<std::uint64_t>(b + size - 8))) == 0;
  }
  if (size >= 4) {
    return ((LoadUnaligned<std::uint32_t>(a) ^ LoadUnaligned<std::uint32_t>(b)) |
            (LoadUnaligned<std::uint32_t>(a + size - 4) ^
             LoadUnaligned<std::uint32_t>(b + size - 4))) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_BYTES_H_
