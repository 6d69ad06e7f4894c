#ifndef VITALS_SRC_TRACE_TRACE_SIGNATURE_H_
#define VITALS_SRC_TRACE_TRACE_SIGNATURE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "trace/span_codec.h"
#include "vitals/base/config.h"

/// \file
/// What a search asks of spans, as hashes, and a Bloom filter of them for each kept trace, so that
/// a search decodes only traces that probably match.
///
/// The facets of a span are its name, its component, its status where someone set it, each of its
/// attributes, and pairs of these. A pair tells that both are of one span, which two facets of a
/// trace do not. Only the first kPairedAttributes attributes pair with each other.

VITALS_NAMESPACE_BEGIN
namespace trace {

using Facet = std::uint64_t;

namespace internal {

/// The finalizer of MurmurHash3, over both.
constexpr std::uint64_t Mix(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t mixed = a ^ std::rotl(b * 0x9E37'79B9'7F4A'7C15, 32);
  mixed = (mixed ^ mixed >> 33) * 0xFF51'AFD7'ED55'8CCD;
  mixed = (mixed ^ mixed >> 33) * 0xC4CE'B9FE'1A85'EC53;
  return mixed ^ mixed >> 33;
}

inline std::uint64_t HashValue(const AttributeView& value) noexcept {
  constexpr std::uint64_t kTextSeed = 0x5851'F42D'4C95'7F2D;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return base::HashBytes(*text, kTextSeed);
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    // All NaN of one sign have the same text.
    if (*number != *number) return std::bit_cast<std::uint64_t>(*number) >> 63;
    return std::bit_cast<std::uint64_t>(*number);
  }
  return *std::get_if<bool>(&value) ? 1 : 0;
}

}  // namespace internal

constexpr Facet NameFacet(std::uint32_t name) noexcept { return internal::Mix(1, name); }
constexpr Facet ComponentFacet(std::uint32_t component) noexcept {
  return internal::Mix(2, component);
}
constexpr Facet StatusFacet(SpanStatus status) noexcept {
  return internal::Mix(3, static_cast<std::uint64_t>(status));
}
inline Facet AttributeFacet(std::uint32_t key, const AttributeView& value) noexcept {
  return internal::Mix(internal::Mix(4 + value.index(), key), internal::HashValue(value));
}
constexpr Facet PairFacet(Facet a, Facet b) noexcept {
  return internal::Mix(std::min(a, b), std::max(a, b));
}

/// Of a span that has more attributes than pair with each other: any pair may be there.
constexpr Facet ManyAttributesFacet() noexcept { return internal::Mix(0, 0); }
inline constexpr std::size_t kPairedAttributes = 8;

/// How many facets a span has, at the most.
constexpr std::size_t FacetCount(SpanStatus status, std::size_t attributes) noexcept {
  const std::size_t others = status == SpanStatus::kUnset ? 2 : 3;
  const std::size_t paired = std::min(attributes, kPairedAttributes);
  return others * (others + 1) / 2 + attributes * (others + 1) + (paired * paired - paired) / 2;
}

/// Calls `visit(facet)` with each facet of a record.
template <typename Visit>
void VisitFacets(const SpanHead& head, const char* record, Visit visit) {
  // What the facets to come are paired with.
  std::array<Facet, 3 + kPairedAttributes> paired;
  std::size_t count = 0;
  const auto add = [&](Facet facet) {
    visit(facet);
    for (std::size_t i = 0; i < count; ++i) visit(PairFacet(paired[i], facet));
    paired[count++] = facet;
  };
  add(NameFacet(head.name));
  add(ComponentFacet(head.component));
  if (head.status != SpanStatus::kUnset) add(StatusFacet(head.status));
  const std::size_t others = count;
  for (AttributeCursor attribute(record); attribute.Next();) {
    const Facet facet = AttributeFacet(attribute.key(), attribute.value());
    if (count < others + kPairedAttributes) {
      add(facet);
      continue;
    }
    visit(facet);
    for (std::size_t i = 0; i < others; ++i) visit(PairFacet(paired[i], facet));
    visit(ManyAttributesFacet());
  }
}

/// A cache line of a Bloom filter. A facet has all its bits in one block ("Cache-, Hash- and
/// Space-Efficient Bloom Filters", Putze, Sanders, Singler 2007).
struct alignas(64) SignatureBlock {
  std::array<std::uint64_t, 8> words{};
};

/// Blocks for a trace with so many facets: about 10 bits for each, so that a facet that is not
/// there is told with 98%; at most 4 KiB, beyond which traces are mostly decoded.
constexpr std::size_t SignatureBlocks(std::size_t facets) noexcept {
  constexpr std::size_t kFacetsPerBlock = 51;
  return std::clamp<std::size_t>((facets + kFacetsPerBlock - 1) / kFacetsPerBlock, 1, 64);
}

/// A trace's signature, as it is asked and added to. `Block` may be const.
///
/// The trace's number has a part in which bits a facet sets. Traces of a program have most facets
/// in common: without it, a facet that looks like those of one trace would look like those of all.
template <typename Block>
class Signature {
 public:
  Signature(Block* blocks, std::size_t count, std::uint64_t trace_number) noexcept
      : blocks_(blocks), count_(count), salt_(trace_number * 0x9E37'79B9'7F4A'7C15) {}

  void Add(Facet facet) const noexcept {
    const Place place = PlaceOf(facet);
    for (unsigned shift = 0; shift < kBits * 9; shift += 9) {
      const std::uint64_t bit = place.bits >> shift & 511;
      place.block.words[bit / 64] |= std::uint64_t{1} << bit % 64;
    }
  }

  /// Has the processor fetch what MayHave() will look at.
  void Prefetch(Facet facet) const noexcept { __builtin_prefetch(&PlaceOf(facet).block); }

  /// False only where the facet was never added.
  bool MayHave(Facet facet) const noexcept {
    const Place place = PlaceOf(facet);
    std::uint64_t all = 1;
    for (unsigned shift = 0; shift < kBits * 9; shift += 9) {
      const std::uint64_t bit = place.bits >> shift & 511;
      all &= place.block.words[bit / 64] >> bit % 64;
    }
    return all != 0;
  }

 private:
  static constexpr unsigned kBits = 4;

  struct Place {
    Block& block;
    std::uint64_t bits;
  };

  Place PlaceOf(Facet facet) const noexcept {
    std::uint64_t hash = (facet ^ salt_) * 0xFF51'AFD7'ED55'8CCD;
    hash ^= hash >> 32;
    return {blocks_[(facet >> 32) * count_ >> 32], hash};
  }

  Block* blocks_;
  std::size_t count_;
  std::uint64_t salt_;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_SIGNATURE_H_
