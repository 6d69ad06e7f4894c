#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "trace/store_state.h"
#include "trace/trace_assembly.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// What a search looks at under the lock in one go: some tens of microseconds each. A trace with
// more bytes than that is still looked at whole.
constexpr std::size_t kSlotsAtOnce = 256;
constexpr std::size_t kSegmentsAtOnce = 4;
constexpr std::size_t kBytesAtOnce = std::size_t{64} << 10;
constexpr std::size_t kTracesAtOnce = 256;

// The order of a heap whose top is the trace that started last.
bool StartsBefore(const KeptTraces::Candidate& a, const KeptTraces::Candidate& b) {
  if (a.start_unix_ns != b.start_unix_ns) return a.start_unix_ns < b.start_unix_ns;
  return a.id < b.id;
}

}  // namespace

const TraceRecord* StoreState::Look(const TraceId& id, TraceSummary& summary) const {
  if (const PendingTrace* const pending = pending_.Find(id)) {
    summary = pending->record.Summarize(names_);
    summary.marks |= kTraceMarkPending;
    return &pending->record;
  }
  const KeptTrace* const kept = kept_.Find(id);
  if (kept == nullptr) return nullptr;
  summary = kept->record.Summarize(names_);
  summary.kept_for = kept->reason;
  if (kept->is_incomplete) summary.marks |= kTraceMarkIncomplete;
  return &kept->record;
}

std::optional<StoredTrace> StoreState::Find(const TraceId& id) const {
  TraceSummary summary;
  std::string records;
  {
    const base::MutexLock lock(mutex_);
    const TraceRecord* const record = Look(id, summary);
    if (record == nullptr) return std::nullopt;
    records = record->spans.bytes();
  }
  return AssembleTrace(summary, records, names_);
}

std::vector<TraceSummary> StoreState::Search(const TraceQuery& query) const {
  const SpanMatcher matcher = [&] {
    const base::MutexLock lock(mutex_);
    return SpanMatcher(query, names_);
  }();
  if (!matcher.can_match()) return {};
  // Pending traces first: one that is decided meanwhile is then seen twice, not missed.
  std::vector<Candidate> candidates;
  if (query.stage != TraceStage::kKept) CollectPending(matcher, candidates);
  if (query.stage != TraceStage::kPending) CollectKept(matcher, candidates);
  return Verify(matcher, std::move(candidates), query.limit);
}

void StoreState::CollectPending(const SpanMatcher& matcher,
                                std::vector<Candidate>& candidates) const {
  for (std::size_t slot = 0;;) {
    const base::MutexLock lock(mutex_);
    const std::size_t end = std::min(slot + kSlotsAtOnce, pending_.slot_count());
    if (slot >= end) return;
    for (; slot < end; ++slot) {
      const PendingTrace* const trace = pending_.at(slot);
      if (trace == nullptr) continue;
      const TraceRecord& record = trace->record;
      if (matcher.MatchesColumns({record.start_unix_ns, record.duration_ns(), record.statuses})) {
        candidates.push_back({record.start_unix_ns, record.id});
      }
    }
  }
}

void StoreState::CollectKept(const SpanMatcher& matcher, std::vector<Candidate>& candidates) const {
  for (std::uint64_t segment = 0;;) {
    const base::MutexLock lock(mutex_);
    segment = std::max(segment, kept_.first_segment());
    const std::uint64_t end = std::min(segment + kSegmentsAtOnce, kept_.end_segment());
    if (segment >= end) return;
    for (; segment < end; ++segment) kept_.Scan(segment, matcher, candidates);
  }
}

std::vector<TraceSummary> StoreState::Verify(const SpanMatcher& matcher,
                                             std::vector<Candidate> candidates,
                                             std::size_t limit) const {
  // A heap: mostly only the first few are needed.
  std::make_heap(candidates.begin(), candidates.end(), StartsBefore);
  std::vector<TraceSummary> found;
  absl::flat_hash_set<TraceId> seen;
  while (!candidates.empty() && found.size() < limit) {
    const base::MutexLock lock(mutex_);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < kTracesAtOnce && bytes < kBytesAtOnce; ++i) {
      if (candidates.empty() || found.size() == limit) break;
      std::pop_heap(candidates.begin(), candidates.end(), StartsBefore);
      const TraceId id = candidates.back().id;
      candidates.pop_back();
      TraceSummary summary;
      const TraceRecord* const record = Look(id, summary);
      if (record == nullptr) continue;
      bytes += record->spans.bytes().size();
      if (matcher.Matches(*record) && seen.insert(id).second) found.push_back(summary);
    }
  }
  // A late span may have moved the start of a trace since it was collected.
  std::stable_sort(found.begin(), found.end(), [](const TraceSummary& a, const TraceSummary& b) {
    return a.start_unix_ns > b.start_unix_ns;
  });
  return found;
}

}  // namespace trace
VITALS_NAMESPACE_END
