#include "metrics/sum.h"

#include <algorithm>
#include <bit>

#include "base/thread_registry.h"
#include "vitals/metrics/histogram.h"
#include "vitals/metrics/summary.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

using base::Word;

// Calls `visit(cells)` for every copy of a slot that has records of its generation: one for each
// thread that has touched it, and the shared one.
template <typename Visit>
void ForEachCopy(const Slot& slot, const Visit& visit) {
  for (const base::ThreadState* thread = base::FirstThreadState(); thread != nullptr;
       thread = thread->next) {
    // Acquire down to the generation: each step sees what the thread wrote before it published it.
    const base::ChunkTable* const table = thread->table.load(std::memory_order_acquire);
    if (table == nullptr || slot.chunk() >= table->size) continue;
    base::Chunk* const chunk = table->chunks[slot.chunk()].load(std::memory_order_acquire);
    if (chunk->generation(slot.block()).load(std::memory_order_acquire) == slot.generation()) {
      visit(chunk->cells(slot.offset()));
    }
  }
  if (!AnySharedCells()) return;
  if (base::Chunk* const shared = FindChunkInfo(slot.chunk())->shared()) {
    visit(shared->cells(slot.offset()));
  }
}

double AsDouble(const Word& cell) {
  // Relaxed: a double stands for itself.
  return std::bit_cast<double>(cell.load(std::memory_order_relaxed));
}

// What is shown of a total that only grows: re-adding doubles in another order, after a thread
// ended, may give less by a rounding.
std::uint64_t Monotonic(double sum, double& reported) {
  reported = std::max(reported, sum);
  return std::bit_cast<std::uint64_t>(reported);
}

}  // namespace

std::uint64_t SumCounter(const Slot& slot) {
  std::uint64_t sum = 0;
  // Relaxed: one cell, one value; a Gather that comes later reads a later one.
  ForEachCopy(slot, [&](const Word* cells) { sum += cells[0].load(std::memory_order_relaxed); });
  return sum;
}

void SumCounters(const FamilySeries& list, std::span<std::uint64_t> column) {
  for (std::size_t i = 0; i < list.size(); ++i) column[i] = SumCounter(list[i].ref.slot());
}

void SumDoubleCounters(const FamilySeries& list, std::span<std::uint64_t> column) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    double sum = 0;
    ForEachCopy(list[i].ref.slot(), [&](const Word* cells) { sum += AsDouble(cells[0]); });
    column[i] = Monotonic(sum, list[i].reported()[0]);
  }
}

void SumUpDownCounters(const FamilySeries& list, std::span<std::uint64_t> column) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Slot slot = list[i].ref.slot();
    std::uint64_t downs = 0;
    std::uint64_t ups = 0;
    // All downs before any up, and with acquire: an up that a seen down takes back is seen too.
    ForEachCopy(slot,
                [&](const Word* cells) { downs += cells[1].load(std::memory_order_acquire); });
    ForEachCopy(slot, [&](const Word* cells) { ups += cells[0].load(std::memory_order_relaxed); });
    column[i] = ups - downs;
  }
}

void ReadGauges(const FamilySeries& list, std::span<std::uint64_t> column) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    // Relaxed: the value stands for itself.
    column[i] = list[i].ref.gauge_cell()->value_bits.load(std::memory_order_relaxed);
  }
}

void SumHistograms(const FamilySeries& list, std::uint32_t bin_count,
                   std::span<std::uint64_t> column) {
  std::uint64_t* words = column.data();
  for (std::size_t i = 0; i < list.size(); ++i, words += 1 + bin_count) {
    double positive = 0;
    double negative = 0;
    ForEachCopy(list[i].ref.slot(), [&](const Word* cells) {
      positive += AsDouble(cells[Histogram::kPositiveSumCell]);
      negative += AsDouble(cells[Histogram::kNegativeSumCell]);
      for (std::uint32_t bin = 0; bin < bin_count; ++bin) {
        // Relaxed: each bin stands for itself; the count is made from them.
        words[1 + bin] += cells[Histogram::kFirstBinCell + bin].load(std::memory_order_relaxed);
      }
    });
    double* const reported = list[i].reported();
    reported[0] = std::max(reported[0], positive);
    reported[1] = std::min(reported[1], negative);
    words[0] = std::bit_cast<std::uint64_t>(reported[0] + reported[1]);
  }
}

std::uint64_t SumActivity(const Slot& slot, const CellShape& shape) {
  std::uint64_t activity = 0;
  double sum = 0;
  ForEachCopy(slot, [&](const Word* cells) {
    for (std::uint32_t cell = 0; cell < shape.cells; ++cell) {
      // Relaxed: a record that comes now is seen by the next look.
      if (cell < shape.double_cells) {
        sum += AsDouble(cells[cell]);
      } else {
        activity += cells[cell].load(std::memory_order_relaxed);
      }
    }
  });
  return activity + std::bit_cast<std::uint64_t>(sum);
}

SummaryTotals SumSummary(const Slot& slot, SketchCounts& bins) {
  SummaryTotals totals;
  bins.fill(0);
  ForEachCopy(slot, [&](Word* cells) {
    totals.sum += AsDouble(cells[Summary::kSumCell]);
    // Relaxed here and below: each cell stands for itself.
    totals.count += cells[Summary::kCountCell].load(std::memory_order_relaxed);
    const base::SmallWord* const small = SmallCells(cells + Summary::kFirstBinCell);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      bins[bin] += small[bin].load(std::memory_order_relaxed);
    }
  });
  return totals;
}

}  // namespace metrics
VITALS_NAMESPACE_END
