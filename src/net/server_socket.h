#ifndef VITALS_SRC_NET_SERVER_SOCKET_H_
#define VITALS_SRC_NET_SERVER_SOCKET_H_

#include <cstdint>
#include <utility>

#include "base/fork.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// A socket that is closed at exec, and in a fork child as those of ServerSocket are, for a library
/// that keeps descriptors by number. -1 on failure, with errno set.
int OpenTrackedSocket(int family, int type, int protocol);

/// Closes what OpenTrackedSocket() opened. Not in a fork child, where it is closed.
void CloseTrackedSocket(int fd) noexcept;

/// Owns a listening socket or a connection of a server: non-blocking, closed at exec. Every
/// descriptor that is open through this class is closed in a fork child, without a byte being
/// written and without asking any event loop, whose epoll set the child shares with its parent. One
/// lock is held around each opening and closing and around the fork, so that no descriptor is
/// missed and no number that was reused is closed. Distinct objects may be used by distinct
/// threads.
class ServerSocket {
 public:
  ServerSocket() = default;
  ServerSocket(ServerSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), fork_generation_(other.fork_generation_) {}
  ServerSocket& operator=(ServerSocket&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
      fork_generation_ = other.fork_generation_;
    }
    return *this;
  }
  ~ServerSocket() { Close(); }

  /// A stream socket of this address family. Empty on failure, with errno set.
  static ServerSocket Open(int family);

  /// The next connection that waits at this listening socket. Empty on failure, with errno set:
  /// EAGAIN when none waits.
  ServerSocket Accept() const;

  /// Closes; does nothing when empty. Keeps errno.
  void Close() noexcept;

  int fd() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  explicit ServerSocket(int fd) : fd_(fd), fork_generation_(base::ForkGeneration()) {}

  int fd_ = -1;
  std::uint64_t fork_generation_ = 0;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_SERVER_SOCKET_H_
