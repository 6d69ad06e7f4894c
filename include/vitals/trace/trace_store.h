#ifndef VITALS_TRACE_TRACE_STORE_H_
#define VITALS_TRACE_TRACE_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/span_processor.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN

namespace trace {
class StoreState;
}  // namespace trace

/// Which traces a store keeps, decided when they have ended. The reasons are asked in this order,
/// and one is enough.
struct TailKeepingOptions {
  /// Keep every trace. The others are not asked then.
  bool keep_everything = false;
  /// Keep each trace in which a span has SpanStatus::kError.
  bool keep_errors = true;
  /// Keep a trace where fewer than so many of the same root were decided in the present window that
  /// took as long or longer. 0 keeps none for being slow; at most 1,000. Of M traces that come in
  /// no particular order, about slowest_per_root * (1 + ln(M / slowest_per_root)) are kept. Unless
  /// this is 0, each trace that TraceStoreOptions::max_pending_age decides is kept as slow as well:
  /// its root still runs, so its name is not known, and it is slower than any other.
  std::size_t slowest_per_root = 5;
  /// How long a window is; the next one begins with the first trace after it, from nothing. At
  /// least 1 ms.
  std::chrono::nanoseconds slowest_window = std::chrono::minutes(1);
  /// Keep this share of all traces, from 0 to 1. It is decided by the low 7 bytes of the trace id,
  /// mixed (splitmix64), so that all processes choose the same traces and the choice has nothing to
  /// do with that of Sampler::Ratio().
  double random_share = 0.01;
};

/// What a TraceStore keeps, and for how long. Each time stands for never beyond a year.
struct TraceStoreOptions {
  /// For kept traces and their indexes, and for what the store always has (cached decisions,
  /// names). The oldest traces go when it is exceeded. At least 1 MiB.
  std::size_t max_bytes = std::size_t{64} << 20;
  /// For traces that are not decided yet, beside max_bytes. When it is exceeded, the oldest are
  /// decided early: those whose root has ended first. At least 64 KiB.
  std::size_t max_pending_bytes = std::size_t{32} << 20;
  /// A kept trace goes this long after it was decided. At least 1 ms.
  std::chrono::nanoseconds max_age = std::chrono::hours(24);
  /// Spans and encoded bytes of one trace; what is beyond is refused, and counted in the trace. The
  /// first local root is taken in any case. Bytes: 1 KiB to max_pending_bytes and max_bytes.
  std::size_t max_spans_per_trace = 50'000;
  std::size_t max_bytes_per_trace = std::size_t{4} << 20;
  /// From the end of the latest local root until the trace is decided: time for spans of other
  /// threads to arrive. Not negative.
  std::chrono::nanoseconds grace_period = std::chrono::seconds(1);
  /// A trace whose root does not end is decided this long after its first span came, as incomplete,
  /// and kept for being slow: see TailKeepingOptions::slowest_per_root. At least 1 ms.
  std::chrono::nanoseconds max_pending_age = std::chrono::minutes(5);
  /// How many traces that were dropped or evicted are remembered, at 8 bytes each, so that their
  /// late spans make no new trace. About: in sets of 8. 8 to 16 Mi.
  std::size_t cached_decisions = 131'072;
  TailKeepingOptions keeping = {};
  /// Tells when traces are decided and evicted; null for the system's clocks.
  std::shared_ptr<const Clock> clock = nullptr;
};

/// Figures of a TraceStore. What it received is what it has, what it dropped, and what it evicted:
/// received_spans == spans + pending_spans + evicted_spans + all of dropped_spans_*.
struct TraceStoreStats {
  std::size_t traces = 0;  ///< kept
  std::size_t spans = 0;   ///< of kept traces
  /// On the heap, by the store's own count: what it asked for and malloc's headers, at most
  /// TraceStoreOptions::max_bytes when there is a kept trace.
  std::size_t bytes = 0;
  std::size_t pending_traces = 0;
  std::size_t pending_spans = 0;
  std::size_t pending_bytes = 0;

  std::uint64_t received_spans = 0;
  std::uint64_t kept_everything = 0;  ///< traces, by TraceKeepReason
  std::uint64_t kept_errors = 0;
  std::uint64_t kept_slow = 0;
  std::uint64_t kept_random = 0;
  std::uint64_t dropped_traces = 0;  ///< for which no reason applied

  std::uint64_t dropped_spans_not_kept = 0;  ///< of those traces
  std::uint64_t dropped_spans_late = 0;      ///< came after their trace was dropped or evicted
  std::uint64_t dropped_spans_limit = 0;     ///< beyond a limit of their trace
  std::uint64_t dropped_late_errors = 0;     ///< of dropped_spans_late: would have kept the trace

  std::uint64_t evicted_traces_bytes = 0;
  std::uint64_t evicted_traces_age = 0;
  std::uint64_t evicted_spans = 0;

  std::uint64_t late_spans = 0;         ///< added to kept traces
  std::uint64_t incomplete_traces = 0;  ///< decided without their root
  std::uint64_t early_decisions = 0;    ///< for want of bytes for pending traces
};

/// Keeps traces in memory: those that failed, the slowest, a random few. A span belongs to a
/// pending trace until it is decided whether to keep that, after the end of its local root.
///
/// Names are kept by InternName(), and cut as there.
///
/// Thread-safe: one thread drains into it, any may read. Taking in a span costs some 100 ns and,
/// for most, no allocation. No lock is held for longer than it takes to take in 256 spans, or to
/// copy or decode one trace. So readers and the draining thread hold each other up for some tens of
/// microseconds, and for milliseconds where a trace has megabytes: max_bytes_per_trace bounds that.
///
/// In a fork child it is off: it takes nothing in, and shows nothing.
class VITALS_EXPORT TraceStore final : public SpanProcessor {
 public:
  /// InvalidArgument for an option out of its range; the message names it.
  static absl::StatusOr<std::shared_ptr<TraceStore>> Create(TraceStoreOptions options = {});

  ~TraceStore() override;
  TraceStore(const TraceStore&) = delete;
  TraceStore& operator=(const TraceStore&) = delete;

  /// Takes in spans. std::bad_alloc loses those that were not taken in yet.
  void OnEnd(std::span<const SpanData> spans) override;

  /// Decides the traces whose time has come and evicts those that are too old.
  void OnDrained() override;

  /// The trace with this id, kept or pending; nothing when there is none.
  std::optional<StoredTrace> Find(const TraceId& id) const;

  /// Traces that match, pending ones included unless the query says otherwise, by falling start.
  /// InvalidArgument for a limit or a number of attributes out of range. Among 100,000 kept traces
  /// it takes milliseconds also when none matches: what cannot match is told by a signature of each
  /// trace. Pending traces have none, and are decoded, which is bounded by max_pending_bytes.
  absl::StatusOr<std::vector<TraceSummary>> Search(const TraceQuery& query) const;

  /// Calls `visit` with each trace that Search() finds, whole, one at a time, until it returns
  /// false. No lock is held meanwhile. A trace that is evicted in between is left out.
  absl::Status ForEachTrace(const TraceQuery& query,
                            const std::function<bool(const StoredTrace&)>& visit) const;

  TraceStoreStats stats() const;

 private:
  explicit TraceStore(const TraceStoreOptions& options);
  bool IsOffAfterFork() const;

  const std::uint64_t fork_generation_;
  std::unique_ptr<trace::StoreState> state_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACE_STORE_H_
