#include <algorithm>
#include <optional>

#include "trace/pipeline.h"
#include "trace/span_record.h"
#include "trace/trace_thread.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

std::vector<ActiveSpan> Pipeline::ActiveSpans() {
  std::vector<ActiveSpan> spans;
  if (IsForked()) return spans;
  const base::MutexLock lock(drain_mutex);
  timeline_.Advance();
  for (const TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    for (const OpenSpan& row : thread->open_spans) {
      const std::optional<RecordHeader> open = row.Read();
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
