#ifndef VITALS_TELEMETRY_TRACING_H_
#define VITALS_TELEMETRY_TRACING_H_

#include <cstddef>
#include <optional>

#include "vitals/base/config.h"
#include "vitals/export/otlp_http_exporter.h"
#include "vitals/export/resource.h"
#include "vitals/trace/trace_store.h"
#include "vitals/trace/tracer_provider.h"

VITALS_NAMESPACE_BEGIN

/// Metrics of spans, by component and span name.
struct SpanMetricsOptions {
  /// Series of each of the metrics; past it they are taken together.
  std::size_t max_series = 1000;
  /// Lets buckets of durations show the trace of one of their spans.
  bool exemplars = true;
};

/// How a host traces.
struct TracingOptions {
  TracerProviderOptions provider = {};
  /// Keeps traces for `/api/v1/traces` and Telemetry::trace_store(). Without a value none are kept,
  /// and the pages are not there.
  std::optional<TraceStoreOptions> store = TraceStoreOptions();
  /// Shows `vitals_spans_total` and `vitals_span_duration_seconds`: rate, errors and durations of
  /// what was sampled.
  std::optional<SpanMetricsOptions> span_metrics = SpanMetricsOptions();
  /// Pushes all spans to an OTLP/HTTP collector.
  std::optional<OtlpHttpExporterOptions> otlp = std::nullopt;
  /// Who the process is, for format=otlp of the trace pages. The exporter has its own.
  Resource resource = Resource::Default();
};

VITALS_NAMESPACE_END

#endif  // VITALS_TELEMETRY_TRACING_H_
