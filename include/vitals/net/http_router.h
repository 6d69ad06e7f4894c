#ifndef VITALS_NET_HTTP_ROUTER_H_
#define VITALS_NET_HTTP_ROUTER_H_

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

/// One path and who answers it.
struct HttpRoute {
  std::string path;  ///< exact, e.g. "/metrics"
  HttpExecution execution = HttpExecution::kInline;
  HttpHandler handler;  ///< answers GET, and HEAD without its body
  std::string title;    ///< what the index page calls it; empty keeps it off that page
};

/// Maps exact paths to handlers. Fill it, then hand it to a server: it does not change while it
/// serves, so reading it needs no lock.
class VITALS_EXPORT HttpRouter {
 public:
  /// Adds a route. InvalidArgument when the path does not start with '/' or the handler is empty,
  /// AlreadyExists when the path is taken.
  absl::Status Add(HttpRoute route);

  /// The route of this path; null when there is none.
  const HttpRoute* Find(std::string_view path) const;

  /// All routes, in the order they were added.
  const std::vector<HttpRoute>& routes() const { return routes_; }

 private:
  std::vector<HttpRoute> routes_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_NET_HTTP_ROUTER_H_
