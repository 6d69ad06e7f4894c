#include "trace/trace_record.h"

#include <algorithm>

#include "trace/span_codec.h"
#include "trace/trace_signature.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

bool TraceRecord::Add(const SpanData& span, bool late, const TraceLimits& limits,
                      NameTable& names) {
  const bool is_error = span.status == SpanStatus::kError;
  const std::size_t record_bytes = MaxRecordBytes(span);
  const bool has_room = HasRoomFor(span, record_bytes, limits);
  if (has_room) {
    char* const out = spans.Extend(record_bytes);
    spans.SetEnd(EncodeSpan(span, late, names, out));
    ++span_count;
    error_count += is_error ? 1 : 0;
    facet_count += static_cast<std::uint32_t>(FacetCount(span.status, span.attributes.size()));
    statuses |= static_cast<std::uint8_t>(1 << static_cast<int>(span.status));
    start_unix_ns = std::min(start_unix_ns, span.start_unix_ns);
    end_unix_ns = std::max(end_unix_ns, span.end_unix_ns);
    has_late_spans |= late;
  } else {
    ++refused_spans;
  }
  failed |= is_error;
  if (span.IsLocalRoot()) NoteRoot(span, names);
  return has_room;
}

bool TraceRecord::HasRoomFor(const SpanData& span, std::size_t record_bytes,
                             const TraceLimits& limits) const {
  // A trace without its root would tell little.
  if (root == Root::kNone && span.IsLocalRoot()) return record_bytes <= limits.max_bytes;
  return span_count < limits.max_spans && spans.bytes().size() + record_bytes <= limits.max_bytes;
}

void TraceRecord::NoteRoot(const SpanData& span, NameTable& names) {
  const Root kind = span.parent_is_remote ? Root::kWithRemoteParent : Root::kWithoutParent;
  if (kind < root || (kind == root && span.start_unix_ns >= root_start_unix_ns)) return;
  root = kind;
  root_start_unix_ns = span.start_unix_ns;
  root_name = names.IdOf(span.name);
  root_component = names.IdOf(span.component);
}

TraceSummary TraceRecord::Summarize(const NameTable& names) const {
  TraceSummary summary;
  summary.trace_id = id;
  summary.root_name = names.NameOf(root_name);
  summary.root_component = names.NameOf(root_component);
  // A trace of which every span was refused has no times.
  summary.start_unix_ns = span_count == 0 ? root_start_unix_ns : start_unix_ns;
  summary.end_unix_ns = summary.start_unix_ns + duration_ns();
  summary.span_count = span_count;
  summary.error_count = error_count;
  summary.refused_spans = refused_spans;
  summary.marks = static_cast<std::uint8_t>((refused_spans > 0 ? kTraceMarkTruncated : 0) |
                                            (has_late_spans ? kTraceMarkLate : 0));
  return summary;
}

}  // namespace trace
VITALS_NAMESPACE_END
