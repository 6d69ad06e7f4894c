#include "tests/net/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace vitals_test {
namespace {

constexpr timeval kPatience = {20, 0};

int OpenSocket(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  return fd;
}

int Connect(int fd, const void* address, std::size_t size) {
  if (::connect(fd, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0) {
    return fd;
  }
  ::close(fd);
  return -1;
}

}  // namespace

std::string RawResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

RawClient RawClient::Tcp(std::uint16_t port, const char* address, int receive_buffer_bytes) {
  const bool is_ipv6 = std::strchr(address, ':') != nullptr;
  const int fd = OpenSocket(is_ipv6 ? AF_INET6 : AF_INET);
  if (receive_buffer_bytes != 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  if (is_ipv6) {
    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ::inet_pton(AF_INET6, address, &ipv6.sin6_addr);
    return RawClient(Connect(fd, &ipv6, sizeof(ipv6)));
  }
  sockaddr_in ipv4 = {};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &ipv4.sin_addr);
  return RawClient(Connect(fd, &ipv4, sizeof(ipv4)));
}

RawClient RawClient::Unix(const std::string& path) {
  sockaddr_un local = {};
  local.sun_family = AF_UNIX;
  path.copy(local.sun_path, sizeof(local.sun_path) - 1);
  return RawClient(Connect(OpenSocket(AF_UNIX), &local, sizeof(local)));
}

RawClient::RawClient(int fd) : fd_(fd) {}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      tls_context_(std::exchange(other.tls_context_, nullptr)),
      tls_(std::exchange(other.tls_, nullptr)),
      received_(std::move(other.received_)) {}

RawClient::~RawClient() { Close(); }

bool RawClient::StartTls(const std::string& trusted_file, int version) {
  tls_context_ = SSL_CTX_new(TLS_client_method());
  if (version != 0) {
    SSL_CTX_set_min_proto_version(tls_context_, version);
    SSL_CTX_set_max_proto_version(tls_context_, version);
    // Debian's default refuses to speak the versions that a test wants to see refused.
    SSL_CTX_set_cipher_list(tls_context_, "DEFAULT:@SECLEVEL=0");
  }
  SSL_CTX_load_verify_locations(tls_context_, trusted_file.c_str(), nullptr);
  SSL_CTX_set_verify(tls_context_, SSL_VERIFY_PEER, nullptr);
  tls_ = SSL_new(tls_context_);
  SSL_set_fd(tls_, fd_);
  return SSL_connect(tls_) == 1;
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ != nullptr
                          ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::SendGet(std::string_view path, std::string_view headers) {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: test\r\n").append(headers).append("\r\n");
  return Send(request);
}

bool RawClient::Receive() {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  const std::size_t before = received_.size();
  received_.resize(before + kChunkBytes);
  std::ptrdiff_t count = 0;
  do {
    errno = 0;
    count = tls_ != nullptr
                ? SSL_read(tls_, received_.data() + before, static_cast<int>(kChunkBytes))
                : ::recv(fd_, received_.data() + before, kChunkBytes, 0);
  } while (count < 0 && errno == EINTR);
  received_.resize(before + static_cast<std::size_t>(std::max<std::ptrdiff_t>(count, 0)));
  return count > 0;
}

std::optional<RawResponse> RawClient::Read(bool head) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Receive()) return std::nullopt;
  }
  RawResponse response;
  std::string_view lines = std::string_view(received_).substr(0, end + 2);
  response.status = std::atoi(received_.c_str() + std::strlen("HTTP/1.1 "));
  lines.remove_prefix(lines.find("\r\n") + 2);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    const std::size_t colon = line.find(": ");
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    lines.remove_prefix(line.size() + 2);
  }
  received_.erase(0, end + 4);
  if (head) return response;
  const std::size_t length = std::strtoull(response.Header("Content-Length").c_str(), nullptr, 10);
  received_.reserve(length);
  while (received_.size() < length) {
    if (!Receive()) return std::nullopt;
  }
  response.body = received_.substr(0, length);
  received_.erase(0, length);
  return response;
}

std::optional<RawResponse> RawClient::Get(std::string_view path, std::string_view headers) {
  if (!SendGet(path, headers)) return std::nullopt;
  return Read();
}

bool RawClient::ReadsEnd() {
  if (!received_.empty() || Receive()) return false;
  // A reset is an end too; a test that ran out of patience is none.
  return errno != EAGAIN;
}

std::string RawClient::ReadAll() {
  while (Receive()) {
  }
  return std::exchange(received_, "");
}

void RawClient::ShutdownSending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::Close(bool reset) {
  if (tls_ != nullptr) SSL_free(std::exchange(tls_, nullptr));
  if (tls_context_ != nullptr) SSL_CTX_free(std::exchange(tls_context_, nullptr));
  if (fd_ < 0) return;
  if (reset) {
    const linger at_once = {1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  ::close(std::exchange(fd_, -1));
}

}  // namespace vitals_test
