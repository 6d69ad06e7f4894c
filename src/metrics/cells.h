#ifndef VITALS_SRC_METRICS_CELLS_H_
#define VITALS_SRC_METRICS_CELLS_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/mutex.h"
#include "base/thread_registry.h"
#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"
#include "vitals/metrics/gauge.h"

/// \file
/// The process's slots: which chunk and offset belongs to which generation, and the cells that all
/// threads share. Drawn in docs/design/metrics.md.
///
/// Invariants, each held by structure_mutex:
///  - a slot is free, live or retired; it is live while its generation is odd;
///  - a retired slot becomes free only after WaitForReaders(), so that no record through the shared
///    cells can still be on its way to it;
///  - a thread's chunk folds into the shared cells and disappears from its table in one step.

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Held by everything that changes or sums the structure: series come and go, threads end, Gather
/// reads a family. Never by a record.
extern constinit base::Mutex structure_mutex;

struct SeriesExemplars;

/// The cells of one kind of series.
struct CellShape {
  std::uint32_t cells = 1;
  std::uint32_t double_cells = 0;  ///< how many of them, from the first, hold doubles
  std::uint32_t small_cells = 0;   ///< how many of them, up to the last, hold two small cells

  friend bool operator==(const CellShape&, const CellShape&) = default;
};

/// The process-wide side of one chunk.
class ChunkInfo {
 public:
  ChunkInfo(const CellShape& shape, std::atomic<std::uint32_t>* generations) noexcept;

  const CellShape& shape() const noexcept { return shape_; }
  const base::ChunkLayout& layout() const noexcept { return layout_; }

  /// The generation of a slot: odd while a series lives in it.
  std::atomic<std::uint32_t>& generation(std::uint32_t block) noexcept {
    return generations_[block];
  }

  /// Whether the series that this slot names is alive.
  bool IsLive(const Slot& slot) const noexcept {
    // Acquire: who sees a generation sees the shared cells zeroed for it. The even generation of a
    // handle that records nowhere may be that of a free slot.
    return slot.generation() % 2 == 1 &&
           generations_[slot.block()].load(std::memory_order_acquire) == slot.generation();
  }

  /// The cells that all threads share; null until first needed. They hold what threads that ended
  /// have recorded, and what is recorded where a thread has no cells. Their generations mean
  /// nothing.
  base::Chunk* shared() const noexcept { return shared_.load(std::memory_order_acquire); }

  /// As shared(), made when there are none; null when there is no memory. Lock-free.
  base::Chunk* TouchShared() noexcept;

  /// The exemplars of the series in a slot; null when it has none.
  SeriesExemplars* exemplars(std::uint32_t block) const noexcept;

  /// Makes room for exemplars of this chunk's slots. Lock-free. Throws std::bad_alloc.
  void PrepareExemplars();

  /// As exemplars(); where there are none, those are that are `offered`, if any. Lock-free; in a
  /// ReadSection in which the slot is live.
  SeriesExemplars* OfferExemplars(std::uint32_t block,
                                  std::unique_ptr<SeriesExemplars>& offered) noexcept;

  /// Frees the exemplars of a slot that is no longer live, after WaitForReaders().
  void FreeExemplars(std::uint32_t block) noexcept;

  /// Adds a thread's chunk to the shared cells: becomes them when there are none, else is freed.
  void Fold(base::Chunk* chunk) noexcept VITALS_REQUIRES(structure_mutex);

  /// How the chunks of a shape are laid out.
  static base::ChunkLayout LayoutOf(const CellShape& shape) noexcept;

 private:
  bool IsLiveBlock(base::Chunk& chunk, std::uint32_t block) const noexcept;
  void ClearStaleBlocks(base::Chunk& chunk) noexcept;
  void AddLiveBlocks(base::Chunk& chunk, base::Chunk& shared) noexcept;

  const CellShape shape_;
  const base::ChunkLayout layout_;
  std::atomic<base::Chunk*> shared_{nullptr};
  // By block; null until the first exemplar of any of them.
  std::atomic<std::atomic<SeriesExemplars*>*> exemplars_{nullptr};
  std::atomic<std::uint32_t>* const generations_;
};

/// Adds to a cell that several threads may write.
void AddToSharedCell(base::Word& cell, std::uint64_t amount) noexcept;
void AddToSharedCell(base::SmallWord& cell, std::uint32_t amount) noexcept;
void AddToSharedCell(base::Word& cell, double amount) noexcept;

/// The info of a chunk; null for a number that was never given out. Lock-free.
ChunkInfo* FindChunkInfo(std::uint32_t chunk) noexcept;

/// Whether any chunk of the process has shared cells. While not, readers need not look for them.
bool AnySharedCells() noexcept;

/// Whether any exemplar was kept in the process. While not, readers need not look for them.
bool AnyExemplars() noexcept;

/// A live slot with zeroed cells. Throws std::bad_alloc.
Slot AllocateSlot(const CellShape& shape) VITALS_REQUIRES(structure_mutex);

/// Retires a slot: from now on handles to it discard, and Gather does not see it.
void RetireSlot(const Slot& slot) noexcept VITALS_REQUIRES(structure_mutex);

/// Frees a retired slot, after WaitForReaders().
void FreeSlot(const Slot& slot) VITALS_REQUIRES(structure_mutex);

/// The same life for the cells of gauges. Allocate gives the cell a generation and its
/// first value.
GaugeCell* AllocateGaugeCell(std::uint64_t value_bits, std::uint32_t state_count)
    VITALS_REQUIRES(structure_mutex);
void RetireGaugeCell(GaugeCell& cell) noexcept VITALS_REQUIRES(structure_mutex);
void FreeGaugeCell(GaugeCell& cell) VITALS_REQUIRES(structure_mutex);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_CELLS_H_
