#ifndef VITALS_METRICS_EXEMPLAR_H_
#define VITALS_METRICS_EXEMPLAR_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/metrics/cell.h"

VITALS_NAMESPACE_BEGIN

/// The labels of an exemplar: names as labels have them, values of UTF-8, at most 128 characters
/// together (OpenMetrics 1.0, "Exemplars") and 168 bytes with their quotes. A view for the length
/// of a call.
///
///     latency.ObserveWithExemplar(seconds, {{"trace_id", id}});
class ExemplarLabels {
 public:
  using Pair = std::pair<std::string_view, std::string_view>;

  constexpr ExemplarLabels(std::initializer_list<Pair> pairs) noexcept
      : pairs_(pairs.begin(), pairs.size()) {}
  constexpr explicit ExemplarLabels(std::span<const Pair> pairs) noexcept : pairs_(pairs) {}

  constexpr std::span<const Pair> pairs() const noexcept { return pairs_; }

 private:
  std::span<const Pair> pairs_;
};

namespace metrics {

/// Keeps an exemplar for a series, in place of the one that was there: `bin` is 0 for a counter.
/// Lock-free; allocates the first time for a series (200 bytes a bin). About 100 ns. What cannot be
/// kept is counted as DropReason::kExemplar.
VITALS_EXPORT void KeepExemplar(const Slot& slot, std::uint32_t bin, double value,
                                const ExemplarLabels& labels) noexcept;

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_EXEMPLAR_H_
