#ifndef VITALS_BENCH_FRESH_PROCESS_H_
#define VITALS_BENCH_FRESH_PROCESS_H_

#include <functional>
#include <optional>
#include <vector>

namespace bench {

/// Runs `measure` in a child that has recorded nothing yet and returns the figures that it
/// returned; nothing when the child failed. Cells are the process's, not a registry's: what one
/// measurement leaves behind would make the next one look cheaper. The caller must not have
/// recorded either, and must be the only thread.
std::optional<std::vector<double>> InFreshProcess(
    const std::function<std::vector<double>()>& measure);

}  // namespace bench

#endif  // VITALS_BENCH_FRESH_PROCESS_H_
