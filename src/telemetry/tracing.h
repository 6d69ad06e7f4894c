#ifndef VITALS_SRC_TELEMETRY_TRACING_H_
#define VITALS_SRC_TELEMETRY_TRACING_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/export/otlp_http_exporter.h"
#include "vitals/metrics/registry.h"
#include "vitals/net/http_router.h"
#include "vitals/telemetry/tracing.h"

VITALS_NAMESPACE_BEGIN

/// The tracing side of a Telemetry: the provider, and what its spans go to.
class Tracing {
 public:
  /// Builds and starts what the options ask for. Fails as its parts do.
  static absl::StatusOr<std::unique_ptr<Tracing>> Create(const TracingOptions& options,
                                                         Registry& registry);

  ~Tracing() { Stop(); }
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  TracerProvider& provider() const { return *provider_; }
  const std::shared_ptr<TraceStore>& store() const { return store_; }

  /// Adds the trace pages, if traces are kept.
  absl::Status AddRoutes(net::HttpRouter& router) const;

  /// Ends the spans' way: no more are recorded, those that are go to the store and the collector.
  void Stop();

 private:
  Tracing() = default;
  absl::Status AddProcessors(const TracingOptions& options, Registry& registry);
  absl::Status AddSpanMetrics(const SpanMetricsOptions& options, Registry& registry);

  Resource resource_;
  std::shared_ptr<TracerProvider> provider_;
  std::shared_ptr<TraceStore> store_;
  std::shared_ptr<OtlpHttpExporter> exporter_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_TRACING_H_
