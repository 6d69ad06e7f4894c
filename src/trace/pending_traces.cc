#include "trace/pending_traces.h"

#include <utility>

VITALS_NAMESPACE_BEGIN
namespace trace {

PendingTrace* PendingTraces::Find(const TraceId& id) const noexcept {
  if (latest_ != nullptr && latest_->record.id == id) return latest_;
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : found->second;
}

PendingTrace& PendingTraces::Begin(const TraceId& id, Clock::MonotonicTime now) {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    // Room for all of them at once, so that Take() does not allocate.
    free_slots_.reserve(slots_.capacity());
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  auto trace = std::make_unique<PendingTrace>();
  trace->record.id = id;
  trace->first_seen = now;
  trace->slot = free_slots_.back();
  index_.emplace(id, trace.get());
  free_slots_.pop_back();
  by_age_.PushBack(*trace);
  std::unique_ptr<PendingTrace>& slot = slots_[trace->slot];
  slot = std::move(trace);
  return *slot;
}

bool PendingTraces::AddSpan(PendingTrace& trace, const SpanData& span, const TraceLimits& limits,
                            NameTable& names, Clock::MonotonicTime now) {
  latest_ = &trace;
  const std::size_t bytes_before = trace.record.spans.heap_bytes();
  const bool added = trace.record.Add(span, false, limits, names);
  buffer_bytes_ += trace.record.spans.heap_bytes() - bytes_before;
  spans_ += added ? 1 : 0;
  if (span.IsLocalRoot()) {
    trace.root_ended = now;
    by_root_end_.Remove(trace);
    by_root_end_.PushBack(trace);
  }
  return added;
}

PendingTrace* PendingTraces::NextDue(Clock::MonotonicTime now) const noexcept {
  PendingTrace* const ended = by_root_end_.front();
  if (ended != nullptr && now - ended->root_ended >= grace_period_) return ended;
  PendingTrace* const oldest = by_age_.front();
  if (oldest != nullptr && now - oldest->first_seen >= max_age_) return oldest;
  return nullptr;
}

bool PendingTraces::IsOverdue(const PendingTrace& trace, Clock::MonotonicTime now) const noexcept {
  return trace.record.root == TraceRecord::Root::kNone && now - trace.first_seen >= max_age_;
}

PendingTrace* PendingTraces::NextEarly() const noexcept {
  PendingTrace* const ended = by_root_end_.front();
  return ended != nullptr ? ended : by_age_.front();
}

TraceRecord PendingTraces::Take(PendingTrace& trace) {
  by_age_.Remove(trace);
  by_root_end_.Remove(trace);
  if (latest_ == &trace) latest_ = nullptr;
  const std::uint32_t slot = trace.slot;
  TraceRecord record = std::move(trace.record);
  index_.erase(record.id);
  spans_ -= record.span_count;
  buffer_bytes_ -= record.spans.heap_bytes();
  slots_[slot].reset();
  free_slots_.push_back(slot);
  return record;
}

std::size_t PendingTraces::bytes() const noexcept {
  constexpr std::size_t kIndexEntryBytes = sizeof(decltype(index_)::value_type) + 1;
  return buffer_bytes_ + index_.size() * (sizeof(PendingTrace) + kHeapBlockBytes) +
         index_.capacity() * kIndexEntryBytes + slots_.capacity() * sizeof(slots_.front()) +
         free_slots_.capacity() * sizeof(free_slots_.front());
}

}  // namespace trace
VITALS_NAMESPACE_END
