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
/// or RFC 3339), and limit. All but one trace answer in the envelope of Prometheus's HTTP API:
/// {"status":"success","data":...}, or {"status":"error","errorType":...,"error":...} with 400, 404
/// or 422. InvalidArgument when the store or the provider is null; AlreadyExists when a path is
/// taken.
VITALS_EXPORT absl::Status AddTraceRoutes(const TraceRoutesOptions& options,
                                          net::HttpRouter& router);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_API_TRACE_ROUTES_H_
