#include <memory>
#include <string>
#include <utility>

#include "api/content_negotiation.h"
#include "api/exporter_metrics.h"
#include "api/name_filter.h"
#include "api/page_pool.h"
#include "vitals/api/routes.h"
#include "vitals/exposition/openmetrics_encoder.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/scoped_timer.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

net::HttpResponse ErrorResponse(const Snapshot& snapshot) {
  std::string text = "metrics were left out:\n";
  for (const std::string& error : snapshot.errors()) text += error + '\n';
  return net::TextResponse(500, text);
}

// Answers scrapes. Thread-safe: each works in buffers of its own.
class MetricsHandler {
 public:
  MetricsHandler(std::shared_ptr<Gatherer> gatherer, MetricsPageOptions options,
                 const ExporterMetrics& metrics)
      : gatherer_(std::move(gatherer)), options_(std::move(options)), metrics_(metrics) {}

  net::HttpResponse Answer(const net::HttpRequest& request) {
    const InFlightGuard in_flight(metrics_.scrapes_in_flight);
    const ScopedTimer timer(metrics_.scrape_duration_seconds);
    const absl::StatusOr<NameFilter> filter = NameFilter::Create(request.query);
    if (!filter.ok()) {
      metrics_.bad_request.Increment();
      return net::TextResponse(400, std::string(filter.status().message()) + '\n');
    }
    const std::shared_ptr<ScrapeBuffers> buffers = pages_->Take();
    gatherer_->Gather(buffers->snapshot);
    metrics_.left_out.Increment(buffers->snapshot.errors().size());
    net::HttpResponse response;
    if (options_.fail_on_collector_error && !buffers->snapshot.errors().empty()) {
      metrics_.failed.Increment();
      response = ErrorResponse(buffers->snapshot);
    } else {
      metrics_.ok.Increment();
      filter->Apply(buffers->snapshot);
      response = Page(request, buffers);
    }
    // The page is all that is needed now: the series may change without copying their list.
    buffers->snapshot.Clear();
    return response;
  }

 private:
  net::HttpResponse Page(const net::HttpRequest& request,
                         const std::shared_ptr<ScrapeBuffers>& buffers) const {
    net::HttpResponse response;
    buffers->page.clear();
    if (options_.openmetrics &&
        NegotiateFormat(request.Header("Accept")) == ExpositionFormat::kOpenMetrics) {
      response.content_type = kOpenMetricsContentType;
      EncodeOpenMetrics(buffers->snapshot, {.created_samples = options_.created_samples},
                        buffers->page);
    } else {
      response.content_type = kTextContentType;
      EncodeText(buffers->snapshot, buffers->page);
    }
    metrics_.page_bytes.Observe(static_cast<double>(buffers->page.size()));
    response.headers.emplace_back("Vary", "Accept");
    response.allow_gzip = options_.gzip;
    response.shared_body = std::shared_ptr<const std::string>(buffers, &buffers->page);
    return response;
  }

  const std::shared_ptr<Gatherer> gatherer_;
  const MetricsPageOptions options_;
  const ExporterMetrics metrics_;
  const std::shared_ptr<PagePool> pages_ = std::make_shared<PagePool>();
};

}  // namespace

absl::Status AddMetricsRoute(std::shared_ptr<Gatherer> gatherer, MetricsPageOptions options,
                             net::HttpRouter& router) {
  if (gatherer == nullptr) return absl::InvalidArgumentError("the gatherer is null");
  // Where nobody wants them they are counted all the same, for nobody to see.
  if (options.self_metrics == nullptr) options.self_metrics = std::make_shared<Registry>();
  const auto metrics = ExporterMetrics::Create(*options.self_metrics);
  if (!metrics.ok()) return metrics.status();
  net::HttpRoute route;
  route.path = "/metrics";
  route.title = "Metrics, for Prometheus";
  route.execution = net::HttpExecution::kWorker;
  const auto handler =
      std::make_shared<MetricsHandler>(std::move(gatherer), std::move(options), *metrics);
  route.handler = [handler](const net::HttpRequest& request) { return handler->Answer(request); };
  return router.Add(std::move(route));
}

}  // namespace api
VITALS_NAMESPACE_END
