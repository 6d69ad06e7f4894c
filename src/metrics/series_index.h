#ifndef VITALS_SRC_METRICS_SERIES_INDEX_H_
#define VITALS_SRC_METRICS_SERIES_INDEX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "metrics/cells.h"
#include "metrics/series.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// Finds the series of a family by the hash of its label values, without a lock.
///
/// A table of open addressing with linear probing: one byte of tag and one pointer for each place.
/// Readers run inside a base::ReadSection; writers hold structure_mutex. A reader may miss what is
/// being added or moved, never find what is not there: a miss is looked up again under the lock.
/// What is taken out (series, outgrown tables) is kept until no reader can see it.
class SeriesIndex {
 public:
  SeriesIndex() = default;
  ~SeriesIndex();
  SeriesIndex(const SeriesIndex&) = delete;
  SeriesIndex& operator=(const SeriesIndex&) = delete;

  /// The series with this hash that `equal` accepts; null when there is none. In a ReadSection, or
  /// with the lock held.
  template <typename Equal>
  Series* Find(std::uint32_t hash, const Equal& equal) const noexcept {
    const Table* const table = table_.load(std::memory_order_acquire);
    if (table == nullptr) return nullptr;
    const std::uint8_t tag = TagOf(hash);
    for (std::uint32_t place = hash;; ++place) {
      place &= table->mask;
      // Acquire: who sees a tag sees the series behind it.
      const std::uint8_t found = table->tags[place].load(std::memory_order_acquire);
      if (found == kEmpty) return nullptr;
      if (found != tag) continue;
      Series* const series = table->series[place].load(std::memory_order_acquire);
      if (series != nullptr && series->hash == hash && equal(*series)) return series;
    }
  }

  /// Adds a series, whose reference it takes over. Throws std::bad_alloc, having done nothing.
  void Insert(Series& series) VITALS_REQUIRES(structure_mutex);

  /// Takes a series out. It is released, and its slot or gauge cell freed, once no reader can be
  /// using it; `in_gauge_cell` tells which of the two it has.
  void Remove(Series& series, bool in_gauge_cell) VITALS_REQUIRES(structure_mutex);

 private:
  // Tags: no series, a series that was taken out, else 0x80 and seven bits of the hash.
  static constexpr std::uint8_t kEmpty = 0;
  static constexpr std::uint8_t kRemoved = 1;

  struct Table {
    std::uint32_t mask;
    std::unique_ptr<std::atomic<std::uint8_t>[]> tags;
    std::unique_ptr<std::atomic<Series*>[]> series;
  };

  struct RetiredSeries {
    Series* series;
    bool in_gauge_cell;
  };

  static std::uint8_t TagOf(std::uint32_t hash) noexcept {
    return static_cast<std::uint8_t>(0x80 | hash >> 25);
  }

  static std::unique_ptr<Table> MakeTable(std::size_t capacity);
  static void Place(Table& table, Series& series) noexcept;
  void Rebuild() VITALS_REQUIRES(structure_mutex);

  // Frees what was retired, if there is enough to be worth waiting for readers.
  void Reclaim(std::size_t at_least) VITALS_REQUIRES(structure_mutex);

  std::atomic<Table*> table_{nullptr};
  std::size_t live_ = 0;     // places with a series
  std::size_t removed_ = 0;  // places marked kRemoved
  std::vector<RetiredSeries> retired_series_;
  std::vector<std::unique_ptr<Table>> retired_tables_;
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_SERIES_INDEX_H_
