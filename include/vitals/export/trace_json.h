#ifndef VITALS_EXPORT_TRACE_JSON_H_
#define VITALS_EXPORT_TRACE_JSON_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN

struct TraceJsonOptions {
  std::size_t max_bytes = 64ULL << 20;  ///< of the page: nothing is begun in a list beyond
};

/// Appends one trace to `page` as a JSON object:
///
///     trace_id         of the first span; absent for no spans, as are the next three
///     start_unix_ns    of the span that started first
///     end_unix_ns      of the span that ended last
///     duration_ns      between the two
///     root_span_id     the span whose time the critical path explains
///     critical_path    latest first: span_id, start_unix_ns, end_unix_ns, duration_ns
///     names            by component and span name: count, errors, total_ns, self_ns,
///                      critical_path_ns; the most time on the critical path first
///     spans            by start, those with the same start by end, the last first
///     omitted_sections, omitted_names, omitted_spans
///                      how many are left out at the end of a list because of max_bytes
///
/// A span has span_id, component, name, kind, status, start_unix_ns, end_unix_ns, duration_ns,
/// self_ns, critical_path_ns, flags, thread_id and thread_name; and where it has them
/// parent_span_id, parent_is_remote, status_message, trace_state, attributes (an object), events
/// (name, time_unix_ns, attributes), links (trace_id, span_id, flags, trace_state, attributes),
/// dropped_attributes, dropped_events, dropped_links, truncated_values, and `duplicate` where its
/// id was there before. Times since 1970 are strings of digits, since many readers of JSON keep
/// numbers as doubles; durations are numbers.
///
/// `spans` are of one trace, in any order, whole or not, as for AnalyzeTrace(). ResourceExhausted
/// for more than kMaxAnalyzedSpans; then nothing is appended. About 1 us and 400 bytes a span.
VITALS_EXPORT absl::Status EncodeTraceJson(std::span<const SpanData> spans, std::string& page,
                                           const TraceJsonOptions& options = {});

/// As above, with what the store says of the trace, `marks`, `kept_for` and `refused_spans`, and
/// the `marks` of those spans that have some: see TraceMark and SpanMark for the names.
VITALS_EXPORT absl::Status EncodeTraceJson(const StoredTrace& trace, std::string& page,
                                           const TraceJsonOptions& options = {});

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_TRACE_JSON_H_
