#include "telemetry/server_collector.h"

#include <cstdint>

VITALS_NAMESPACE_BEGIN

std::vector<CollectedFamily> ServerCollector::Collect() {
  std::vector<CollectedFamily> families;
  const std::shared_ptr<const net::HttpServer> server = server_.lock();
  if (server == nullptr) return families;
  const auto add = [&](const char* name, const char* help, std::uint64_t value) {
    families.push_back({.name = name,
                        .help = help,
                        .type = MetricType::kCounter,
                        .samples = {{Labels(), static_cast<double>(value)}}});
  };
  const net::HttpServerStats stats = server->stats();
  add("vitals_http_connections_accepted_total", "Connections that were opened.",
      stats.connections_accepted);
  add("vitals_http_connections_refused_total", "Connections beyond max_connections.",
      stats.connections_refused);
  add("vitals_http_requests_total", "Requests that were read.", stats.requests);
  add("vitals_http_requests_rejected_total", "Requests beyond max_concurrent_work.",
      stats.requests_rejected);
  add("vitals_http_requests_malformed_total", "Requests that were not HTTP, or over a size limit.",
      stats.requests_malformed);
  add("vitals_http_timeouts_total", "Requests and answers that took too long.", stats.timeouts);
  return families;
}

VITALS_NAMESPACE_END
