#include "vitals/telemetry/telemetry.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "telemetry/health_log.h"
#include "telemetry/maintenance.h"
#include "telemetry/server_collector.h"
#include "telemetry/tracing.h"
#include "telemetry/under_option.h"
#include "vitals/api/health_routes.h"
#include "vitals/base/log.h"
#include "vitals/health/health_collector.h"
#include "vitals/metrics/process_collector.h"
#include "vitals/net/http_router.h"

VITALS_NAMESPACE_BEGIN
namespace {

absl::StatusOr<net::HttpRouter> MakeRoutes(const std::shared_ptr<Gatherer>& gatherer,
                                           const ExporterOptions& options, const Tracing* tracing,
                                           std::shared_ptr<const HealthMonitor> health) {
  net::HttpRouter router;
  absl::Status status = api::AddMetricsRoute(gatherer, options.metrics, router);
  status.Update(api::AddHealthRoutes(std::move(health), router));
  if (tracing != nullptr) status.Update(tracing->AddRoutes(router));
  status.Update(api::AddIndexRoute(router));
  if (!status.ok()) return status;
  return router;
}

absl::Status AddHostMetrics(const TelemetryOptions& options, Registry& registry) {
  absl::Status status;
  if (options.process_metrics) {
    status.Update(registry.AddCollector(std::make_shared<ProcessCollector>()));
    // There is no room for it where the host has a constant label of that name.
    AddBuildInfo(registry, VitalsBuildInfo()).IgnoreError();
  }
  if (options.build_info) {
    if (absl::Status added = AddBuildInfo(registry, *options.build_info); !added.ok()) {
      return UnderOption("build_info", added);
    }
  }
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Telemetry>> Telemetry::Create(TelemetryOptions options) {
  if (absl::Status status = ValidateLabels(options.registry.const_labels); !status.ok()) {
    return UnderOption("registry.const_labels", status);
  }
  if (options.maintenance_interval.count() < 0 ||
      options.maintenance_interval > std::chrono::hours(1)) {
    return absl::InvalidArgumentError(
        "maintenance_interval is out of range: choose one up to an hour, or 0 for never");
  }
  options.registry.show_dropped_records = true;
  auto registry = std::make_shared<Registry>(options.registry);
  if (absl::Status status = AddHostMetrics(options, *registry); !status.ok()) return status;
  auto maintenance = std::make_unique<Maintenance>(options.maintenance_interval);
  std::unique_ptr<Telemetry> telemetry(new Telemetry(std::move(registry), std::move(maintenance)));
  if (absl::Status status = telemetry->Start(std::move(options)); !status.ok()) return status;
  return telemetry;
}

Telemetry::Telemetry(std::shared_ptr<Registry> registry, std::unique_ptr<Maintenance> maintenance)
    : registry_(std::move(registry)),
      group_(std::make_shared<GathererGroup>()),
      maintenance_(std::move(maintenance)) {
  maintenance_->Add(registry_);
}

absl::Status Telemetry::Start(TelemetryOptions options) {
  if (absl::Status status = group_->Add(registry_); !status.ok()) return status;
  if (options.tracing) {
    auto tracing = Tracing::Create(*options.tracing, *registry_);
    if (!tracing.ok()) return UnderOption("tracing", tracing.status());
    tracing_ = *std::move(tracing);
  }
  if (options.health) {
    if (absl::Status status = StartHealth(options); !status.ok()) {
      return UnderOption("health", status);
    }
  }
  if (options.exporter) {
    const bool driven_by_host = options.exporter->http.io_threads == 0;
    absl::Status status = StartExporter(options, *std::move(options.exporter));
    if (!status.ok()) return UnderOption("exporter", status);
    if (driven_by_host) return absl::OkStatus();
  }
  return maintenance_->StartThread();
}

absl::Status Telemetry::StartHealth(const TelemetryOptions& options) {
  HealthMonitorOptions monitor = options.health->monitor;
  if (options.exporter && options.exporter->http.io_threads == 0) monitor.host_driven = true;
  auto created = HealthMonitor::Create(std::move(monitor));
  if (!created.ok()) return UnderOption("monitor", created.status());
  health_ = *std::move(created);
  if (options.health->log_transitions) {
    auto log = health_->Subscribe(LogTransition);
    if (!log.ok()) return log.status();
    health_log_ = *std::move(log);
  }
  return registry_->AddCollector(
      std::make_shared<HealthCollector>(health_, options.health->max_metric_components));
}

absl::Status Telemetry::StartExporter(const TelemetryOptions& options, ExporterOptions exporter) {
  if (options.exporter_metrics) exporter.metrics.self_metrics = registry_;
  absl::StatusOr<net::HttpRouter> router = MakeRoutes(group_, exporter, tracing_.get(), health_);
  if (!router.ok()) return router.status();
  auto server = net::HttpServer::Create(std::move(exporter.http), *std::move(router));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  if (!options.exporter_metrics) return absl::OkStatus();
  return registry_->AddCollector(std::make_shared<ServerCollector>(server_));
}

Telemetry::~Telemetry() { Stop(); }

absl::Status Telemetry::AddRegistry(const std::shared_ptr<Registry>& registry,
                                    GathererOptions options) {
  if (registry == nullptr) return absl::InvalidArgumentError("the registry is null");
  absl::Status status = group_->AddWeak(registry, std::move(options));
  if (status.ok()) maintenance_->Add(registry);
  return status;
}

void Telemetry::RunMaintenance() { maintenance_->Run(); }

std::uint16_t Telemetry::port() const { return server_ == nullptr ? 0 : server_->port(); }

std::string Telemetry::url() const { return server_ == nullptr ? std::string() : server_->url(); }

std::size_t Telemetry::Poll(std::chrono::milliseconds timeout) {
  if (server_ == nullptr) return 0;
  maintenance_->RunIfDue();
  if (health_ != nullptr) health_->Poll();
  return server_->Poll(timeout);
}

Tracer Telemetry::GetTracer(std::string_view component) {
  return tracing_ == nullptr ? Tracer() : tracing_->provider().GetTracer(component);
}

TracerProvider* Telemetry::tracer_provider() {
  return tracing_ == nullptr ? nullptr : &tracing_->provider();
}

std::shared_ptr<TraceStore> Telemetry::trace_store() const {
  return tracing_ == nullptr ? nullptr : tracing_->store();
}

void Telemetry::Stop() {
  if (health_ != nullptr) {
    if (const absl::Status status = health_->Stop(); !status.ok()) {
      Log(LogSeverity::kWarning, std::string(status.message()));
    }
  }
  if (tracing_ != nullptr) tracing_->Stop();
  maintenance_->Stop();
  if (server_ != nullptr) server_->Stop();
}

VITALS_NAMESPACE_END
