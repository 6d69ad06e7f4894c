#include "trace/store_state.h"

#include <algorithm>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// What is done under the lock in one go. Some tens of microseconds.
constexpr std::size_t kSpansAtOnce = 256;
constexpr std::size_t kTracesAtOnce = 256;

}  // namespace

StoreState::StoreState(const TraceStoreOptions& options)
    : clock_(options.clock),
      max_bytes_(options.max_bytes),
      max_pending_bytes_(options.max_pending_bytes),
      max_age_(options.max_age),
      limits_{options.max_spans_per_trace, options.max_bytes_per_trace},
      pending_(options.grace_period, options.max_pending_age),
      decisions_(options.cached_decisions),
      keeper_(options.keeping) {}

void StoreState::TakeIn(std::span<const SpanData> spans) {
  const Clock::MonotonicTime now = clock_->MonotonicNow();
  while (!spans.empty()) {
    const std::size_t count = std::min(spans.size(), kSpansAtOnce);
    const base::MutexLock lock(mutex_);
    for (const SpanData& span : spans.first(count)) TakeInSpan(span, now);
    spans = spans.subspan(count);
  }
}

void StoreState::TakeInSpan(const SpanData& span, Clock::MonotonicTime now) {
  ++counts_.received_spans;
  PendingTrace* trace = pending_.Find(span.trace_id);
  if (trace == nullptr) {
    if (kept_.Find(span.trace_id) != nullptr) return TakeInLateSpan(span);
    if (decisions_.Contains(span.trace_id)) {
      ++counts_.dropped_spans_late;
      if (span.status == SpanStatus::kError) ++counts_.dropped_late_errors;
      return;
    }
    trace = &pending_.Begin(span.trace_id, now);
  }
  if (!pending_.AddSpan(*trace, span, limits_, names_, now)) ++counts_.dropped_spans_limit;
  while (pending_.bytes() > max_pending_bytes_) {
    PendingTrace* const early = pending_.NextEarly();
    if (early == nullptr) break;
    ++counts_.early_decisions;
    Decide(*early, now);
  }
}

void StoreState::TakeInLateSpan(const SpanData& span) {
  if (!kept_.AddLateSpan(span, limits_, names_)) {
    ++counts_.dropped_spans_limit;
    return;
  }
  ++counts_.late_spans;
  EvictBeyondBytes();
}

void StoreState::Decide(PendingTrace& pending, Clock::MonotonicTime now) {
  const bool is_overdue = pending_.IsOverdue(pending, now);
  TraceRecord record = pending_.Take(pending);
  const bool is_incomplete = record.root == TraceRecord::Root::kNone;
  counts_.incomplete_traces += is_incomplete ? 1 : 0;
  const TraceKeepReason reason = keeper_.Decide(record, is_overdue, now);
  if (reason == TraceKeepReason::kNone) {
    ++counts_.dropped_traces;
    counts_.dropped_spans_not_kept += record.span_count;
    decisions_.Add(record.id);
    return;
  }
  CountKept(reason);
  record.spans.Fit();
  kept_.Add({std::move(record), now, reason, is_incomplete});
  EvictBeyondBytes();
}

void StoreState::CountKept(TraceKeepReason reason) {
  switch (reason) {
    case TraceKeepReason::kNone:
      break;
    case TraceKeepReason::kEverything:
      ++counts_.kept_everything;
      break;
    case TraceKeepReason::kError:
      ++counts_.kept_errors;
      break;
    case TraceKeepReason::kSlow:
      ++counts_.kept_slow;
      break;
    case TraceKeepReason::kRandom:
      ++counts_.kept_random;
      break;
  }
}

void StoreState::EvictOldest() {
  const TraceRecord& oldest = kept_.Oldest()->record;
  counts_.evicted_spans += oldest.span_count;
  decisions_.Add(oldest.id);
  kept_.RemoveOldest();
}

void StoreState::EvictBeyondBytes() {
  while (bytes() > max_bytes_ && kept_.size() > 0) {
    EvictOldest();
    ++counts_.evicted_traces_bytes;
  }
}

void StoreState::Advance() {
  const Clock::MonotonicTime now = clock_->MonotonicNow();
  for (bool more = true; more;) {
    const base::MutexLock lock(mutex_);
    more = DecideSome(now);
  }
  for (bool more = true; more;) {
    const base::MutexLock lock(mutex_);
    more = EvictSome(now);
  }
}

bool StoreState::DecideSome(Clock::MonotonicTime now) {
  for (std::size_t i = 0; i < kTracesAtOnce; ++i) {
    PendingTrace* const due = pending_.NextDue(now);
    if (due == nullptr) return false;
    Decide(*due, now);
  }
  return true;
}

bool StoreState::EvictSome(Clock::MonotonicTime now) {
  for (std::size_t i = 0; i < kTracesAtOnce; ++i) {
    const KeptTrace* const oldest = kept_.Oldest();
    if (oldest == nullptr || now - oldest->kept_at < max_age_) return false;
    EvictOldest();
    ++counts_.evicted_traces_age;
  }
  return true;
}

std::size_t StoreState::bytes() const {
  return sizeof(*this) + kept_.bytes() + names_.bytes() + decisions_.bytes() + keeper_.bytes();
}

TraceStoreStats StoreState::stats() const {
  const base::MutexLock lock(mutex_);
  TraceStoreStats stats = counts_;
  stats.traces = kept_.size();
  stats.spans = kept_.spans();
  stats.bytes = bytes();
  stats.pending_traces = pending_.size();
  stats.pending_spans = pending_.spans();
  stats.pending_bytes = pending_.bytes();
  return stats;
}

}  // namespace trace
VITALS_NAMESPACE_END
