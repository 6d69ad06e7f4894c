#include <chrono>
#include <cmath>

#include "base/quiescence.h"
#include "base/thread_registry.h"
#include "metrics/bin_index.h"
#include "metrics/cells.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/gauge.h"
#include "vitals/metrics/histogram.h"

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

template <typename Amount>
bool AddThroughSharedCells(ChunkInfo& info, const Slot& slot, std::uint32_t cell,
                           Amount amount) noexcept {
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
  AddToSharedCell(shared->cells(slot.offset())[cell], amount);
  return true;
}

template <typename Amount>
bool AddSlowly(const Slot& slot, std::uint32_t cell, Amount amount) noexcept {
  ChunkInfo* const info = FindChunkInfo(slot.chunk());
  if (info == nullptr || !info->IsLive(slot)) {
    CountDrop(DropReason::kRemovedSeries);
    return false;
  }
  Word* const cells = PrepareCells(*info, slot);
  if (cells == nullptr) return AddThroughSharedCells(*info, slot, cell, amount);
  AddToOwnCell(cells[cell], amount);
  return true;
}

}  // namespace

void AddToSharedCell(Word& cell, std::uint64_t amount) noexcept {
  // Release: a down that is read, with acquire, is read after the ups before it.
  cell.fetch_add(amount, std::memory_order_release);
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
  return AddSlowly(slot, cell, amount);
}

bool AddSlow(const Slot& slot, std::uint32_t cell, double amount) noexcept {
  return AddSlowly(slot, cell, amount);
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

void Gauge::SetSlow(double value) const noexcept {
  if (cell_ == nullptr) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  const base::ReadSection section;
  if (cell_->generation.load(std::memory_order_acquire) == generation_) {
    // Relaxed: the value stands for itself.
    cell_->value_bits.store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
  } else {
    CountDrop(DropReason::kRemovedSeries);
  }
}

void Gauge::Add(double amount) const noexcept {
  if (cell_ == nullptr) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  const base::ReadSection section;
  if (cell_->generation.load(std::memory_order_acquire) == generation_) {
    metrics::AddToSharedCell(cell_->value_bits, amount);
  } else {
    CountDrop(DropReason::kRemovedSeries);
  }
}

void Gauge::SetToCurrentTime() const noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Set(std::chrono::duration<double>(now).count());
}

void Histogram::ObserveSlow(double value) const noexcept {
  if (bins_ == nullptr) {
    CountDrop(DropReason::kRemovedSeries);
    return;
  }
  if (std::isnan(value)) {
    CountDrop(DropReason::kNotANumber);
    return;
  }
  const std::uint32_t bin = metrics::FindBin(*bins_, value);
  if (metrics::AddSlow(slot_, kFirstBinCell + bin, std::uint64_t{1})) {
    metrics::AddSlow(slot_, value < 0.0 ? kNegativeSumCell : kPositiveSumCell, value);
  }
}

VITALS_NAMESPACE_END
