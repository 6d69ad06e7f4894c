#ifndef VITALS_SRC_METRICS_SERIES_H_
#define VITALS_SRC_METRICS_SERIES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/family.h"
#include "vitals/model/metric_family.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// One series, in one allocation with all that belongs to it:
///
///     Series | reported values: double[] | sizes of label values: uint16_t[] | label text
///
/// Immutable but for `position` and the reported values, which structure_mutex guards. Owned by
/// references: one from the index of its family, one from each list that holds it.
struct Series : LabelBlock {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t hash = 0;
  std::uint32_t position = 0;  ///< in the family's current list
  SeriesRef ref;

  /// The largest values shown so far of what must never go down; as many as the family's kind
  /// needs.
  double* reported() noexcept { return reinterpret_cast<double*>(this + 1); }

  /// Sizes of the label values as the text has them, in the order of the names. `reported_count` is
  /// the family's.
  const std::uint16_t* value_sizes(std::uint32_t reported_count) const noexcept {
    return reinterpret_cast<const std::uint16_t*>(reinterpret_cast<const double*>(this + 1) +
                                                  reported_count);
  }

  /// A series with one reference. Throws std::bad_alloc.
  static Series* Create(std::uint32_t hash, const SeriesRef& ref, std::uint32_t reported_count,
                        std::span<const std::uint16_t> value_sizes, std::string_view text);

  // Relaxed: whoever adds a reference holds one.
  void AddReference() noexcept { references.fetch_add(1, std::memory_order_relaxed); }

  /// Gives a reference back; the last one frees the series.
  void Release() noexcept;
};

/// The list of a family's series, as a snapshot holds it. Holds a reference to each.
class FamilySeries final : public SeriesList {
 public:
  FamilySeries() = default;
  FamilySeries(const FamilySeries& other);
  FamilySeries& operator=(const FamilySeries&) = delete;
  ~FamilySeries() override;

  std::span<const LabelBlock* const> blocks() const noexcept override { return blocks_; }

  std::size_t size() const noexcept { return blocks_.size(); }
  Series& operator[](std::size_t index) const noexcept;

  /// Appends and takes a reference. Throws std::bad_alloc, having done nothing.
  void Add(Series& series);

  /// Takes out the series at its position, which the last one moves to, and gives its reference
  /// back.
  void Remove(Series& series) noexcept;

 private:
  std::vector<const LabelBlock*> blocks_;  // each the LabelBlock of a Series
};

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_SERIES_H_
