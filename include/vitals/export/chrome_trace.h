#ifndef VITALS_EXPORT_CHROME_TRACE_H_
#define VITALS_EXPORT_CHROME_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN

struct ChromeTraceOptions {
  std::uint32_t process_id = 0;         ///< as shown; 0 for that of this process
  std::string_view process_name = {};   ///< as shown, UTF-8; empty for none
  std::size_t max_bytes = 64ULL << 20;  ///< of the page: no span is begun beyond
};

/// Appends one trace to `page` in the JSON object format of Chrome's trace events ("Trace Event
/// Format", 2016), which ui.perfetto.dev and chrome://tracing open.
///
///   - A span is a complete event on the track of its thread. Where spans of a thread ran at the
///     same time, and one is not the other's parent, the later goes to an overflow track, with a
///     thread id of its own: on every track events nest, and each lies directly in its parent.
///   - A parent that a span does not lie in, such as one on another thread, is shown by a flow. An
///     event of a span is an instant.
///   - Arguments of a span are its id, its parent's, kind and status, what was dropped, and its
///     attributes. An attribute with the name of one of those has `attribute.` before it.
///   - Times are microseconds since the first span started, which `otherData` gives as
///     `start_unix_ns`: a number since 1970 has no room for nanoseconds. A span that started before
///     its parent, as the clocks of two processors may have it, is cut to start with it, and says
///     by how much in the argument `clipped_ns`.
///
/// What is longer than `max_bytes` is cut: the spans that start last are left out, and counted in
/// `omitted_spans` of `otherData`.
///
/// `spans` are of one trace, in any order, whole or not, as for ComputeCriticalPath().
/// ResourceExhausted for more than kMaxAnalyzedSpans; then nothing is appended. About 2 us and 500
/// bytes a span.
VITALS_EXPORT absl::Status EncodeChromeTrace(std::span<const SpanData> spans, std::string& page,
                                             const ChromeTraceOptions& options = {});

/// As above, with what the store says of the trace in `otherData`, `marks`, `kept_for` and
/// `refused_spans`, and the argument `marks` where a span has some: see TraceMark and SpanMark for
/// the names.
VITALS_EXPORT absl::Status EncodeChromeTrace(const StoredTrace& trace, std::string& page,
                                             const ChromeTraceOptions& options = {});

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_CHROME_TRACE_H_
