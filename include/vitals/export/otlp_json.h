#ifndef VITALS_EXPORT_OTLP_JSON_H_
#define VITALS_EXPORT_OTLP_JSON_H_

#include <span>
#include <string>

#include "vitals/base/config.h"
#include "vitals/export/resource.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN

/// Appends spans to `out` as OTLP/JSON: one object, an ExportTraceServiceRequest (and likewise a
/// TracesData) of opentelemetry-proto 1, without line breaks. Left out are values that are the
/// protocol's defaults, and `truncated_values`, for which the protocol has no field.
///
/// Components become scopes, in the order of their names; within a scope spans keep their order.
/// The thread becomes the attributes `thread.id` and `thread.name`, unless the span has attributes
/// of these names. What is no UTF-8 becomes U+FFFD; a double that is not finite becomes "NaN",
/// "Infinity" or "-Infinity". Takes about a microsecond a span.
VITALS_EXPORT void EncodeOtlpJson(std::span<const SpanData> spans, const Resource& resource,
                                  std::string& out);

/// As above, with what the store says of the trace as attributes, unless the span has attributes of
/// these names:
///
///     vitals.trace.marks           on every span: the names of TraceMark, "truncated,late"
///     vitals.trace.refused_spans   on every span: how many are missing for being beyond a limit
///     vitals.span.marks            of the span: the names of SpanMark, "orphan"
///
/// One that would be empty or zero is left out.
VITALS_EXPORT void EncodeOtlpJson(const StoredTrace& trace, const Resource& resource,
                                  std::string& out);

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_OTLP_JSON_H_
