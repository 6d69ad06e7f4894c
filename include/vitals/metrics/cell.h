#ifndef VITALS_METRICS_CELL_H_
#define VITALS_METRICS_CELL_H_

#include <atomic>
#include <bit>
#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/base/thread_state.h"

/// \file
/// The recording path that all instruments share. Hosts use the instruments, not this header.
///
/// Every series of a counter or histogram has a *slot*: the same place in every thread's copy of
/// one chunk. At that place a thread has a block: the generation of the series it recorded for, and
/// its cells. A slot's generation changes when its series goes and when the next one comes, so a
/// block whose generation differs from the handle's belongs to no one, or to a series that is gone.

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Names a series' slot. What an instrument handle holds; trivially copyable. Packed, so that a
/// record loads two words instead of four fields.
class Slot {
 public:
  /// Never given to a series, and never in a block: a handle with it records nowhere.
  static constexpr std::uint32_t kNoGeneration = 2;

  constexpr Slot() noexcept = default;

  /// `block` is the number of the block in its chunk, `offset` the place of the block's first cell,
  /// in words from the start of the chunk.
  constexpr Slot(std::uint32_t generation, std::uint32_t chunk, std::uint16_t block,
                 std::uint16_t offset) noexcept
      : series_(std::uint64_t{chunk} << 32 | generation),
        place_(std::uint32_t{offset} << 16 | block) {}

  constexpr std::uint32_t generation() const noexcept {  ///< odd for a series
    return static_cast<std::uint32_t>(series_);
  }
  constexpr std::uint32_t chunk() const noexcept {
    return static_cast<std::uint32_t>(series_ >> 32);
  }
  constexpr std::uint32_t block() const noexcept { return place_ & 0xFFFF; }
  constexpr std::uint32_t offset() const noexcept { return place_ >> 16; }

  /// The same place for another series.
  constexpr Slot WithGeneration(std::uint32_t generation) const noexcept {
    Slot slot = *this;
    slot.series_ = series_ >> 32 << 32 | generation;
    return slot;
  }

 private:
  std::uint64_t series_ = kNoGeneration;  // chunk, generation
  std::uint32_t place_ = 0;               // offset, block
};

/// Why a record was not taken.
enum class DropReason : std::uint32_t {
  /// The series was removed, or its registry is gone. A thread that had recorded for it before goes
  /// on adding to a cell that nobody reads, without being told: those records are not counted here.
  kRemovedSeries,
  kNotANumber,    ///< a NaN, which would poison every later sum
  kNegative,      ///< a negative amount for a counter, a negative value for a summary
  kOutOfMemory,   ///< the thread's first record of a chunk found no memory
  kUnknownState,  ///< a state that its StateSet does not have
  kExemplar,  ///< an exemplar, not its record: too long, not UTF-8, or two threads met in one bin
};
inline constexpr std::uint32_t kDropReasonCount = 6;

/// Counts a record that is not taken.
VITALS_EXPORT void CountDrop(DropReason reason) noexcept;

/// Records of the whole process that were not taken for this reason.
VITALS_EXPORT std::uint64_t DroppedRecords(DropReason reason) noexcept;

/// Points `cells` at the calling thread's cells of `slot`; whether they are ready for recording. (A
/// result that may be null would be tested twice.)
VITALS_INLINE bool FindCells(const Slot& packed, base::Word*& cells) noexcept {
  const Slot slot = packed;
  const base::CurrentThread& thread = base::current_thread;
  if (slot.chunk() >= thread.chunk_count) [[unlikely]] {
    return false;
  }
  // Relaxed: only this thread writes its table and the generations of its blocks.
  base::Chunk* const chunk = thread.chunks[slot.chunk()].load(std::memory_order_relaxed);
  if (chunk->generation(slot.block()).load(std::memory_order_relaxed) != slot.generation())
      [[unlikely]] {
    return false;
  }
  cells = chunk->cells(slot.offset());
  return true;
}

/// Adds to a cell of the calling thread.
VITALS_INLINE void AddToCell(base::Word& cell, std::uint64_t amount) noexcept {
  // Relaxed, and no read-modify-write: this thread is the only writer; Gather may read the value
  // before or after, both of which were true at some moment.
  cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

/// Adds to a cell that holds the bits of a double.
VITALS_INLINE void AddToCell(base::Word& cell, double amount) noexcept {
  // Relaxed: as above.
  const double sum = std::bit_cast<double>(cell.load(std::memory_order_relaxed)) + amount;
  cell.store(std::bit_cast<std::uint64_t>(sum), std::memory_order_relaxed);
}

/// Adds to a small cell.
VITALS_INLINE void AddToCell(base::SmallWord& cell, std::uint32_t amount) noexcept {
  // Relaxed: as above.
  cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

/// The small cells that lie in a row of words. All of a block's are read and written as such; as
/// whole words they are only zeroed, before the block has a generation.
VITALS_INLINE base::SmallWord* SmallCells(base::Word* words) noexcept {
  return reinterpret_cast<base::SmallWord*>(words);
}

/// As AddToCell(): whoever reads the result, with acquire, sees every add that came before this
/// one.
VITALS_INLINE void AddToCellInOrder(base::Word& cell, std::uint64_t amount) noexcept {
  cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_release);
}

/// As AddSlow(), below, for a small cell; `cell` counts small cells from the word `first_cell`.
VITALS_EXPORT bool AddSmallSlow(const Slot& slot, std::uint32_t first_cell, std::uint32_t cell,
                                std::uint32_t amount) noexcept;

/// Adds through the slow path: prepares the thread's cells on its first record of a slot, else
/// uses the cells that all threads share, else counts a drop. Lock-free; may allocate the thread's
/// chunk (at most 12 KiB), which happens once per thread and chunk. `cell` counts from 0. Returns
/// whether the amount was taken.
VITALS_EXPORT bool AddSlow(const Slot& slot, std::uint32_t cell, std::uint64_t amount) noexcept;
VITALS_EXPORT bool AddSlow(const Slot& slot, std::uint32_t cell, double amount) noexcept;

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_CELL_H_
