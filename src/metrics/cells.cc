#include "metrics/cells.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <vector>

#include "base/fork.h"
#include "base/quiescence.h"
#include "base/thread_registry.h"
#include "metrics/exemplars.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

constinit base::Mutex structure_mutex;

namespace {

using base::Chunk;
using base::Word;

// Bytes of a chunk of small blocks: few, so that a small host stays small.
constexpr std::uint32_t kChunkBytes = 1024;

// ChunkInfos by number, in segments of doubling size, so that readers never see one move.
constexpr std::uint32_t kFirstSegmentBits = 6;
constexpr std::uint32_t kSegmentCount = 32 - kFirstSegmentBits;
constinit std::atomic<std::atomic<ChunkInfo*>*> segments[kSegmentCount] = {};

constinit std::atomic<bool> any_shared_cells{false};
constinit std::atomic<bool> any_exemplars{false};

struct SegmentPlace {
  std::uint32_t segment;
  std::uint32_t index;
  std::uint32_t size;
};

SegmentPlace PlaceOf(std::uint32_t chunk) noexcept {
  const std::uint64_t biased = std::uint64_t{chunk} + (1U << kFirstSegmentBits);
  const auto bits = static_cast<std::uint32_t>(std::bit_width(biased)) - 1;
  const std::uint64_t size = std::uint64_t{1} << bits;
  return {bits - kFirstSegmentBits, static_cast<std::uint32_t>(biased - size),
          static_cast<std::uint32_t>(size)};
}

// The slots of one shape.
struct SlotPool {
  CellShape shape;
  std::uint32_t chunk = 0;       // being filled
  std::uint32_t next_block = 0;  // of it
  base::ChunkLayout layout;
  std::vector<Slot> free;
};

// Everything that only the lock's holder uses. Leaked, so that static destructors find it.
struct Structure {
  std::uint64_t last_gauge_generation = 0;
  std::uint32_t chunk_count = 0;
  std::vector<SlotPool> pools;
  std::vector<GaugeCell*> free_gauge_cells;
};

Structure& TheStructure() VITALS_REQUIRES(structure_mutex) {
  static Structure* const structure = new Structure;
  return *structure;
}

std::uint32_t AddChunk(const CellShape& shape) VITALS_REQUIRES(structure_mutex) {
  const std::uint32_t number = TheStructure().chunk_count;
  const SegmentPlace place = PlaceOf(number);
  // Relaxed: only the lock's holder writes segments.
  std::atomic<ChunkInfo*>* segment = segments[place.segment].load(std::memory_order_relaxed);
  if (segment == nullptr) {
    segment = new std::atomic<ChunkInfo*>[place.size]();
    segments[place.segment].store(segment, std::memory_order_release);
  }
  const std::uint32_t blocks = ChunkInfo::LayoutOf(shape).blocks;
  auto generations = std::make_unique<std::atomic<std::uint32_t>[]>(blocks);
  segment[place.index].store(new ChunkInfo(shape, generations.get()), std::memory_order_release);
  static_cast<void>(generations.release());
  ++TheStructure().chunk_count;
  return number;
}

// What `pointer` points to; made by `make` when it is null, and given to `discard` when another
// thread was faster. Null when `make` gives null.
template <typename T, typename Make, typename Discard>
T* TouchPointer(std::atomic<T*>& pointer, const Make& make, const Discard& discard) {
  if (T* const existing = pointer.load(std::memory_order_acquire)) return existing;
  T* const made = make();
  if (made == nullptr) return nullptr;
  T* expected = nullptr;
  // Release for who reads what was made, acquire for the winner's.
  if (pointer.compare_exchange_strong(expected, made, std::memory_order_acq_rel)) return made;
  discard(made);
  return expected;
}

SlotPool& PoolOf(const CellShape& shape) VITALS_REQUIRES(structure_mutex) {
  std::vector<SlotPool>& pools = TheStructure().pools;
  const auto found = std::find_if(pools.begin(), pools.end(),
                                  [&](const SlotPool& pool) { return pool.shape == shape; });
  if (found != pools.end()) return *found;
  pools.push_back({.shape = shape, .layout = {}, .free = {}});
  return pools.back();
}

Slot TakeSlot(SlotPool& pool) VITALS_REQUIRES(structure_mutex) {
  if (!pool.free.empty()) {
    const Slot slot = pool.free.back();
    pool.free.pop_back();
    return slot;
  }
  if (pool.next_block == pool.layout.blocks) {
    pool.chunk = AddChunk(pool.shape);
    pool.layout = ChunkInfo::LayoutOf(pool.shape);
    pool.next_block = 0;
  }
  const std::uint32_t block = pool.next_block++;
  return {0, pool.chunk, static_cast<std::uint16_t>(block),
          static_cast<std::uint16_t>(pool.layout.cell_offset(block))};
}

// Takes everything a thread has recorded into the shared cells and leaves its table empty.
void FoldThread(base::ThreadState& thread) noexcept VITALS_REQUIRES(structure_mutex) {
  const base::ChunkTable* const table = thread.table.load(std::memory_order_acquire);
  if (table == nullptr) return;
  for (std::uint32_t i = 0; i < table->size; ++i) {
    Chunk* const chunk = table->chunks[i].load(std::memory_order_acquire);
    if (chunk == base::AbsentChunk()) continue;
    // Relaxed: the thread is at its end or gone, and readers hold the lock.
    table->chunks[i].store(base::AbsentChunk(), std::memory_order_relaxed);
    FindChunkInfo(i)->Fold(chunk);
  }
}

void OnThreadExit(base::ThreadState& thread) noexcept {
  const base::MutexLock lock(structure_mutex);
  FoldThread(thread);
}

// In a fork child the other threads are gone without having ended.
void OnForkChild() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  for (base::ThreadState* thread = base::FirstThreadState(); thread != nullptr;
       thread = thread->next) {
    if (thread == base::current_thread.state) continue;
    FoldThread(*thread);
    // Relaxed: the child has one thread.
    thread->reading.store(0, std::memory_order_relaxed);
    thread->in_use.store(0, std::memory_order_relaxed);
  }
  base::stateless_readers.store(0, std::memory_order_relaxed);
  structure_mutex.Unlock();
}

// Before main, so that no thread can end and no fork can happen unseen.
[[maybe_unused]] const bool hooked = [] {
  base::SetThreadExitHook(base::ThreadExitHookOwner::kMetrics, &OnThreadExit);
  base::AtFork({.prepare = [] { structure_mutex.native().lock(); },
                .parent = [] { structure_mutex.native().unlock(); },
                .child = &OnForkChild});
  return true;
}();

}  // namespace

ChunkInfo::ChunkInfo(const CellShape& shape, std::atomic<std::uint32_t>* generations) noexcept
    : shape_(shape), layout_(LayoutOf(shape)), generations_(generations) {}

base::ChunkLayout ChunkInfo::LayoutOf(const CellShape& shape) noexcept {
  constexpr std::uint32_t kWordBytes = sizeof(Word);
  constexpr std::uint32_t kGenerationBytes = sizeof(base::BlockGeneration);
  return {std::max(1U, kChunkBytes / (kGenerationBytes + shape.cells * kWordBytes)), shape.cells};
}

Chunk* ChunkInfo::TouchShared() noexcept {
  Chunk* const chunk = TouchPointer(
      shared_, [this] { return base::AllocateChunk(layout_); }, &base::FreeChunk);
  if (chunk != nullptr) any_shared_cells.store(true, std::memory_order_release);
  return chunk;
}

SeriesExemplars* ChunkInfo::exemplars(std::uint32_t block) const noexcept {
  const std::atomic<SeriesExemplars*>* const all = exemplars_.load(std::memory_order_acquire);
  return all == nullptr ? nullptr : all[block].load(std::memory_order_acquire);
}

void ChunkInfo::PrepareExemplars() {
  TouchPointer(
      exemplars_, [this] { return new std::atomic<SeriesExemplars*>[layout_.blocks](); },
      [](auto* unused) { delete[] unused; });
  any_exemplars.store(true, std::memory_order_release);
}

SeriesExemplars* ChunkInfo::OfferExemplars(std::uint32_t block,
                                           std::unique_ptr<SeriesExemplars>& offered) noexcept {
  std::atomic<SeriesExemplars*>* const all = exemplars_.load(std::memory_order_acquire);
  if (all == nullptr) return nullptr;
  return TouchPointer(
      all[block], [&] { return offered.release(); },
      [&](SeriesExemplars* unused) { offered.reset(unused); });
}

void ChunkInfo::FreeExemplars(std::uint32_t block) noexcept {
  if (exemplars(block) == nullptr) return;
  std::atomic<SeriesExemplars*>* const all = exemplars_.load(std::memory_order_acquire);
  delete all[block].exchange(nullptr, std::memory_order_acq_rel);
}

bool ChunkInfo::IsLiveBlock(Chunk& chunk, std::uint32_t block) const noexcept {
  // Relaxed: the chunk's thread is at its end, and the lock's holder writes the slots' generations.
  const std::uint32_t generation = chunk.generation(block).load(std::memory_order_relaxed);
  return generation != 0 && generation == generations_[block].load(std::memory_order_relaxed);
}

void ChunkInfo::ClearStaleBlocks(Chunk& chunk) noexcept {
  for (std::uint32_t block = 0; block < layout_.blocks; ++block) {
    if (IsLiveBlock(chunk, block)) continue;
    Word* const cells = chunk.cells(layout_.cell_offset(block));
    for (std::uint32_t cell = 0; cell < shape_.cells; ++cell) {
      // Relaxed: nobody else sees the chunk.
      cells[cell].store(0, std::memory_order_relaxed);
    }
  }
}

void ChunkInfo::AddLiveBlocks(Chunk& chunk, Chunk& shared) noexcept {
  for (std::uint32_t block = 0; block < layout_.blocks; ++block) {
    if (!IsLiveBlock(chunk, block)) continue;
    Word* const cells = chunk.cells(layout_.cell_offset(block));
    Word* const totals = shared.cells(layout_.cell_offset(block));
    // Relaxed: the chunk's thread is at its end, nobody else writes it.
    const std::uint32_t small_start = shape_.cells - shape_.small_cells;
    for (std::uint32_t cell = 0; cell < small_start; ++cell) {
      const std::uint64_t amount = cells[cell].load(std::memory_order_relaxed);
      if (cell < shape_.double_cells) {
        AddToSharedCell(totals[cell], std::bit_cast<double>(amount));
      } else {
        AddToSharedCell(totals[cell], amount);
      }
    }
    const base::SmallWord* const small_cells = SmallCells(cells + small_start);
    base::SmallWord* const small_totals = SmallCells(totals + small_start);
    for (std::uint32_t cell = 0; cell < 2 * shape_.small_cells; ++cell) {
      const std::uint32_t amount = small_cells[cell].load(std::memory_order_relaxed);
      if (amount != 0) AddToSharedCell(small_totals[cell], amount);
    }
  }
}

void ChunkInfo::Fold(Chunk* chunk) noexcept {
  if (shared() == nullptr) {
    ClearStaleBlocks(*chunk);
    Chunk* expected = nullptr;
    if (shared_.compare_exchange_strong(expected, chunk, std::memory_order_acq_rel)) {
      any_shared_cells.store(true, std::memory_order_release);
      return;
    }
  }
  AddLiveBlocks(*chunk, *shared());
  base::FreeChunk(chunk);
}

ChunkInfo* FindChunkInfo(std::uint32_t chunk) noexcept {
  const SegmentPlace place = PlaceOf(chunk);
  if (place.segment >= kSegmentCount) return nullptr;
  std::atomic<ChunkInfo*>* const segment = segments[place.segment].load(std::memory_order_acquire);
  return segment == nullptr ? nullptr : segment[place.index].load(std::memory_order_acquire);
}

bool AnyExemplars() noexcept { return any_exemplars.load(std::memory_order_acquire); }

bool AnySharedCells() noexcept { return any_shared_cells.load(std::memory_order_acquire); }

Slot AllocateSlot(const CellShape& shape) {
  const Slot place = TakeSlot(PoolOf(shape));
  ChunkInfo& info = *FindChunkInfo(place.chunk());
  std::atomic<std::uint32_t>& generation = info.generation(place.block());
  // Relaxed here and below: nobody else writes a free slot; the release at the end publishes the
  // rest.
  const Slot slot = place.WithGeneration(generation.load(std::memory_order_relaxed) + 1);
  if (Chunk* const shared = info.shared()) {
    Word* const cells = shared->cells(slot.offset());
    for (std::uint32_t cell = 0; cell < shape.cells; ++cell) {
      cells[cell].store(0, std::memory_order_relaxed);
    }
  }
  generation.store(slot.generation(), std::memory_order_release);
  return slot;
}

void RetireSlot(const Slot& slot) noexcept {
  // Release, though WaitForReaders() orders it: a record that sees the even number stops there.
  FindChunkInfo(slot.chunk())
      ->generation(slot.block())
      .store(slot.generation() + 1, std::memory_order_release);
}

void FreeSlot(const Slot& slot) {
  ChunkInfo& info = *FindChunkInfo(slot.chunk());
  info.FreeExemplars(slot.block());
  PoolOf(info.shape()).free.push_back(slot);
}

GaugeCell* AllocateGaugeCell(std::uint64_t value_bits, std::uint32_t state_count) {
  constexpr std::size_t kCellsPerSlab = 8;
  std::vector<GaugeCell*>& free = TheStructure().free_gauge_cells;
  if (free.empty()) {
    free.reserve(kCellsPerSlab);
    GaugeCell* const slab = new GaugeCell[kCellsPerSlab];
    for (std::size_t i = kCellsPerSlab; i > 0; --i) free.push_back(&slab[i - 1]);
  }
  GaugeCell* const cell = free.back();
  free.pop_back();
  // Relaxed: nobody else writes a free cell; the generation's release publishes the rest.
  cell->value_bits.store(value_bits, std::memory_order_relaxed);
  cell->state_count.store(state_count, std::memory_order_relaxed);
  cell->generation.store(++TheStructure().last_gauge_generation, std::memory_order_release);
  return cell;
}

void RetireGaugeCell(GaugeCell& cell) noexcept {
  cell.generation.store(0, std::memory_order_release);
}

void FreeGaugeCell(GaugeCell& cell) { TheStructure().free_gauge_cells.push_back(&cell); }

}  // namespace metrics
VITALS_NAMESPACE_END
