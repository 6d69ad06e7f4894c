// A host that includes the umbrella header, links everything and serves a page.

#include <cstdio>
#include <string>

#include "vitals/vitals.h"

int main() {
  vitals::TelemetryOptions options;
  options.exporter->http.port = 0;
  auto telemetry = vitals::Telemetry::Create(options);
  if (!telemetry.ok()) {
    std::fprintf(stderr, "%s\n", std::string(telemetry.status().message()).c_str());
    return 1;
  }
  return (*telemetry)->port() != 0 ? 0 : 1;
}
