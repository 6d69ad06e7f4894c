#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "trace/pipeline.h"
#include "trace/span_record.h"
#include "trace/trace_thread.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// What a row shows, if that is an open span and did not change while it was read.
std::optional<RecordHeader> Read(const OpenSpan& row) noexcept {
  const std::atomic<std::uint64_t>& sequence = row.words[OpenSpan::kSequence];
  const std::uint64_t before = sequence.load(std::memory_order_acquire);
  if (before % 2 == 0) return std::nullopt;
  std::array<std::uint64_t, 8> words;
  // Relaxed: the fence and the second look tell whether they belong together.
  std::transform(row.words.begin(), row.words.end(), words.begin(),
                 [](const auto& word) { return word.load(std::memory_order_relaxed); });
  std::atomic_thread_fence(std::memory_order_acquire);
  if (sequence.load(std::memory_order_relaxed) != before) return std::nullopt;
  return std::bit_cast<RecordHeader>(words);
}

}  // namespace

std::vector<ActiveSpan> Pipeline::ActiveSpans() {
  std::vector<ActiveSpan> spans;
  const base::MutexLock lock(drain_mutex);
  timeline_.Advance();
  for (const TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    for (const OpenSpan& row : thread->open_spans) {
      const std::optional<RecordHeader> open = Read(row);
      if (!open) continue;
      const RecordMeta meta = RecordMeta::Unpack(open->meta);
      const TracerCore& tracer = TracerById(meta.tracer);
      if (&tracer.provider != &state_) continue;
      const std::uint64_t start_ns = timeline_.UnixNanoseconds(open->start_ticks);
      const std::uint64_t now_ns = timeline_.UnixNanoseconds(state_.clock.Now());
      // Relaxed: a thread that ends now, and its successor, may be taken for each other.
      spans.push_back({.trace_id = open->trace_id,
                       .span_id = open->span_id,
                       .parent_span_id = open->parent_span_id,
                       .kind = meta.kind,
                       .name = InternName(open->name).view(),
                       .component = tracer.component.view(),
                       .start_unix_ns = start_ns,
                       .duration_ns = now_ns - std::min(now_ns, start_ns),
                       .thread_id = thread->thread_id.load(std::memory_order_relaxed),
                       .thread_name = thread->thread_name.load(std::memory_order_relaxed)});
    }
  }
  std::sort(spans.begin(), spans.end(), [](const ActiveSpan& a, const ActiveSpan& b) {
    return a.start_unix_ns < b.start_unix_ns;
  });
  return spans;
}

}  // namespace trace
VITALS_NAMESPACE_END
