#include <chrono>

#include "base/quiescence.h"
#include "base/thread_registry.h"
#include "metrics/cells.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/gauge.h"
#include "vitals/metrics/summary.h"

/// \file
/// The slow path of recording: first records, shared cells, values that are refused.

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

using base::Word;

constinit std::atomic<std::uint64_t> dropped_records[kDropReasonCount] = {};

// Makes the calling thread's cells ready for `slot`, whose info is `info`. Null when the thread has
// none of its own.
Word* PrepareCells(const ChunkInfo& info, const Slot& slot) noexcept {
  if (base::AttachCurrentThread() == nullptr) return nullptr;
  base::Chunk* const chunk = base::TouchChunk(slot.chunk(), info.layout());
  if (chunk == nullptr) return nullptr;
  base::BlockGeneration& generation = chunk->generation(slot.block());
  Word* const cells = chunk->cells(slot.offset());
  // Relaxed here and below: this thread is the block's only writer.
  if (generation.load(std::memory_order_relaxed) == slot.generation()) return cells;
  // The block's former series is gone; nobody reads these cells until the generation says so.
  for (std::uint32_t cell = 0; cell < info.shape().cells; ++cell) {
    cells[cell].store(0, std::memory_order_relaxed);
  }
  // Release: who sees the generation sees the zeroes.
  generation.store(slot.generation(), std::memory_order_release);
  return cells;
}

// In order, since the cell may be the downs of an UpDownCounter.
void AddToOwnCell(Word& cell, std::uint64_t amount) noexcept { AddToCellInOrder(cell, amount); }
void AddToOwnCell(Word& cell, double amount) noexcept { AddToCell(cell, amount); }
void AddToOwnCell(base::SmallWord& cell, std::uint32_t amount) noexcept { AddToCell(cell, amount); }

// Where in a block an amount goes.
struct WholeCell {
  std::uint32_t cell;
  Word& In(Word* cells) const noexcept { return cells[cell]; }
};
struct SmallCell {
  std::uint32_t first_cell;
  std::uint32_t cell;
  base::SmallWord& In(Word* cells) const noexcept { return SmallCells(cells + first_cell)[cell]; }
};

template <typename Place, typename Amount>
bool AddThroughSharedCells(ChunkInfo& info, const Slot& slot, Place place, Amount amount) noexcept {
  const base::ReadSection section;
  if (!info.IsLive(slot)) {
    CountDrop(DropReason::kRemovedSeries);
    return false;
  }
  base::Chunk* const shared = info.TouchShared();
  if (shared == nullptr) {
    CountDrop(DropReason::kOutOfMemory);
    return false;
  }
  AddToSharedCell(place.In(shared->cells(slot.offset())), amount);
  return true;
}

template <typename Place, typename Amount>
bool AddSlowly(const Slot& slot, Place place, Amount amount) noexcept {
  ChunkInfo* const info = FindChunkInfo(slot.chunk());
  if (info == nullptr || !info->IsLive(slot)) {
    CountDrop(DropReason::kRemovedSeries);
    return false;
  }
  Word* const cells = PrepareCells(*info, slot);
  if (cells == nullptr) return AddThroughSharedCells(*info, slot, place, amount);
  AddToOwnCell(place.In(cells), amount);
  return true;
}

}  // namespace

void AddToSharedCell(Word& cell, std::uint64_t amount) noexcept {
  // Release: a down that is read, with acquire, is read after the ups before it.
  cell.fetch_add(amount, std::memory_order_release);
}

void AddToSharedCell(base::SmallWord& cell, std::uint32_t amount) noexcept {
  // Relaxed: bins order nothing.
  cell.fetch_add(amount, std::memory_order_relaxed);
}

void AddToSharedCell(Word& cell, double amount) noexcept {
  // Relaxed: sums of doubles order nothing.
  std::uint64_t bits = cell.load(std::memory_order_relaxed);
  while (!cell.compare_exchange_weak(
      bits, std::bit_cast<std::uint64_t>(std::bit_cast<double>(bits) + amount),
      std::memory_order_relaxed)) {
  }
}

void CountDrop(DropReason reason) noexcept {
  // Relaxed: a count that orders nothing.
  dropped_records[static_cast<std::uint32_t>(reason)].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t DroppedRecords(DropReason reason) noexcept {
  // Relaxed: as above.
  return dropped_records[static_cast<std::uint32_t>(reason)].load(std::memory_order_relaxed);
}

bool AddSlow(const Slot& slot, std::uint32_t cell, std::uint64_t amount) noexcept {
  return AddSlowly(slot, WholeCell{cell}, amount);
}

bool AddSlow(const Slot& slot, std::uint32_t cell, double amount) noexcept {
  return AddSlowly(slot, WholeCell{cell}, amount);
}

bool AddSmallSlow(const Slot& slot, std::uint32_t first_cell, std::uint32_t cell,
                  std::uint32_t amount) noexcept {
  return AddSlowly(slot, SmallCell{first_cell, cell}, amount);
}

namespace {

// Changes the value of a gauge's cell in a section of its own, if the cell is still its.
template <typename Change>
void ChangeGauge(GaugeCell* cell, std::uint64_t gauge_generation, const Change& change) noexcept {
  if (cell == nullptr) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  const base::ReadSection section;
  std::uint64_t generation = cell->generation.load(std::memory_order_acquire);
  if ((generation & ~GaugeCell::kIdleBit) != gauge_generation) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  change(*cell);
  if (generation != gauge_generation) {
    // Relaxed: the bit orders nothing. It fails where another thread cleared it or the gauge went.
    cell->generation.compare_exchange_strong(generation, gauge_generation,
                                             std::memory_order_relaxed);
  }
}

// As ChangeGauge(), for a bit that the cell must have.
template <typename Change>
void ChangeBit(GaugeCell* cell, std::uint64_t gauge_generation, std::size_t bit,
               const Change& change) noexcept {
  ChangeGauge(cell, gauge_generation, [&](GaugeCell& live) {
    // Relaxed: written before the generation was.
    if (bit < live.state_count.load(std::memory_order_relaxed)) {
      change(live.value_bits, std::uint64_t{1} << bit);
    } else {
      CountDrop(DropReason::kUnknownState);
    }
  });
}

}  // namespace

void GaugeSlot::StoreSlow(std::uint64_t bits) const noexcept {
  // Relaxed, here and below: the value stands for itself.
  ChangeGauge(cell_, generation_,
              [&](GaugeCell& cell) { cell.value_bits.store(bits, std::memory_order_relaxed); });
}

void GaugeSlot::Add(double amount) const noexcept {
  ChangeGauge(cell_, generation_,
              [&](GaugeCell& cell) { AddToSharedCell(cell.value_bits, amount); });
}

void GaugeSlot::StoreBit(std::size_t bit, bool on) const noexcept {
  ChangeBit(cell_, generation_, bit, [&](Word& value, std::uint64_t mask) {
    if (on) {
      value.fetch_or(mask, std::memory_order_relaxed);
    } else {
      value.fetch_and(~mask, std::memory_order_relaxed);
    }
  });
}

void GaugeSlot::StoreOnlyBit(std::size_t bit) const noexcept {
  ChangeBit(cell_, generation_, bit,
            [](Word& value, std::uint64_t mask) { value.store(mask, std::memory_order_relaxed); });
}

}  // namespace metrics

using metrics::CountDrop;
using metrics::DropReason;

void DoubleCounter::IncrementSlow(double amount) const noexcept {
  if (amount >= 0.0) {
    metrics::AddSlow(slot_, 0, amount);
  } else {
    CountDrop(amount < 0.0 ? DropReason::kNegative : DropReason::kNotANumber);
  }
}

void Gauge::SetToCurrentTime() const noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Set(std::chrono::duration<double>(now).count());
}

void Summary::ObserveSlow(double value) const noexcept {
  if (!(value >= 0.0)) {
    CountDrop(value < 0.0 ? DropReason::kNegative : DropReason::kNotANumber);
    return;
  }
  const std::uint32_t bin = metrics::sketch_bins.Find(value);
  if (metrics::AddSmallSlow(slot_, kFirstBinCell, bin, 1)) {
    metrics::AddSlow(slot_, kCountCell, std::uint64_t{1});
    metrics::AddSlow(slot_, kSumCell, value);
  }
}

VITALS_NAMESPACE_END
