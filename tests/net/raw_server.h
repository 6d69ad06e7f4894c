#ifndef VITALS_TESTS_NET_RAW_SERVER_H_
#define VITALS_TESTS_NET_RAW_SERVER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace vitals_test {

/// The server's side of a connection, which reads and sends what a test wants. Nothing waits longer
/// than 20 s. Not thread-safe.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  RawConnection(RawConnection&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  RawConnection& operator=(RawConnection&& other) = delete;
  ~RawConnection() { Close(); }

  bool connected() const { return fd_ >= 0; }

  /// One request with its head and the body that Content-Length announces; what came of it when the
  /// client closes before.
  std::string ReadRequest();

  /// False once the client has closed.
  bool Send(std::string_view bytes);

  /// Whether the client closes, without a further byte, within 20 s.
  bool ReadsEnd();

  void Close();

 private:
  bool Receive();

  int fd_;
  std::string received_;
};

/// Listens on a free port of 127.0.0.1. A client that connects is connected, also while nobody
/// calls Accept(): a server that hangs.
class RawServer {
 public:
  RawServer();
  ~RawServer() { Close(); }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }

  /// "http://127.0.0.1:<port>", with what follows.
  std::string Url(std::string_view path = "/") const;

  /// The next connection; one that is not connected when none comes within 20 s.
  RawConnection Accept();

  /// Whether a connection waits.
  bool HasConnection() const;

  /// From here on connections are refused.
  void Close();

  /// Ends an Accept() of another thread, and all that come after.
  void Interrupt();

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_NET_RAW_SERVER_H_
