#ifndef VITALS_API_ROUTES_H_
#define VITALS_API_ROUTES_H_

#include <memory>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/metrics/registry.h"
#include "vitals/net/http_router.h"

/// \file
/// The pages of a host, as routes of an HTTP router.

VITALS_NAMESPACE_BEGIN
namespace api {

/// How `/metrics` behaves.
struct MetricsPageOptions {
  /// Compress where the client accepts it.
  bool gzip = true;
  /// Answer 500 with the reasons when a collector or family had to be left out, instead of the page
  /// without it.
  bool fail_on_collector_error = false;
  /// Answer in OpenMetrics 1.0 who prefers it, as Prometheus does; all others get the text format
  /// 0.0.4.
  bool openmetrics = true;
  /// Show in OpenMetrics when each total began, as `_created` lines. Prometheus before 3.0 takes
  /// them for series of their own.
  bool created_samples = false;
  /// Where the route counts its scrapes in flight, their duration, size and status, as
  /// `vitals_exporter_...`; null for nowhere.
  std::shared_ptr<Registry> self_metrics = nullptr;
};

/// Adds `/metrics`: what `gatherer` gathers. A query of `name[]=x&name[]=y` leaves only the
/// families that have lines of these names. Fails with InvalidArgument when `gatherer` is null, and
/// as Registry does when `self_metrics` has other families of those names.
VITALS_EXPORT absl::Status AddMetricsRoute(std::shared_ptr<Gatherer> gatherer,
                                           MetricsPageOptions options, net::HttpRouter& router);

/// Adds `/`, an HTML page that links the routes that `router` has so far and that have a title. Add
/// it last.
VITALS_EXPORT absl::Status AddIndexRoute(net::HttpRouter& router);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_API_ROUTES_H_
