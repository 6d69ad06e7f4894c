#include "net/server_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_set>

#include "base/fork.h"
#include "base/mutex.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// Held across fork(). Nothing but the C library is called under it, so that it can wait for no one.
constinit base::Mutex table_mutex;

// Leaked: threads left behind may outlive static destructors.
std::unordered_set<int>& Table() VITALS_REQUIRES(table_mutex) {
  static auto* const table = new std::unordered_set<int>;
  return *table;
}

void BeforeFork() VITALS_NO_THREAD_SAFETY_ANALYSIS { table_mutex.Lock(); }

void AfterForkInParent() VITALS_NO_THREAD_SAFETY_ANALYSIS { table_mutex.Unlock(); }

void AfterForkInChild() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  for (const int fd : Table()) ::close(fd);
  Table().clear();
  table_mutex.Unlock();
}

void RegisterForkHandlersOnce() {
  [[maybe_unused]] static const bool registered = [] {
    base::AtFork({&BeforeFork, &AfterForkInParent, &AfterForkInChild});
    return true;
  }();
}

// Opens a descriptor by `open` and enters it in the table in one step, as a fork sees it.
template <typename OpenFunction>
int OpenTracked(OpenFunction open) {
  RegisterForkHandlersOnce();
  const base::MutexLock lock(table_mutex);
  const int fd = open();
  if (fd >= 0) Table().insert(fd);
  return fd;
}

}  // namespace

int OpenTrackedSocket(int family, int type, int protocol) {
  return OpenTracked([=] { return ::socket(family, type | SOCK_CLOEXEC, protocol); });
}

void CloseTrackedSocket(int fd) noexcept {
  const base::MutexLock lock(table_mutex);
  Table().erase(fd);
  ::close(fd);
}

ServerSocket ServerSocket::Open(int family) {
  return ServerSocket(OpenTrackedSocket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));
}

ServerSocket ServerSocket::Accept() const {
  return ServerSocket(OpenTracked(
      [this] { return ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }));
}

void ServerSocket::Close() noexcept {
  if (fd_ < 0) return;
  const int saved_errno = errno;
  // In a fork child the descriptor is closed and its number may belong to someone else.
  if (fork_generation_ == base::ForkGeneration()) CloseTrackedSocket(fd_);
  fd_ = -1;
  errno = saved_errno;
}

}  // namespace net
VITALS_NAMESPACE_END
