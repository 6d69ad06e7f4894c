#ifndef VITALS_SRC_NET_LISTENING_SOCKET_H_
#define VITALS_SRC_NET_LISTENING_SOCKET_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "net/server_socket.h"
#include "vitals/base/config.h"
#include "vitals/net/http_server.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// The file of a unix-domain socket, removed by Remove() as long as it is still the one that was
/// made.
class UnixSocketFile {
 public:
  UnixSocketFile() = default;
  /// Remembers the file at `path`.
  explicit UnixSocketFile(std::string path);
  /// Removes the file unless another one has taken its place. Does nothing the second time.
  void Remove();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A socket that listens, and what is known of it.
struct ListeningSocket {
  ServerSocket socket;
  UnixSocketFile file;  ///< empty for TCP
  int family = 0;
  std::uint16_t port = 0;
  std::string url;
};

/// Opens what the options name. Errors as HttpServer::Create().
absl::StatusOr<ListeningSocket> Listen(const HttpServerOptions& options);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_LISTENING_SOCKET_H_
