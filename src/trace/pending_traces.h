#ifndef VITALS_SRC_TRACE_PENDING_TRACES_H_
#define VITALS_SRC_TRACE_PENDING_TRACES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "trace/intrusive_list.h"
#include "trace/name_table.h"
#include "trace/trace_record.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// A trace that is not decided yet.
struct PendingTrace {
  TraceRecord record;
  Clock::MonotonicTime first_seen;
  Clock::MonotonicTime root_ended;  // where record.root is not kNone
  std::uint32_t slot = 0;
  ListLinks<PendingTrace> by_age;
  ListLinks<PendingTrace> by_root_end;  // linked where a local root has ended
};

/// The traces that are not decided yet, by id, by age and by the end of their roots. Needs the
/// store's lock.
class PendingTraces {
 public:
  PendingTraces(std::chrono::nanoseconds grace_period, std::chrono::nanoseconds max_age)
      : grace_period_(grace_period), max_age_(max_age) {}

  /// Null when it is not there.
  PendingTrace* Find(const TraceId& id) const noexcept;

  /// Begins a trace that is not there.
  PendingTrace& Begin(const TraceId& id, Clock::MonotonicTime now);

  /// False where a limit refuses the span.
  bool AddSpan(PendingTrace& trace, const SpanData& span, const TraceLimits& limits,
               NameTable& names, Clock::MonotonicTime now);

  /// The next trace whose time has come: its grace period is over, or it is too old. Null for none.
  PendingTrace* NextDue(Clock::MonotonicTime now) const noexcept;

  /// Whether its root has not ended, and it is too old to wait for that.
  bool IsOverdue(const PendingTrace& trace, Clock::MonotonicTime now) const noexcept;

  /// The one to decide first when there are too many; null when there are none.
  PendingTrace* NextEarly() const noexcept;

  TraceRecord Take(PendingTrace& trace);

  /// Places of traces, some of them empty: for who looks at all, with the lock let go in between.
  std::size_t slot_count() const noexcept { return slots_.size(); }
  const PendingTrace* at(std::size_t slot) const noexcept { return slots_[slot].get(); }

  std::size_t size() const noexcept { return index_.size(); }
  std::size_t spans() const noexcept { return spans_; }
  std::size_t bytes() const noexcept;

 private:
  const std::chrono::nanoseconds grace_period_;
  const std::chrono::nanoseconds max_age_;
  absl::flat_hash_map<TraceId, PendingTrace*> index_;
  std::vector<std::unique_ptr<PendingTrace>> slots_;
  std::vector<std::uint32_t> free_slots_;
  IntrusiveList<PendingTrace, &PendingTrace::by_age> by_age_;
  IntrusiveList<PendingTrace, &PendingTrace::by_root_end> by_root_end_;
  PendingTrace* latest_ = nullptr;  // got the last span: those of one trace mostly come together
  std::size_t spans_ = 0;
  std::size_t buffer_bytes_ = 0;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_PENDING_TRACES_H_
