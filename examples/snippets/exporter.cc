#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/exporter.md, compiled and run.

namespace {

using TelemetryOr = absl::StatusOr<std::unique_ptr<vitals::Telemetry>>;

TelemetryOr ServeWithTls(const std::string& certificate, const std::string& key,
                         const std::string& token) {
  // [tls]
  vitals::TelemetryOptions options;
  options.exporter->http.address = "0.0.0.0";
  options.exporter->http.tls = {.certificate_chain_file = certificate, .private_key_file = key};
  options.exporter->http.auth = {.bearer_token = token, .exempt_paths = {"/health"}};
  auto telemetry = vitals::Telemetry::Create(std::move(options));
  // [/tls]
  return telemetry;
}

TelemetryOr ServeOnUnixSocket(const std::string& path) {
  // [unix]
  vitals::TelemetryOptions options;
  options.exporter->http.unix_socket_path = path;
  auto telemetry = vitals::Telemetry::Create(std::move(options));
  // [/unix]
  return telemetry;
}

}  // namespace

// Takes the path of a socket to make. A certificate that is not there is an error that says so.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: exporter SOCKET\n";
    return 2;
  }
  const TelemetryOr refused =
      ServeWithTls("/nonexistent/cert.pem", "/nonexistent/key.pem", "token");
  std::cout << refused.status().message() << '\n';
  const TelemetryOr served = ServeOnUnixSocket(argv[1]);
  if (!served.ok()) {
    std::cerr << served.status().message() << '\n';
    return 1;
  }
  std::cout << (*served)->url() << '\n';
  return refused.ok() ? 1 : 0;
}
