#ifndef VITALS_SRC_NET_DISPATCH_H_
#define VITALS_SRC_NET_DISPATCH_H_

#include <optional>
#include <variant>

#include "net/http_auth.h"
#include "vitals/base/config.h"
#include "vitals/net/http_message.h"
#include "vitals/net/http_router.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Decides who answers: a route, or at once a refusal (401, 404, 405). Authentication comes first,
/// so that a stranger does not learn which paths there are.
std::variant<const HttpRoute*, HttpResponse> Dispatch(
    const HttpRequest& request, const HttpRouter& router,
    const std::optional<HttpAuthenticator>& authenticator);

/// Where the route's handler runs for this request.
HttpExecution ExecutionOf(const HttpRoute& route, const HttpRequest& request);

/// Runs the route's handler. What it throws, or an answer that HTTP cannot carry, becomes a 500.
HttpResponse RunHandler(const HttpRoute& route, const HttpRequest& request);

/// Compresses the body where handler and client allow it; otherwise leaves it. Slow for large
/// bodies.
void CompressBody(const HttpRequest& request, HttpResponse& response);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_DISPATCH_H_
