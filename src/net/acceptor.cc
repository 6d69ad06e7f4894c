#include "net/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "boost/asio/post.hpp"
#include "fmt/format.h"
#include "net/http_connection.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// Connections taken in one go, so that a flood does not keep the loop from those it has.
constexpr int kAcceptBatch = 64;

// Without descriptors or memory: how long to wait before the next try, and between two messages.
constexpr std::chrono::milliseconds kPause(100);
constexpr std::chrono::seconds kLogInterval(10);

bool IsWantOfResources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(ServerCore& core, ServerSocket socket, int family)
    : core_(core),
      socket_(std::move(socket)),
      family_(family),
      strand_(boost::asio::make_strand(core.io)),
      watch_(strand_),
      pause_(strand_) {}

Acceptor::~Acceptor() { CloseNow(); }

absl::Status Acceptor::Start() {
  boost::system::error_code error;
  watch_.assign(socket_.fd(), error);
  if (error) {
    return absl::ResourceExhaustedError(
        fmt::format("cannot watch the listening socket: {}", error.message()));
  }
  WaitForConnection();
  return absl::OkStatus();
}

void Acceptor::Close() {
  boost::asio::post(strand_, [self = shared_from_this()] { self->CloseNow(); });
}

void Acceptor::CloseNow() {
  if (watch_.is_open()) watch_.release();
  pause_.cancel();
  socket_.Close();
}

void Acceptor::WaitForConnection() {
  watch_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](boost::system::error_code error) {
                      if (!error) self->AcceptWaiting();
                    });
}

void Acceptor::AcceptWaiting() {
  for (int i = 0; i < kAcceptBatch && socket_; ++i) {
    ServerSocket accepted = socket_.Accept();
    if (!accepted) {
      if (errno == EAGAIN) break;
      if (IsWantOfResources(errno)) return PauseAfter(errno);
      // Of a connection that is gone already.
      continue;
    }
    ServerCounters::Count(core_.counters.connections_accepted);
    if (family_ != AF_UNIX) {
      // A page's last, short segment must not wait for the client's acknowledgement.
      const int on = 1;
      ::setsockopt(accepted.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    const std::shared_ptr<HttpConnection> connection =
        MakeHttpConnection(core_, std::move(accepted), family_);
    if (connection == nullptr ||
        !core_.connections.Add(connection, core_.options.max_connections)) {
      ServerCounters::Count(core_.counters.connections_refused);
      continue;
    }
    connection->Start();
  }
  if (socket_) WaitForConnection();
}

void Acceptor::PauseAfter(int error) {
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_log_) {
    next_log_ = now + kLogInterval;
    Log(LogSeverity::kWarning, fmt::format("cannot accept connections for now: {}",
                                           std::generic_category().message(error)));
  }
  pause_.expires_after(kPause);
  pause_.async_wait([self = shared_from_this()](boost::system::error_code wait_error) {
    if (!wait_error && self->socket_) self->AcceptWaiting();
  });
}

}  // namespace net
VITALS_NAMESPACE_END
