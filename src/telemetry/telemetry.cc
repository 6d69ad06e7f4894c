#include "vitals/telemetry/telemetry.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "vitals/metrics/process_collector.h"
#include "vitals/net/http_router.h"

VITALS_NAMESPACE_BEGIN
namespace {

absl::StatusOr<net::HttpRouter> MakeRoutes(const std::shared_ptr<Gatherer>& gatherer,
                                           const ExporterOptions& options) {
  net::HttpRouter router;
  absl::Status status = api::AddMetricsRoute(gatherer, options.metrics, router);
  status.Update(api::AddHealthRoute(router));
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
      return absl::Status(added.code(),
                          fmt::format("build_info: {}", std::string(added.message())));
    }
  }
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Telemetry>> Telemetry::Create(TelemetryOptions options) {
  if (absl::Status status = ValidateLabels(options.registry.const_labels); !status.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("registry.const_labels: {}", std::string(status.message())));
  }
  options.registry.show_dropped_records = true;
  auto registry = std::make_shared<Registry>(options.registry);
  if (absl::Status status = AddHostMetrics(options, *registry); !status.ok()) return status;
  auto gatherers = std::make_shared<GathererGroup>();
  if (absl::Status status = gatherers->Add(registry); !status.ok()) return status;
  std::unique_ptr<net::HttpServer> server;
  if (options.exporter) {
    absl::StatusOr<net::HttpRouter> router = MakeRoutes(gatherers, *options.exporter);
    if (!router.ok()) return router.status();
    auto created = net::HttpServer::Create(std::move(options.exporter->http), *std::move(router));
    if (!created.ok()) {
      return absl::Status(created.status().code(),
                          fmt::format("exporter: {}", std::string(created.status().message())));
    }
    server = *std::move(created);
  }
  return std::unique_ptr<Telemetry>(
      new Telemetry(std::move(registry), std::move(gatherers), std::move(server)));
}

Telemetry::Telemetry(std::shared_ptr<Registry> registry, std::shared_ptr<GathererGroup> gatherers,
                     std::unique_ptr<net::HttpServer> server)
    : registry_(std::move(registry)),
      gatherers_(std::move(gatherers)),
      server_(std::move(server)) {}

Telemetry::~Telemetry() { Stop(); }

std::uint16_t Telemetry::port() const { return server_ == nullptr ? 0 : server_->port(); }

std::string Telemetry::url() const { return server_ == nullptr ? std::string() : server_->url(); }

std::size_t Telemetry::Poll(std::chrono::milliseconds timeout) {
  return server_ == nullptr ? 0 : server_->Poll(timeout);
}

void Telemetry::Stop() {
  if (server_ != nullptr) server_->Stop();
}

VITALS_NAMESPACE_END
