#ifndef VITALS_BENCH_HTTP_CLIENT_H_
#define VITALS_BENCH_HTTP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// A client that costs as little as a client can, so that what is measured is the server: one
/// blocking socket to 127.0.0.1, kept from request to request as long as the server keeps it.
/// Bodies are read and thrown away. One request at a time; not thread-safe.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends a GET with these further header lines (each ending with CRLF) and reads the answer.
  /// Returns the size of the body as sent; nothing unless the answer is a whole 200 with a
  /// Content-Length.
  std::optional<std::size_t> Get(std::string_view path, std::string_view header_lines = {});

  /// How often it had to connect.
  std::size_t connections() const { return connections_; }

 private:
  bool Connect();
  void Close();
  bool SendAll(std::string_view bytes);
  std::optional<std::size_t> ReadAnswer();

  std::uint16_t port_;
  int socket_ = -1;
  std::size_t connections_ = 0;
  std::vector<char> buffer_;
};

}  // namespace bench

#endif  // VITALS_BENCH_HTTP_CLIENT_H_
