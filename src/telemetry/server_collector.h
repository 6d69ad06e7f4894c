#ifndef VITALS_SRC_TELEMETRY_SERVER_COLLECTOR_H_
#define VITALS_SRC_TELEMETRY_SERVER_COLLECTOR_H_

#include <memory>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"
#include "vitals/net/http_server.h"

VITALS_NAMESPACE_BEGIN

/// Shows what an HTTP server did, as `vitals_http_...`, for as long as it lives.
class ServerCollector final : public Collector {
 public:
  explicit ServerCollector(std::weak_ptr<const net::HttpServer> server)
      : server_(std::move(server)) {}

  std::vector<CollectedFamily> Collect() override;

 private:
  const std::weak_ptr<const net::HttpServer> server_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_SERVER_COLLECTOR_H_
