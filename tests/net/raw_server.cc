#include "tests/net/raw_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace vitals_test {
namespace {

constexpr timeval kPatience = {20, 0};

}  // namespace

bool RawConnection::Receive() {
  char buffer[16 * 1024];
  const ssize_t size = ::recv(fd_, buffer, sizeof(buffer), 0);
  if (size <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

std::string RawConnection::ReadRequest() {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Receive()) return std::exchange(received_, "");
  }
  std::size_t size = head_end + 4;
  constexpr std::string_view kLength = "Content-Length: ";
  if (const std::size_t at = received_.find(kLength); at < head_end) {
    size += std::strtoul(received_.c_str() + at + kLength.size(), nullptr, 10);
  }
  while (received_.size() < size && Receive()) {
  }
  std::string request = received_.substr(0, size);
  received_.erase(0, request.size());
  return request;
}

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool RawConnection::ReadsEnd() {
  char byte = 0;
  return received_.empty() && ::recv(fd_, &byte, 1, 0) == 0;
}

void RawConnection::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

RawServer::RawServer() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd_, generic, size) == 0 && ::listen(fd_, SOMAXCONN) == 0 &&
      ::getsockname(fd_, generic, &size) == 0) {
    port_ = ntohs(address.sin_port);
  }
}

std::string RawServer::Url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

RawConnection RawServer::Accept() {
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  }
  return RawConnection(fd);
}

bool RawServer::HasConnection() const {
  pollfd waiting = {fd_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

void RawServer::Interrupt() { ::shutdown(fd_, SHUT_RDWR); }

void RawServer::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace vitals_test
