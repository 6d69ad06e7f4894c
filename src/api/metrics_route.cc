#include <memory>
#include <string>
#include <utility>

#include "api/page_pool.h"
#include "vitals/api/routes.h"
#include "vitals/exposition/text_encoder.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

net::HttpResponse ErrorResponse(const Snapshot& snapshot) {
  std::string text = "metrics were left out:\n";
  for (const std::string& error : snapshot.errors()) text += error + '\n';
  return net::TextResponse(500, text);
}

net::HttpResponse Scrape(Gatherer& gatherer, const MetricsPageOptions& options, PagePool& pool) {
  const std::shared_ptr<ScrapeBuffers> buffers = pool.Take();
  gatherer.Gather(buffers->snapshot);
  if (options.fail_on_collector_error && !buffers->snapshot.errors().empty()) {
    net::HttpResponse response = ErrorResponse(buffers->snapshot);
    buffers->snapshot.Clear();
    return response;
  }
  buffers->page.clear();
  EncodeText(buffers->snapshot, buffers->page);
  // The page is all that is needed now: the series may change without copying their list.
  buffers->snapshot.Clear();

  net::HttpResponse response;
  response.content_type = kTextContentType;
  response.allow_gzip = options.gzip;
  response.shared_body = std::shared_ptr<const std::string>(buffers, &buffers->page);
  return response;
}

}  // namespace

absl::Status AddMetricsRoute(std::shared_ptr<Gatherer> gatherer, const MetricsPageOptions& options,
                             net::HttpRouter& router) {
  if (gatherer == nullptr) return absl::InvalidArgumentError("the gatherer is null");
  net::HttpRoute route;
  route.path = "/metrics";
  route.title = "Metrics, for Prometheus";
  route.execution = net::HttpExecution::kWorker;
  route.handler = [gatherer = std::move(gatherer), options, pool = std::make_shared<PagePool>()](
                      const net::HttpRequest&) { return Scrape(*gatherer, options, *pool); };
  return router.Add(std::move(route));
}

}  // namespace api
VITALS_NAMESPACE_END
