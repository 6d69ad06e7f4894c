#ifndef VITALS_SRC_NET_HTTP_CONNECTION_H_
#define VITALS_SRC_NET_HTTP_CONNECTION_H_

#include <memory>

#include "net/server_core.h"
#include "net/server_socket.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// One client, from accept to close. Thread-safe: each call is passed on to the connection's
/// strand.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;

  /// Serves requests until either side is done. Called once, when it is in core.connections.
  virtual void Start() = 0;

  /// Closes once the answer in progress has been sent; at once without one.
  virtual void Finish() = 0;

  /// Closes at once; the client sees a reset.
  virtual void Abort() = 0;
};

/// A connection over `socket`, of this address family, with TLS when the core has it. Empty when
/// the event loop cannot take the socket.
std::shared_ptr<HttpConnection> MakeHttpConnection(ServerCore& core, ServerSocket socket,
                                                   int family);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_HTTP_CONNECTION_H_
