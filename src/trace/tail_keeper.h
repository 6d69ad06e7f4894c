#ifndef VITALS_SRC_TRACE_TAIL_KEEPER_H_
#define VITALS_SRC_TRACE_TAIL_KEEPER_H_

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "trace/trace_record.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/trace/trace_query.h"
#include "vitals/trace/trace_store.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Decides which traces are kept. Needs the store's lock.
class TailKeeper {
 public:
  /// Roots of which it knows the slowest. All further ones share one more list.
  static constexpr std::size_t kMaxRoots = 1'024;

  explicit TailKeeper(const TailKeepingOptions& options);

  /// Why to keep this trace; kNone for dropping it. Asked once for each. `is_overdue`: its root had
  /// not ended when it became too old to be pending.
  TraceKeepReason Decide(const TraceRecord& trace, bool is_overdue, Clock::MonotonicTime now);

  std::size_t bytes() const noexcept;

 private:
  // The longest durations that were decided in the present window: a heap, the shortest on top.
  struct Slowest {
    Clock::MonotonicTime window_start;
    std::vector<std::uint64_t> durations_ns;
  };

  bool IsAmongSlowest(const TraceRecord& trace, Clock::MonotonicTime now);
  Slowest& SlowestOf(const TraceRecord& trace);

  const TailKeepingOptions options_;
  const std::uint64_t random_threshold_;
  std::unordered_map<std::uint64_t, Slowest> roots_;  // by numbers of component and name
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TAIL_KEEPER_H_
