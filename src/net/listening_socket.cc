#include "net/listening_socket.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

absl::Status ErrnoStatus(int error, std::string_view what) {
  const std::string message = fmt::format("{}: {}", what, std::generic_category().message(error));
  switch (error) {
    case EADDRINUSE:
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EINVAL:
      return absl::InvalidArgumentError(message);
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

std::optional<SocketAddress> ParseIpv4(const std::string& address, std::uint16_t port) {
  SocketAddress result;
  auto* const ipv4 = reinterpret_cast<sockaddr_in*>(&result.storage);
  ipv4->sin_family = AF_INET;
  ipv4->sin_port = htons(port);
  result.size = sizeof(sockaddr_in);
  if (inet_pton(AF_INET, address.c_str(), &ipv4->sin_addr) != 1) return std::nullopt;
  return result;
}

// Takes a link-local scope too: "fe80::1%eth0".
std::optional<SocketAddress> ParseIpv6(const std::string& address, std::uint16_t port) {
  SocketAddress result;
  auto* const ipv6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
  ipv6->sin6_family = AF_INET6;
  ipv6->sin6_port = htons(port);
  result.size = sizeof(sockaddr_in6);
  const std::size_t percent = address.find('%');
  if (percent != std::string::npos) {
    ipv6->sin6_scope_id = if_nametoindex(address.c_str() + percent + 1);
    if (ipv6->sin6_scope_id == 0) return std::nullopt;
  }
  if (inet_pton(AF_INET6, address.substr(0, percent).c_str(), &ipv6->sin6_addr) != 1) {
    return std::nullopt;
  }
  return result;
}

std::uint16_t BoundPort(const ServerSocket& socket) {
  SocketAddress bound;
  bound.size = sizeof(bound.storage);
  if (getsockname(socket.fd(), bound.get(), &bound.size) != 0) return 0;
  return ntohs(bound.storage.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6*>(&bound.storage)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(&bound.storage)->sin_port);
}

absl::Status BindAndListen(const ServerSocket& socket, SocketAddress& address,
                           std::string_view where) {
  if (::bind(socket.fd(), address.get(), address.size) != 0 ||
      ::listen(socket.fd(), SOMAXCONN) != 0) {
    return ErrnoStatus(errno, fmt::format("cannot listen on {}", where));
  }
  return absl::OkStatus();
}

absl::StatusOr<ListeningSocket> ListenTcp(const HttpServerOptions& options) {
  const bool is_ipv6 = options.address.find(':') != std::string::npos;
  std::optional<SocketAddress> address =
      is_ipv6 ? ParseIpv6(options.address, options.port) : ParseIpv4(options.address, options.port);
  if (!address) {
    return absl::InvalidArgumentError(
        fmt::format("address '{}' is not an IP address: write it like 127.0.0.1 or ::1, without a "
                    "name, port or brackets",
                    options.address));
  }
  const std::string host = is_ipv6 ? fmt::format("[{}]", options.address) : options.address;
  const std::string where = fmt::format("{}:{}", host, options.port);
  ListeningSocket result;
  result.family = address->storage.ss_family;
  result.socket = ServerSocket::Open(result.family);
  if (!result.socket) return ErrnoStatus(errno, fmt::format("no socket for {}", where));
  // Lets a server start while old connections of its port linger; Linux still refuses a port that
  // someone listens on.
  const int on = 1;
  ::setsockopt(result.socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (is_ipv6) {
    // "::" serves IPv4 too, whatever the system's default is.
    const int off = 0;
    ::setsockopt(result.socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (absl::Status status = BindAndListen(result.socket, *address, where); !status.ok()) {
    return status;
  }
  result.port = BoundPort(result.socket);
  result.url = fmt::format("{}://{}:{}", options.tls ? "https" : "http", host, result.port);
  return result;
}

// Removes a socket file that nobody listens on any more. Fails when somebody does, or when the file
// is no socket.
absl::Status RemoveStaleSocket(const std::string& path, SocketAddress& address) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) {
    // What else is wrong with the path, bind() will say.
    return absl::OkStatus();
  }
  if (!S_ISSOCK(info.st_mode)) {
    return absl::AlreadyExistsError(
        fmt::format("unix_socket_path '{}' is a file that is no socket", path));
  }
  const ServerSocket probe = ServerSocket::Open(AF_UNIX);
  if (!probe) return ErrnoStatus(errno, fmt::format("no socket to try '{}'", path));
  const bool connected = ::connect(probe.fd(), address.get(), address.size) == 0;
  // EAGAIN: somebody listens, with a full queue.
  if (connected || errno == EAGAIN) {
    return absl::AlreadyExistsError(
        fmt::format("unix_socket_path '{}' is in use: another process listens on it", path));
  }
  if (errno != ECONNREFUSED) return ErrnoStatus(errno, fmt::format("cannot try '{}'", path));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, fmt::format("cannot remove the stale socket '{}'", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<ListeningSocket> ListenUnix(const HttpServerOptions& options) {
  const std::string& path = options.unix_socket_path;
  SocketAddress address;
  auto* const local = reinterpret_cast<sockaddr_un*>(&address.storage);
  local->sun_family = AF_UNIX;
  address.size = sizeof(sockaddr_un);
  if (path.size() >= sizeof(local->sun_path) || path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("unix_socket_path '{}' must be shorter than {} bytes, without a NUL", path,
                    sizeof(local->sun_path)));
  }
  std::copy(path.begin(), path.end(), local->sun_path);
  if (absl::Status status = RemoveStaleSocket(path, address); !status.ok()) return status;
  ListeningSocket result;
  result.family = AF_UNIX;
  result.socket = ServerSocket::Open(AF_UNIX);
  const std::string where = fmt::format("unix_socket_path '{}'", path);
  if (!result.socket) return ErrnoStatus(errno, fmt::format("no socket for {}", where));
  if (::bind(result.socket.fd(), address.get(), address.size) != 0) {
    return ErrnoStatus(errno, fmt::format("cannot listen on {}", where));
  }
  result.file = UnixSocketFile(path);
  if (::listen(result.socket.fd(), SOMAXCONN) != 0) {
    const int error = errno;
    result.file.Remove();
    return ErrnoStatus(error, fmt::format("cannot listen on {}", where));
  }
  result.url = fmt::format("unix:{}", path);
  return result;
}

}  // namespace

UnixSocketFile::UnixSocketFile(std::string path) : path_(std::move(path)) {
  struct stat info = {};
  if (::lstat(path_.c_str(), &info) == 0) {
    device_ = info.st_dev;
    inode_ = info.st_ino;
  }
}

void UnixSocketFile::Remove() {
  if (path_.empty()) return;
  struct stat info = {};
  if (::lstat(path_.c_str(), &info) == 0 && info.st_dev == device_ && info.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
  path_.clear();
}

absl::StatusOr<ListeningSocket> Listen(const HttpServerOptions& options) {
  return options.unix_socket_path.empty() ? ListenTcp(options) : ListenUnix(options);
}

}  // namespace net
VITALS_NAMESPACE_END
