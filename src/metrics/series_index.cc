#include "metrics/series_index.h"

#include <algorithm>
#include <bit>

#include "base/quiescence.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

constexpr std::size_t kSmallestTable = 8;

// Retired things that are freed together: the kernel's barrier costs about a microsecond.
constexpr std::size_t kReclaimBatch = 64;

}  // namespace

SeriesIndex::~SeriesIndex() {
  const base::MutexLock lock(structure_mutex);
  Reclaim(1);
  delete table_.load(std::memory_order_acquire);
  // What no kernel barrier could clear for freeing stays: it is better lost than used.
  for (std::unique_ptr<Table>& table : retired_tables_) static_cast<void>(table.release());
}

std::unique_ptr<SeriesIndex::Table> SeriesIndex::MakeTable(std::size_t capacity) {
  return std::make_unique<Table>(Table{static_cast<std::uint32_t>(capacity - 1),
                                       std::make_unique<std::atomic<std::uint8_t>[]>(capacity),
                                       std::make_unique<std::atomic<Series*>[]>(capacity)});
}

void SeriesIndex::Place(Table& table, Series& series) noexcept {
  std::uint32_t place = series.hash & table.mask;
  // Relaxed: the lock's holder is the only writer.
  while (table.tags[place].load(std::memory_order_relaxed) != kEmpty) {
    place = (place + 1) & table.mask;
  }
  table.series[place].store(&series, std::memory_order_relaxed);
  // Release: see Find().
  table.tags[place].store(TagOf(series.hash), std::memory_order_release);
}

void SeriesIndex::Rebuild() {
  const std::size_t capacity = std::max(kSmallestTable, std::bit_ceil(live_ + live_ / 4 + 1));
  std::unique_ptr<Table> table = MakeTable(capacity);
  retired_tables_.reserve(retired_tables_.size() + 1);
  Table* const old = table_.load(std::memory_order_acquire);
  if (old != nullptr) {
    for (std::uint32_t place = 0; place <= old->mask; ++place) {
      // Relaxed: the lock's holder is the only writer.
      if (old->tags[place].load(std::memory_order_relaxed) <= kRemoved) continue;
      Place(*table, *old->series[place].load(std::memory_order_relaxed));
    }
    retired_tables_.emplace_back(old);
  }
  removed_ = 0;
  table_.store(table.release(), std::memory_order_release);
  Reclaim(kReclaimBatch);
}

void SeriesIndex::Insert(Series& series) {
  const Table* const table = table_.load(std::memory_order_acquire);
  // At most seven eighths in use, so that every probe ends.
  if (table == nullptr || (live_ + removed_ + 1) * 8 > (std::size_t{table->mask} + 1) * 7) {
    ++live_;
    try {
      Rebuild();
    } catch (...) {
      --live_;
      throw;
    }
    --live_;
  }
  Place(*table_.load(std::memory_order_acquire), series);
  ++live_;
}

void SeriesIndex::Remove(Series& series, bool in_gauge_cell) {
  retired_series_.reserve(std::max(kReclaimBatch, retired_series_.size() + 1));
  Table& table = *table_.load(std::memory_order_acquire);
  std::uint32_t place = series.hash & table.mask;
  // Relaxed: the lock's holder is the only writer.
  while (table.series[place].load(std::memory_order_relaxed) != &series) {
    place = (place + 1) & table.mask;
  }
  // A place before an empty one ends every probe that comes by, so it can be empty itself.
  const bool ends_probe =
      table.tags[(place + 1) & table.mask].load(std::memory_order_relaxed) == kEmpty;
  table.tags[place].store(ends_probe ? kEmpty : kRemoved, std::memory_order_release);
  table.series[place].store(nullptr, std::memory_order_release);
  --live_;
  removed_ += ends_probe ? 0 : 1;
  if (in_gauge_cell) {
    RetireGaugeCell(*series.ref.gauge_cell());
  } else {
    RetireSlot(series.ref.slot());
  }
  retired_series_.push_back({&series, in_gauge_cell});
  Reclaim(kReclaimBatch);
}

void SeriesIndex::Reclaim(std::size_t at_least) {
  if (retired_series_.size() + retired_tables_.size() < at_least || !base::WaitForReaders()) return;
  for (const RetiredSeries& retired : retired_series_) {
    if (retired.in_gauge_cell) {
      FreeGaugeCell(*retired.series->ref.gauge_cell());
    } else {
      FreeSlot(retired.series->ref.slot());
    }
    retired.series->Release();
  }
  retired_series_.clear();
  retired_tables_.clear();
}

}  // namespace metrics
VITALS_NAMESPACE_END
