#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "vitals/api/health_routes.h"
#include "vitals/health/health_monitor.h"

// What a client asks of the pages of health, as a query of each, as the name of a component and as
// the header Accept: any bytes get an answer in its form.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

vitals::net::HttpRouter MakeRouter() {
  const auto monitor = vitals::HealthMonitor::Create({.host_driven = true}).value();
  const vitals::HealthReporterOptions options = {.max_age = std::chrono::nanoseconds(0),
                                                 .groups = {"ready", "a"}};
  for (const char* const name : {"a", "a/b", "c"}) {
    monitor->AddReporter(name, options)->Report(vitals::HealthStatus::kDegraded, "slow");
  }
  vitals::net::HttpRouter router;
  Require(vitals::api::AddHealthRoutes(monitor, router).ok());
  return router;
}

void Ask(std::string_view path, std::string_view query, std::string_view accept,
         std::string_view form) {
  static const vitals::net::HttpRouter router = MakeRouter();
  vitals::net::HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  request.headers.emplace_back("Accept", accept);
  const vitals::net::HttpRoute* const route = router.Find(path);
  if (route == nullptr) return;
  if (route->needs_worker) route->needs_worker(request);
  const vitals::net::HttpResponse response = route->handler(request);
  Require(response.status == 200 || response.status == 400 || response.status == 404);
  const std::string_view page = response.content();
  if (response.status != 200) form = R"({"status":"error","errorType":")";
  Require(page.starts_with(form));
  Require(page.ends_with('}'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view name = text.substr(0, text.find('?'));
  const std::string_view query = text.substr(std::min(name.size() + 1, text.size()));
  // Of both media types.
  constexpr std::string_view kForm = R"({"status":")";
  Ask("/livez", text, text, R"({"status":"healthy"})");
  Ask("/health", query, name, kForm);
  Ask("/readyz", query, name, kForm);
  Ask("/health/" + std::string(name), query, /*accept=*/{}, kForm);
  Ask("/api/v1/health/history", query, name, R"({"status":"success","data":[)");
  return 0;
}
