#include "metrics/bin_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include "metrics/cells.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

constexpr std::uint32_t kMantissaBits = 52;

// Mantissa bits that number a cell at most, and cells that a table has at most: 2 KiB. Bounds that
// need more are dense.
constexpr std::uint32_t kMaxCellBits = 8;
constexpr std::int64_t kMaxCells = 1024;

std::int64_t CellOf(double value, std::uint32_t shift) {
  return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(value) >> shift);
}

// What a BinIndex points to.
struct OwnedBinIndex {
  BinIndex index;
  std::vector<double> bounds;
  std::vector<std::uint16_t> first_bin;
};

// How many bits of the mantissa keep the positive bounds in [first, end) in cells of their own,
// within the size of a table; the most that fit when none does.
std::uint32_t CellBits(const double* first, const double* end) {
  std::uint32_t bits = 0;
  for (; bits < kMaxCellBits; ++bits) {
    const std::uint32_t shift = kMantissaBits - bits;
    const bool apart = std::adjacent_find(first, end, [shift](double a, double b) {
                         return CellOf(a, shift) == CellOf(b, shift);
                       }) == end;
    if (apart) return bits;
    if (CellOf(*(end - 1), shift - 1) - CellOf(*first, shift - 1) + 3 > kMaxCells) return bits;
  }
  return bits;
}

std::unique_ptr<OwnedBinIndex> MakeBinIndex(const std::vector<double>& bounds) {
  auto owned = std::make_unique<OwnedBinIndex>();
  owned->bounds = bounds;
  owned->bounds.push_back(std::numeric_limits<double>::infinity());
  BinIndex& index = owned->index;
  index.bounds = owned->bounds.data();
  index.bin_count = static_cast<std::uint32_t>(owned->bounds.size());

  const double* const end = index.bounds + bounds.size();
  const double* const first = std::upper_bound(index.bounds, end, 0.0);
  if (first == end) {
    // Nothing above 0: every value of at least 0 is compared with the last bound or two.
    const auto bin =
        static_cast<std::uint16_t>(std::max<std::ptrdiff_t>(0, end - index.bounds - 1));
    owned->first_bin = {bin};
    index.shift = kMantissaBits;
  } else {
    index.shift = kMantissaBits - CellBits(first, end);
    // One cell below the first positive bound's takes in 0 and all that is smaller, one above the
    // last bound's all that is larger.
    index.first_cell = CellOf(*first, index.shift) - 1;
    index.last_cell = CellOf(*(end - 1), index.shift) + 1;
    for (std::int64_t cell = index.first_cell; cell <= index.last_cell; ++cell) {
      const double low =
          cell == index.first_cell
              ? 0.0
              : std::bit_cast<double>(static_cast<std::uint64_t>(cell) << index.shift);
      const double* const bound = std::lower_bound(index.bounds, end, low);
      owned->first_bin.push_back(static_cast<std::uint16_t>(bound - index.bounds));
      const double* next = bound;
      while (next != end && CellOf(*next, index.shift) == cell) ++next;
      index.dense |= next - bound > 1;
    }
  }
  index.first_bin = owned->first_bin.data();
  return owned;
}

}  // namespace

const BinIndex* InternBinIndex(const std::vector<double>& bounds) {
  // Leaked: handles point into it for as long as the process lives.
  static auto* const interned = new std::map<std::vector<double>, std::unique_ptr<OwnedBinIndex>>;
  const base::MutexLock lock(structure_mutex);
  std::unique_ptr<OwnedBinIndex>& entry = (*interned)[bounds];
  if (entry == nullptr) entry = MakeBinIndex(bounds);
  return &entry->index;
}

std::uint32_t FindBin(const BinIndex& index, double value) noexcept {
  if (value >= 0.0) return index.Find(value);
  const double* const end = index.bounds + index.bin_count;
  return static_cast<std::uint32_t>(std::lower_bound(index.bounds, end, value) - index.bounds);
}

}  // namespace metrics
VITALS_NAMESPACE_END
