#ifndef VITALS_NET_HTTP_MESSAGE_H_
#define VITALS_NET_HTTP_MESSAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/base/config.h"

/// \file
/// A request and its answer, as handlers see them: plain values that know nothing of sockets.

VITALS_NAMESPACE_BEGIN
namespace net {

/// One received request. The views point into the connection's buffer: they live until the
/// response has been sent.
struct HttpRequest {
  std::string_view method;  ///< as sent, e.g. "GET"
  std::string_view target;  ///< as sent, e.g. "/metrics?name%5B%5D=up"
  std::string_view path;    ///< the target up to '?', not decoded
  std::string_view query;   ///< the target after '?', not decoded; empty without one
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  /// The value of the first header of this name, compared without case; empty without one.
  VITALS_EXPORT std::string_view Header(std::string_view name) const;
};

/// The answer to a request. The body is either owned (`body`) or shared (`shared_body`, used when
/// `body` is empty), so that a large page is encoded once into a reused buffer and never copied:
/// the buffer is released when the last byte has been written or the connection has been given up.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::shared_ptr<const std::string> shared_body;
  /// Further headers, e.g. {"Retry-After", "1"}. Names and values must be valid for HTTP.
  std::vector<std::pair<std::string, std::string>> headers;
  /// Compress the body with gzip where the client accepts it and a worker answers: it takes about
  /// 10 ms a megabyte, too long for the thread that serves the sockets.
  bool allow_gzip = false;

  std::string_view content() const { return body.empty() && shared_body ? *shared_body : body; }
};

/// A text answer with its status.
VITALS_EXPORT HttpResponse TextResponse(int status, std::string_view text);

/// Answers one request. What it throws becomes a 500 that does not show the text, which goes to
/// the log.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_NET_HTTP_MESSAGE_H_
