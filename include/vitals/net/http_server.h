#ifndef VITALS_NET_HTTP_SERVER_H_
#define VITALS_NET_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/net/http_router.h"

/// \file
/// A small HTTP/1.1 server for pages of a process: asynchronous, so that a client that stalls costs
/// memory and no thread; bounded in everything that a client decides.

VITALS_NAMESPACE_BEGIN
namespace net {

/// TLS of a server. Both files are PEM; TLS 1.2 is the oldest version spoken.
struct TlsOptions {
  std::string certificate_chain_file;
  std::string private_key_file;
};

/// Who may ask. With both kinds set, either opens the door. Compared in constant time, never
/// logged.
struct HttpAuthOptions {
  std::string basic_username = {};
  std::string basic_password = {};  ///< required when a user name is set
  std::string bearer_token = {};
  /// Paths that need no authentication, e.g. "/health" for a probe that cannot carry a secret.
  std::vector<std::string> exempt_paths = {};
};

/// Where a server listens and what it puts up with. Every limit answers or closes; none is ever
/// silent towards the client and the process at once. Times are at least 1 ms (stop_timeout: 0);
/// one beyond a year stands for never.
struct HttpServerOptions {
  /// An IPv4 or IPv6 address, e.g. "127.0.0.1", "::1", "0.0.0.0", "::". Ignored with a unix socket.
  std::string address = "127.0.0.1";
  /// 0 picks a free port; HttpServer::port() tells which.
  std::uint16_t port = 0;
  /// Path of a unix-domain socket to listen on instead. A socket that nobody listens on any more is
  /// replaced; the file is removed at the stop.
  std::string unix_socket_path = {};

  std::optional<TlsOptions> tls = {};        ///< plain HTTP without
  std::optional<HttpAuthOptions> auth = {};  ///< open without

  /// Threads that serve sockets. 0: none is started and the host calls HttpServer::Poll().
  std::size_t io_threads = 1;
  /// Requests of HttpExecution::kWorker answered at once, and the threads they run on. With
  /// io_threads == 0 such handlers run inside Poll().
  std::size_t max_concurrent_work = 4;
  /// Connections open at once; one more is closed at once.
  std::size_t max_connections = 256;
  std::size_t max_header_bytes = 16 * 1024;  ///< 431 beyond
  std::size_t max_body_bytes = 64 * 1024;    ///< 413 beyond
  /// From the first byte of a request, or the accept, to its last; 408 and close beyond.
  std::chrono::milliseconds request_timeout = std::chrono::seconds(10);
  /// Without progress in writing an answer, the connection is closed.
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
  /// To take a whole answer; a client that reads a little now and then is cut as well.
  std::chrono::milliseconds answer_timeout = std::chrono::minutes(2);
  /// Between two requests of one connection.
  std::chrono::milliseconds keep_alive_timeout = std::chrono::seconds(75);
  /// How long Stop() lets answers in progress finish before it closes their connections.
  std::chrono::milliseconds stop_timeout = std::chrono::seconds(5);
};

/// Counts of what a server did, for its metrics. Each only grows.
struct HttpServerStats {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  ///< beyond max_connections
  std::uint64_t requests = 0;
  std::uint64_t requests_rejected = 0;   ///< 503 beyond max_concurrent_work
  std::uint64_t requests_malformed = 0;  ///< not HTTP, or over a size limit
  std::uint64_t timeouts = 0;            ///< of requests, of writes
};

/// A running server. Thread-safe.
///
/// In a fork child the parent's server is off: its sockets are closed there without a byte being
/// written to them, port() stays readable, Stop() and the destructor return at once; Create() works
/// anew.
class VITALS_EXPORT HttpServer {
 public:
  /// Checks the options, binds, listens and starts the threads. When it fails nothing stays behind:
  /// no thread, no socket, no file.
  ///
  /// Errors name the option and the value: InvalidArgument for an address that is none, a
  /// certificate or key that cannot be read or do not belong together, a zero limit;
  /// AlreadyExists for a port or socket that is in use; PermissionDenied where the system refuses.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Create(HttpServerOptions options,
                                                            HttpRouter router);

  /// Stops, as Stop().
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port it listens on; 0 with a unix socket.
  std::uint16_t port() const;

  /// Where it is, for people: "http://127.0.0.1:9464", "https://[::1]:9464" or "unix:/run/x.sock".
  std::string url() const;

  /// Serves what is ready, waiting at most `timeout` for the first event. Returns the number of
  /// events handled. For hosts that set io_threads to 0; call it from one thread at a time.
  std::size_t Poll(std::chrono::milliseconds timeout);

  /// Closes the listening socket, lets answers in progress finish for at most stop_timeout, closes
  /// every connection and joins the threads. A handler that never returns does not hold it: its
  /// worker is left behind, owning all it touches, and that is logged. Returns at once when already
  /// stopped.
  void Stop();

  HttpServerStats stats() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_NET_HTTP_SERVER_H_
