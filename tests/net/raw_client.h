#ifndef VITALS_TESTS_NET_RAW_CLIENT_H_
#define VITALS_TESTS_NET_RAW_CLIENT_H_

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitals_test {

/// One answer as it came over the wire.
struct RawResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The value of the first header of this exact name; empty without one.
  std::string Header(std::string_view name) const;
};

/// A blocking client that sends whatever bytes a test wants. Nothing waits longer than 20 s. Not
/// thread-safe.
class RawClient {
 public:
  /// Connects; connected() says whether it worked. `receive_buffer_bytes` other than 0 keeps the
  /// kernel from taking much of a page that nobody reads.
  static RawClient Tcp(std::uint16_t port, const char* address = "127.0.0.1",
                       int receive_buffer_bytes = 0);
  static RawClient Unix(const std::string& path);

  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&& other) = delete;
  ~RawClient();

  bool connected() const { return fd_ >= 0; }

  /// Speaks TLS from here on, at this version where it is not 0, trusting the certificates of
  /// `trusted_file` alone. False when the handshake fails.
  bool StartTls(const std::string& trusted_file, int version = 0);

  /// Sends all bytes. False when the server has closed.
  bool Send(std::string_view bytes);

  /// Sends a GET with this path and these further header lines, each ending in CRLF.
  bool SendGet(std::string_view path, std::string_view headers = "");

  /// Reads one answer; `head` when it answers a HEAD. Empty when the connection ends before.
  std::optional<RawResponse> Read(bool head = false);

  /// SendGet() and Read().
  std::optional<RawResponse> Get(std::string_view path, std::string_view headers = "");

  /// Whether the server closes, without a further byte, within 20 s.
  bool ReadsEnd();

  /// Whatever comes until the server closes.
  std::string ReadAll();

  /// Ends the sending half: the server reads an end of file.
  void ShutdownSending();

  /// Closes; with `reset` as a crashed client's kernel would.
  void Close(bool reset = false);

 private:
  explicit RawClient(int fd);
  /// Appends what comes next to received_. False at the end of the connection.
  bool Receive();

  int fd_ = -1;
  SSL_CTX* tls_context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string received_;
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_NET_RAW_CLIENT_H_
