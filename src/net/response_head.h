#ifndef VITALS_SRC_NET_RESPONSE_HEAD_H_
#define VITALS_SRC_NET_RESPONSE_HEAD_H_

#include <ctime>
#include <string>

#include "vitals/base/config.h"
#include "vitals/net/http_message.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// What the connection, not the handler, decides about an answer.
struct ResponseFraming {
  bool keep_alive = false;
  bool http_1_0 = false;  ///< the request's version: keep-alive must then be said
  std::time_t now = 0;    ///< for the Date header, seconds since the epoch
};

/// Whether an answer of this status may have a body.
bool StatusHasBody(int status);

/// The status line and headers of `response`, up to and with the empty line. A header that would
/// break the framing (a line break in its value, a name that is none) is left out and logged.
std::string ResponseHead(const HttpResponse& response, const ResponseFraming& framing);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_RESPONSE_HEAD_H_
