#include "net/dispatch.h"

#include <exception>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "net/gzip.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

HttpResponse FailedHandler(const HttpRoute& route, std::string_view reason) {
  Log(LogSeverity::kError, fmt::format("handler of {} failed: {}", route.path, reason));
  return TextResponse(500, "internal error\n");
}

}  // namespace

std::variant<const HttpRoute*, HttpResponse> Dispatch(
    const HttpRequest& request, const HttpRouter& router,
    const std::optional<HttpAuthenticator>& authenticator) {
  if (authenticator && !authenticator->Allows(request.path, request.Header("Authorization"))) {
    HttpResponse response = TextResponse(401, "authentication required\n");
    for (std::string& challenge : authenticator->Challenges()) {
      response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
    }
    return response;
  }
  const HttpRoute* const route = router.Find(request.path, request.method);
  if (route != nullptr) return route;
  std::string methods = router.AllowedMethods(request.path);
  if (methods.empty()) return TextResponse(404, "not found\n");
  HttpResponse response = TextResponse(405, fmt::format("method not allowed: use {}\n", methods));
  response.headers.emplace_back("Allow", std::move(methods));
  return response;
}

HttpExecution ExecutionOf(const HttpRoute& route, const HttpRequest& request) {
  const bool needs_worker = route.needs_worker && route.needs_worker(request);
  return needs_worker ? HttpExecution::kWorker : route.execution;
}

HttpResponse RunHandler(const HttpRoute& route, const HttpRequest& request) {
  try {
    HttpResponse response = route.handler(request);
    if (response.status < 200 || response.status > 599) {
      return FailedHandler(route, fmt::format("it answered with status {}", response.status));
    }
    return response;
  } catch (const std::exception& error) {
    return FailedHandler(route, error.what());
  } catch (...) {
    return FailedHandler(route, "it threw what is no std::exception");
  }
}

void CompressBody(const HttpRequest& request, HttpResponse& response) {
  if (!response.allow_gzip || response.content().empty()) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request.Header("Accept-Encoding"))) return;
  absl::StatusOr<std::string> compressed = Gzip(response.content());
  if (!compressed.ok()) return;
  response.body = *std::move(compressed);
  response.shared_body = nullptr;
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace net
VITALS_NAMESPACE_END
