#include "bench/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace bench {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

/// The value of a header in the head of an answer; empty without one.
std::string_view HeaderValue(std::string_view head, std::string_view name) {
  for (std::size_t line = head.find("\r\n"); line != std::string_view::npos;
       line = head.find("\r\n", line)) {
    line += 2;
    const std::size_t colon = line + name.size();
    if (colon >= head.size() || head[colon] != ':') continue;
    if (strncasecmp(head.data() + line, name.data(), name.size()) != 0) continue;
    const std::size_t value = head.find_first_not_of(' ', colon + 1);
    return head.substr(value, head.find("\r\n", value) - value);
  }
  return {};
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port) : port_(port), buffer_(kBufferBytes) {}

HttpClient::~HttpClient() { Close(); }

std::optional<std::size_t> HttpClient::Get(std::string_view path, std::string_view header_lines) {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  request.append(header_lines).append("\r\n");
  if (socket_ < 0 && !Connect()) return std::nullopt;
  std::optional<std::size_t> body_bytes;
  if (SendAll(request)) body_bytes = ReadAnswer();
  if (!body_bytes.has_value()) Close();
  return body_bytes;
}

bool HttpClient::Connect() {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    Close();
    return false;
  }
  ++connections_;
  return true;
}

void HttpClient::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

bool HttpClient::SendAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<std::size_t> HttpClient::ReadAnswer() {
  std::size_t filled = 0;
  std::size_t head_size = std::string_view::npos;
  while (head_size == std::string_view::npos) {
    const ssize_t got = recv(socket_, buffer_.data() + filled, buffer_.size() - filled, 0);
    if (got <= 0) return std::nullopt;
    filled += static_cast<std::size_t>(got);
    head_size = std::string_view(buffer_.data(), filled).find(kHeadEnd);
  }
  const std::string_view head(buffer_.data(), head_size);
  if (head.substr(head.find(' ') + 1, 3) != "200") return std::nullopt;
  const std::string_view length = HeaderValue(head, "Content-Length");
  const std::string_view connection = HeaderValue(head, "Connection");
  const bool closes =
      connection.size() == 5 && strncasecmp(connection.data(), "close", connection.size()) == 0;
  std::size_t body_bytes = 0;
  if (std::from_chars(length.data(), length.data() + length.size(), body_bytes).ec != std::errc()) {
    return std::nullopt;
  }
  std::size_t missing = body_bytes - (filled - head_size - kHeadEnd.size());
  while (missing > 0) {
    const ssize_t got = recv(socket_, buffer_.data(), std::min(missing, buffer_.size()), 0);
    if (got <= 0) return std::nullopt;
    missing -= static_cast<std::size_t>(got);
  }
  if (closes) Close();
  return body_bytes;
}

}  // namespace bench
