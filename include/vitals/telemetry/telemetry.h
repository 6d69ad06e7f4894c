#ifndef VITALS_TELEMETRY_TELEMETRY_H_
#define VITALS_TELEMETRY_TELEMETRY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/api/routes.h"
#include "vitals/base/config.h"
#include "vitals/health/health_monitor.h"
#include "vitals/metrics/build_info.h"
#include "vitals/metrics/gatherer_group.h"
#include "vitals/metrics/registry.h"
#include "vitals/net/http_server.h"
#include "vitals/telemetry/health.h"
#include "vitals/telemetry/tracing.h"
#include "vitals/trace/trace_store.h"
#include "vitals/trace/tracer_provider.h"

VITALS_NAMESPACE_BEGIN

class Maintenance;
class Tracing;

/// Port of the exporter unless it is told otherwise, as OpenTelemetry's Prometheus exporter has it.
inline constexpr std::uint16_t kDefaultExporterPort = 9464;

/// The HTTP side of a host: where it listens, and what its pages do.
struct ExporterOptions {
  net::HttpServerOptions http = {.port = kDefaultExporterPort};
  api::MetricsPageOptions metrics = {};
};

/// All of a host's vitals.
struct TelemetryOptions {
  RegistryOptions registry = {};
  /// Serves `/metrics`, `/health`, `/livez`, `/readyz`, `/api/v1/...` and `/`. Without a value no
  /// port is opened; all recording works the same.
  std::optional<ExporterOptions> exporter = ExporterOptions();
  /// Shows what a ProcessCollector finds, and `vitals_build_info`. Turn it off in a host that has
  /// process metrics of its own: where two show a name, the page keeps the host's.
  bool process_metrics = true;
  /// How often Registry::RunMaintenance() is called, by a thread of its own, or by Poll() in a host
  /// that drives the exporter itself. At most an hour. 0: the host calls
  /// Telemetry::RunMaintenance().
  std::chrono::milliseconds maintenance_interval = std::chrono::seconds(1);
  /// Shows `vitals_exporter_...` and `vitals_http_...`: scrapes, and what the server did, in the
  /// registry (whatever exporter.metrics.self_metrics is).
  bool exporter_metrics = true;
  /// Shows `<name>_build_info`: what the host was built from.
  std::optional<BuildInfo> build_info = {};
  /// Spans, the traces that are kept of them, and their pages. Without a value nothing is traced:
  /// all tracers are empty.
  std::optional<TracingOptions> tracing = TracingOptions();
  /// The health of the host's components, its pages, metrics and log. Without a value there is no
  /// monitor, and the pages say "healthy" as long as the process serves.
  std::optional<HealthOptions> health = HealthOptions();
};

/// Owns what a host is observed with: a registry, tracers, a health monitor, and the exporter that
/// shows what they know. Thread-safe.
///
///     auto telemetry = vitals::Telemetry::Create({});
///     if (!telemetry.ok()) return telemetry.status();
///     vitals::Registry& registry = (*telemetry)->registry();
///     auto jobs = registry.AddCounter({.name = "jobs_total", .help = "Jobs done."});
///     const vitals::Tracer tracer = (*telemetry)->GetTracer("scheduler");
///     auto added = (*telemetry)->health()->AddCheck("scheduler", [&] { return loop.running(); });
///
/// In a fork child the parent's exporter and tracers are off, and the registry records on; a new
/// Telemetry can be created there.
class VITALS_EXPORT Telemetry {
 public:
  /// Builds and starts everything. The options are checked here, once; when it fails nothing stays
  /// behind, and the status names the option and what would be right.
  static absl::StatusOr<std::unique_ptr<Telemetry>> Create(TelemetryOptions options);

  /// Stops, as Stop().
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  Registry& registry() { return *registry_; }

  /// Shows another registry on the same page, such as that of a plugin, and maintains it. It leaves
  /// the page when its last owner lets go of it. Fails as GathererGroup::Add().
  absl::Status AddRegistry(const std::shared_ptr<Registry>& registry, GathererOptions options = {});

  /// What the page shows: registry(), and what a host adds to it. A Registry is better added by
  /// AddRegistry(), which maintains it too.
  GathererGroup& gatherers() { return *group_; }

  /// The tracer of a component; see TracerProvider::GetTracer(). Empty without tracing.
  Tracer GetTracer(std::string_view component);

  /// What makes the tracers; null without tracing.
  TracerProvider* tracer_provider();

  /// The traces that are kept; null where none are.
  std::shared_ptr<TraceStore> trace_store() const;

  /// Watches the host's components; null without health. It runs checks until Stop(): what they
  /// refer to lives until then.
  std::shared_ptr<HealthMonitor> health() const { return health_; }

  /// Moves windows on and removes idle series, of all registries. Only needed with a
  /// maintenance_interval of 0.
  void RunMaintenance();

  /// Port of the exporter; 0 without one, or on a unix socket.
  std::uint16_t port() const;

  /// Where the exporter is, for people, e.g. "http://127.0.0.1:9464"; empty without one.
  std::string url() const;

  /// Serves what is ready, and runs the checks that are due, for hosts that drive the exporter
  /// themselves (`http.io_threads` of 0). See net::HttpServer::Poll() and HealthMonitor::Poll().
  std::size_t Poll(std::chrono::milliseconds timeout);

  /// Stops the health monitor, where checks that hang are logged and left to themselves; tracing,
  /// where what was recorded still goes to the store and the collector; then the exporter, letting
  /// answers in progress finish within its `stop_timeout`, and the maintenance. The registry goes
  /// on. Returns at once when already stopped.
  void Stop();

 private:
  Telemetry(std::shared_ptr<Registry> registry, std::unique_ptr<Maintenance> maintenance);
  absl::Status Start(TelemetryOptions options);
  absl::Status StartHealth(const TelemetryOptions& options);
  absl::Status StartExporter(const TelemetryOptions& options, ExporterOptions exporter);

  const std::shared_ptr<Registry> registry_;
  const std::shared_ptr<GathererGroup> group_;
  const std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<Tracing> tracing_;
  std::shared_ptr<HealthMonitor> health_;
  HealthSubscription health_log_;
  std::shared_ptr<net::HttpServer> server_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TELEMETRY_TELEMETRY_H_
