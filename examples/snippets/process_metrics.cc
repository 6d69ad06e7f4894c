#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "vitals/metrics/process_collector.h"
#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/process-metrics.md and of several registries, compiled and run.

namespace {

absl::Status ShowProcess(vitals::Registry& registry) {
  // [collector]
  absl::Status status = registry.AddCollector(std::make_shared<vitals::ProcessCollector>());
  status.Update(vitals::AddBuildInfo(registry, vitals::VitalsBuildInfo()));
  // [/collector]
  return status;
}

absl::StatusOr<std::unique_ptr<vitals::Telemetry>> Start() {
  // [build-info]
  vitals::TelemetryOptions options;
  options.build_info = vitals::BuildInfo{
      .name = "worker", .version = "1.4.2", .revision = "8f2c1d0", .branch = "main"};
  // [/build-info]
  options.exporter->http.port = 0;
  return vitals::Telemetry::Create(std::move(options));
}

// [group]
// A plugin has a registry of its own. Its metrics are on the host's page as long as it lives.
absl::Status ShowPlugin(vitals::Telemetry& telemetry, const std::string& name,
                        const std::shared_ptr<vitals::Registry>& plugin) {
  return telemetry.AddRegistry(plugin, {.prefix = "plugin_", .const_labels = {{"plugin", name}}});
}
// [/group]

}  // namespace

int main() {
  vitals::Registry registry;
  const auto telemetry = Start();
  if (!ShowProcess(registry).ok() || !telemetry.ok()) return 1;
  const auto plugin = std::make_shared<vitals::Registry>();
  plugin->AddCounter({.name = "calls_total", .help = "Calls."}).value().Increment();
  if (!ShowPlugin(**telemetry, "resize", plugin).ok()) return 1;

  vitals::Snapshot snapshot;
  (*telemetry)->gatherers().Gather(snapshot);
  std::string page;
  vitals::EncodeText(snapshot, page);
  std::cout << page;
  return page.find("plugin_calls_total{plugin=\"resize\"} 1\n") == std::string::npos ? 1 : 0;
}
