#ifndef VITALS_API_TRACE_ROUTES_H_
#define VITALS_API_TRACE_ROUTES_H_

#include <memory>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/export/resource.h"
#include "vitals/net/http_router.h"
#include "vitals/trace/trace_store.h"
#include "vitals/trace/tracer_provider.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// Where the trace pages get what they show.
struct TraceRoutesOptions {
  std::shared_ptr<const TraceStore> store = nullptr;
  std::shared_ptr<const TracerProvider> provider = nullptr;
  Resource resource = Resource::Default();  ///< who the process is, in OTLP
};

/// Adds the pages of traces, all of them JSON:
///
///     /api/v1/traces           traces that match, newest first
///     /api/v1/traces/{id}      one trace: ?format=json (with its critical path), otlp or chrome
///     /api/v1/traces/summary   where the time of the traces that match went, by span name
///     /api/v1/traces/active    spans that are open now
///
/// Search and summary take name, component, status (unset, ok, error), attribute (key=value, more
/// than once), min_duration and max_duration (as 250us or 1.5s), start and end (seconds since 1970,
/// or RFC 3339), and limit (to 1,000; else 20 for a search, 1,000 for a summary): see TraceQuery.
///
/// All but one trace, which EncodeTraceJson() and its like describe, answer in the envelope of
/// Prometheus's HTTP API, {"status":"success","data":...}. Times since 1970 are strings of digits.
///
///   - Each trace of a search has trace_id, root_name, root_component, start_unix_ns, duration_ns,
///     span_count, error_count, refused_spans, kept_for and marks: see TraceSummary.
///   - A summary is of kept traces alone. It has `traces`, how many were taken in; `incomplete` and
///     `truncated`, how many of these have the mark; `traces_too_large` and `pending`, how many
///     that match were left out, pending ones counted up to the limit; `limit_reached`, which is
///     true where as many matched as the limit allows, so that there may be more;
///     critical_path_ns; names with what a Bottleneck has; and omitted_names, which counts those
///     beyond the first hundred.
///   - Each open span has trace_id, span_id, parent_span_id unless it is a root, component, name,
///     kind, start_unix_ns, duration_ns, thread_id and thread_name: see ActiveSpan.
///
/// Errors are {"status":"error","errorType":...,"error":...}: bad_data (400) names the field,
/// not_found (404), execution (422) for a trace that is too large to be analyzed.
///
/// InvalidArgument when the store or the provider is null; AlreadyExists when a path is taken.
VITALS_EXPORT absl::Status AddTraceRoutes(const TraceRoutesOptions& options,
                                          net::HttpRouter& router);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_API_TRACE_ROUTES_H_
