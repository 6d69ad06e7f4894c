#include "bench/fixed_page_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace bench {
namespace {

/// Answers until the client closes. Requests are small: each arrives as a whole.
void Serve(int connection, const std::string& answer) {
  std::array<char, 4096> request;
  while (recv(connection, request.data(), request.size(), 0) > 0) {
    for (std::size_t sent = 0; sent < answer.size();) {
      const ssize_t bytes =
          send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
      if (bytes <= 0) break;
      sent += static_cast<std::size_t>(bytes);
    }
  }
  close(connection);
}

}  // namespace

FixedPageServer::FixedPageServer(const std::string& body)
    : answer_("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic_address = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, generic_address, size) != 0 ||
      listen(listener_, SOMAXCONN) != 0 || getsockname(listener_, generic_address, &size) != 0) {
    return;
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

FixedPageServer::~FixedPageServer() {
  shutdown(listener_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  close(listener_);
}

void FixedPageServer::Accept() const {
  const auto answer = std::make_shared<const std::string>(answer_);
  for (;;) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    std::thread([connection, answer] { Serve(connection, *answer); }).detach();
  }
}

}  // namespace bench
