#include "telemetry/tracing.h"

#include <string>
#include <utility>

#include "fmt/format.h"
#include "telemetry/span_metrics.h"
#include "telemetry/trace_collector.h"
#include "telemetry/under_option.h"
#include "vitals/api/trace_routes.h"
#include "vitals/base/log.h"
#include "vitals/export/otlp_exporter_collector.h"
#include "vitals/trace/trace_store_collector.h"

VITALS_NAMESPACE_BEGIN

absl::StatusOr<std::unique_ptr<Tracing>> Tracing::Create(const TracingOptions& options,
                                                         Registry& registry) {
  std::unique_ptr<Tracing> tracing(new Tracing);
  tracing->resource_ = options.resource;
  auto provider = TracerProvider::Create(options.provider);
  if (!provider.ok()) return UnderOption("provider", provider.status());
  tracing->provider_ = *std::move(provider);
  if (absl::Status status = tracing->AddProcessors(options, registry); !status.ok()) return status;
  return tracing;
}

absl::Status Tracing::AddProcessors(const TracingOptions& options, Registry& registry) {
  absl::Status status = registry.AddCollector(std::make_shared<TraceCollector>(provider_));
  if (options.span_metrics) {
    absl::Status added = AddSpanMetrics(*options.span_metrics, registry);
    if (!added.ok()) return UnderOption("span_metrics", added);
  }
  if (options.store) {
    auto store = TraceStore::Create(*options.store);
    if (!store.ok()) return UnderOption("store", store.status());
    store_ = *std::move(store);
    status.Update(provider_->AddProcessor(store_));
    status.Update(registry.AddCollector(std::make_shared<TraceStoreCollector>(store_)));
  }
  if (options.otlp) {
    auto exporter = OtlpHttpExporter::Create(*options.otlp);
    if (!exporter.ok()) return UnderOption("otlp", exporter.status());
    exporter_ = *std::move(exporter);
    status.Update(provider_->AddProcessor(exporter_));
    status.Update(registry.AddCollector(std::make_shared<OtlpExporterCollector>(exporter_)));
  }
  return status;
}

absl::Status Tracing::AddSpanMetrics(const SpanMetricsOptions& options, Registry& registry) {
  if (options.max_series == 0) {
    return absl::InvalidArgumentError("max_series is 0: allow at least one series");
  }
  auto metrics = SpanMetrics::Create(options, registry);
  if (metrics.ok()) return provider_->AddProcessor(*std::move(metrics));
  // Not worth stopping a host for, whose constant labels have names of theirs.
  Log(LogSeverity::kWarning,
      fmt::format("no metrics of spans: {}", std::string(metrics.status().message())));
  return absl::OkStatus();
}

absl::Status Tracing::AddRoutes(net::HttpRouter& router) const {
  if (store_ == nullptr) return absl::OkStatus();
  return api::AddTraceRoutes({.store = store_, .provider = provider_, .resource = resource_},
                             router);
}

void Tracing::Stop() {
  if (provider_ != nullptr) provider_->Stop();
  if (exporter_ != nullptr) exporter_->Stop();
}

VITALS_NAMESPACE_END
