#ifndef VITALS_SRC_TRACE_NAME_TABLE_H_
#define VITALS_SRC_TRACE_NAME_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Hashes names with a seed of its own.
struct NameHash {
  std::uint64_t seed = base::RandomSeed();
  std::size_t operator()(std::string_view text) const noexcept {
    return base::HashBytes(text, seed);
  }
};

/// Numbers for names, so that a stored span has four bytes for each, and equal texts are equal
/// numbers. A name is kept by InternName(): it outlives the plugin whose literal it was, and there
/// are never more than that function keeps. 0 is the empty name.
///
/// IdOf() and Find() need the owner's lock. NameOf() needs none: who learnt a number under the lock
/// sees its name, which never changes.
class NameTable {
 public:
  NameTable();

  /// The number of a name, a new one if need be. About 3 ns for one that came lately.
  std::uint32_t IdOf(std::string_view name) {
    const Recent& recent = recent_[RecentIndex(name.data())];
    if (recent.text == name.data() && recent.size == name.size()) {
      // Compared nevertheless: another plugin's literal may have come to the same address.
      const std::string_view kept = NameOf(recent.id);
      if (kept.size() == name.size() && base::EqualBytes(kept.data(), name.data(), name.size())) {
        return recent.id;
      }
    }
    return FindOrAdd(name);
  }

  /// The number of a text, if any name has it.
  std::optional<std::uint32_t> Find(std::string_view text) const;

  std::string_view NameOf(std::uint32_t id) const noexcept {
    return chunks_[id / kChunkNames]->names[id % kChunkNames];
  }

  /// The types of values that a key had: bit i for alternative i of AttributeValue. Needs the lock.
  std::uint8_t ValueTypes(std::uint32_t key) const noexcept {
    return chunks_[key / kChunkNames]->value_types[key % kChunkNames];
  }
  void AddValueType(std::uint32_t key, std::size_t type) noexcept {
    chunks_[key / kChunkNames]->value_types[key % kChunkNames] |=
        static_cast<std::uint8_t>(1 << type);
  }

  /// Memory of the table, this object included.
  std::size_t bytes() const noexcept;

 private:
  struct Recent {
    const char* text = nullptr;
    std::uint32_t size = 0;
    std::uint32_t id = 0;
  };

  static constexpr std::size_t kChunkNames = 512;
  static constexpr std::size_t kRecentNames = 2'048;  // a power of two
  // All that InternName() can give: beside its texts, the empty one and kTooManyNames.
  static constexpr std::size_t kMaxChunks = (kMaxInternedNames + 2) / kChunkNames + 1;

  static std::size_t RecentIndex(const char* text) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(text);
    return address * 0x9E37'79B9'7F4A'7C15 >> (64 - 11);
  }

  std::uint32_t FindOrAdd(std::string_view name);
  std::uint32_t Add(std::string_view permanent);

  struct Chunk {
    std::array<std::string_view, kChunkNames> names;
    std::array<std::uint8_t, kChunkNames> value_types{};
  };

  std::array<std::unique_ptr<Chunk>, kMaxChunks> chunks_;
  std::uint32_t size_ = 0;
  std::unordered_map<std::string_view, std::uint32_t, NameHash> ids_;
  std::array<Recent, kRecentNames> recent_;
  static_assert(kRecentNames == std::size_t{1} << 11);
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_NAME_TABLE_H_
