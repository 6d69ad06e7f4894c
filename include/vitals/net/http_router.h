#ifndef VITALS_NET_HTTP_ROUTER_H_
#define VITALS_NET_HTTP_ROUTER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/net/http_message.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Where a handler runs.
enum class HttpExecution {
  /// On the thread that serves the sockets: for answers that are ready at once. Such a handler must
  /// never wait, since every connection waits with it.
  kInline,
  /// On a worker thread, at most HttpServerOptions::max_concurrent_work of them at once, counted
  /// until the answer has been written; a request beyond that is answered 503 with Retry-After.
  kWorker,
};

/// One path, one method, and who answers it.
struct HttpRoute {
  /// Exact, e.g. "/metrics"; or with "/*" at its end, for every path below it, e.g. "/traces/*" for
  /// "/traces/7" and "/traces/7/spans", but neither "/traces" nor "/traces/".
  std::string path;
  HttpExecution execution = HttpExecution::kInline;
  HttpHandler handler;
  std::string title;  ///< what the index page calls it; empty keeps it off that page
  /// The one that it answers, e.g. "POST". A route of GET answers HEAD too, without the body.
  std::string method = "GET";
  /// Which requests of a route of HttpExecution::kInline a worker answers all the same, because
  /// they take longer than others. Asked on the thread that serves the sockets, as a handler of
  /// kInline is; must not throw. Empty for none.
  std::function<bool(const HttpRequest&)> needs_worker = {};
};

/// Maps paths and methods to handlers. The routes of a path are those for it exactly; without any,
/// those of the longest path with "/*" that it is below. Where they do not have the method, no
/// other route answers. Fill it, then hand it to a server: it does not change while it serves, so
/// reading it needs no lock.
class VITALS_EXPORT HttpRouter {
 public:
  /// Adds a route. InvalidArgument when the path does not start with '/' or has a '*' elsewhere
  /// than in "/*" at its end, the handler is empty, or the method is not upper-case letters or is
  /// HEAD; AlreadyExists when path and method are taken.
  absl::Status Add(HttpRoute route);

  /// The route that answers this path and method; null when there is none.
  const HttpRoute* Find(std::string_view path, std::string_view method = "GET") const;

  /// What this path answers, as the header Allow has it: "GET, HEAD, POST". Empty for a path
  /// without routes.
  std::string AllowedMethods(std::string_view path) const;

  /// All routes, in the order they were added.
  const std::vector<HttpRoute>& routes() const { return routes_; }

 private:
  // HttpRoute::path of the routes that are this path's; empty for none.
  std::string_view PatternOf(std::string_view path) const;

  std::vector<HttpRoute> routes_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_NET_HTTP_ROUTER_H_
