#ifndef VITALS_SRC_NET_BEAST_REQUEST_H_
#define VITALS_SRC_NET_BEAST_REQUEST_H_

#include <optional>
#include <string_view>

#include "boost/beast/core/string.hpp"
#include "boost/beast/http/error.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "net/url.h"
#include "vitals/base/config.h"
#include "vitals/net/http_message.h"

/// \file
/// What the server reads from Beast's parser. Header only: Beast is slow to compile, so that one
/// translation unit includes it.

VITALS_NAMESPACE_BEGIN
namespace net {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

inline std::string_view ToView(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// The request as handlers see it, of views into the parser. Empty when the target is none.
inline std::optional<HttpRequest> ViewRequest(const Parser& parser) {
  const Parser::value_type& message = parser.get();
  HttpRequest request;
  request.method = ToView(message.method_string());
  request.target = ToView(message.target());
  const std::optional<TargetParts> parts = SplitTarget(request.target);
  if (!parts) return std::nullopt;
  request.path = parts->path;
  request.query = parts->query;
  request.body = message.body();
  for (const auto& field : message) {
    request.headers.emplace_back(ToView(field.name_string()), ToView(field.value()));
  }
  return request;
}

/// What Beast lets pass and HTTP does not: empty when the header is in order.
inline std::string_view HeaderFault(const Parser& parser) {
  const Parser::value_type& message = parser.get();
  if (message.version() == 11 && message.count(http::field::host) != 1) {
    return "HTTP/1.1 needs one Host header";
  }
  // The end of such a body cannot be known, so neither where the next request begins.
  if (message.count(http::field::transfer_encoding) != 0 && !parser.chunked()) {
    return "the only Transfer-Encoding spoken is chunked";
  }
  return {};
}

/// Whether the client waits for a word before it sends the body.
inline bool ExpectsContinue(const Parser& parser) {
  const Parser::value_type& message = parser.get();
  return message.version() == 11 &&
         boost::beast::iequals(message[http::field::expect], "100-continue");
}

/// Whether the bytes were no HTTP, or over a limit: not when the connection failed or ended.
inline bool IsMalformed(const boost::system::error_code& error) {
  static const boost::system::error_category& category =
      make_error_code(http::error::end_of_stream).category();
  return error.category() == category && error != http::error::end_of_stream;
}

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_BEAST_REQUEST_H_
