#include "trace/trace_assembly.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "trace/span_codec.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

struct Placed {
  SpanHead head;
  const char* record;
};

using Heads = absl::flat_hash_map<std::uint64_t, const SpanHead*>;

bool IsOutOfOrder(const SpanHead& span, const SpanHead& parent) {
  if (span.start_unix_ns < parent.start_unix_ns) return true;
  // A message is worked on after it was sent.
  if (parent.kind == SpanKind::kProducer && span.kind == SpanKind::kConsumer) return false;
  return span.end_unix_ns > parent.end_unix_ns;
}

std::uint8_t MarksOf(const SpanHead& span, const Heads& heads) {
  const std::uint8_t late = (span.bits & SpanHead::kLate) != 0 ? kSpanMarkLate : kSpanMarkNone;
  if (span.parent_span_id == 0 || (span.bits & SpanHead::kParentIsRemote) != 0) return late;
  const auto parent = heads.find(span.parent_span_id);
  if (parent == heads.end()) return late | kSpanMarkOrphan;
  return IsOutOfOrder(span, *parent->second) ? late | kSpanMarkOutOfOrder : late;
}

}  // namespace

StoredTrace AssembleTrace(const TraceSummary& summary, std::string_view records,
                          const NameTable& names) {
  std::vector<Placed> placed;
  placed.reserve(summary.span_count);
  VisitRecords(records, [&](const SpanHead& head, const char* record) {
    placed.push_back({head, record});
    return true;
  });
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    if (a.head.start_unix_ns != b.head.start_unix_ns) {
      return a.head.start_unix_ns < b.head.start_unix_ns;
    }
    return a.head.end_unix_ns > b.head.end_unix_ns;
  });
  Heads heads;
  heads.reserve(placed.size());
  for (const Placed& span : placed) heads.emplace(span.head.span_id, &span.head);

  StoredTrace trace;
  trace.summary = summary;
  trace.spans.reserve(placed.size());
  trace.span_marks.reserve(placed.size());
  for (const Placed& span : placed) {
    trace.spans.push_back(DecodeSpan(span.record, summary.trace_id, names));
    trace.span_marks.push_back(MarksOf(span.head, heads));
  }
  return trace;
}

}  // namespace trace
VITALS_NAMESPACE_END
