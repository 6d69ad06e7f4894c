#ifndef VITALS_SRC_METRICS_BIN_INDEX_H_
#define VITALS_SRC_METRICS_BIN_INDEX_H_

#include <cstdint>
#include <vector>

#include "metrics/cells.h"
#include "vitals/base/config.h"
#include "vitals/metrics/histogram.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The index for these bounds, which are valid and without +Inf: the same object for the same
/// bounds. It lives as long as the process. Throws std::bad_alloc.
const BinIndex* InternBinIndex(const std::vector<double>& bounds) VITALS_EXCLUDES(structure_mutex);

/// The bin of any value but NaN; BinIndex::Find() is for those of at least 0.
std::uint32_t FindBin(const BinIndex& index, double value) noexcept;

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_BIN_INDEX_H_
