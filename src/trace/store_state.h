#ifndef VITALS_SRC_TRACE_STORE_STATE_H_
#define VITALS_SRC_TRACE_STORE_STATE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "trace/decision_cache.h"
#include "trace/kept_traces.h"
#include "trace/name_table.h"
#include "trace/pending_traces.h"
#include "trace/span_matcher.h"
#include "trace/tail_keeper.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/trace/trace_query.h"
#include "vitals/trace/trace_store.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// What a TraceStore has. A trace is in one of three places: pending, kept, or, once it is gone and
/// for a while, among the decisions. The options were validated.
class StoreState {
 public:
  explicit StoreState(const TraceStoreOptions& options);

  // As those of TraceStore. The query was validated.
  void TakeIn(std::span<const SpanData> spans);
  void Advance();
  std::optional<StoredTrace> Find(const TraceId& id) const;
  std::vector<TraceSummary> Search(const TraceQuery& query) const;
  TraceStoreStats stats() const;

 private:
  using Candidate = KeptTraces::Candidate;

  void TakeInSpan(const SpanData& span, Clock::MonotonicTime now) VITALS_REQUIRES(mutex_);
  void TakeInLateSpan(const SpanData& span) VITALS_REQUIRES(mutex_);
  void Decide(PendingTrace& pending, Clock::MonotonicTime now) VITALS_REQUIRES(mutex_);
  void CountKept(TraceKeepReason reason) VITALS_REQUIRES(mutex_);
  void EvictOldest() VITALS_REQUIRES(mutex_);
  void EvictBeyondBytes() VITALS_REQUIRES(mutex_);
  bool DecideSome(Clock::MonotonicTime now) VITALS_REQUIRES(mutex_);
  bool EvictSome(Clock::MonotonicTime now) VITALS_REQUIRES(mutex_);
  std::size_t bytes() const VITALS_REQUIRES(mutex_);

  // A trace, wherever it is; null for nowhere. What it points to holds as long as the lock.
  const TraceRecord* Look(const TraceId& id, TraceSummary& summary) const VITALS_REQUIRES(mutex_);
  void CollectPending(const SpanMatcher& matcher, std::vector<Candidate>& candidates) const;
  void CollectKept(const SpanMatcher& matcher, std::vector<Candidate>& candidates) const;
  std::vector<TraceSummary> Verify(const SpanMatcher& matcher, std::vector<Candidate> candidates,
                                   std::size_t limit) const;

  const std::shared_ptr<const Clock> clock_;
  const std::size_t max_bytes_;
  const std::size_t max_pending_bytes_;
  const std::chrono::nanoseconds max_age_;
  const TraceLimits limits_;

  mutable base::Mutex mutex_;
  // Not guarded as a whole: see NameTable.
  NameTable names_;
  PendingTraces pending_ VITALS_GUARDED_BY(mutex_);
  KeptTraces kept_ VITALS_GUARDED_BY(mutex_);
  DecisionCache decisions_ VITALS_GUARDED_BY(mutex_);
  TailKeeper keeper_ VITALS_GUARDED_BY(mutex_);
  TraceStoreStats counts_ VITALS_GUARDED_BY(mutex_);  // the totals of it
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_STORE_STATE_H_
