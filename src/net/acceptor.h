#ifndef VITALS_SRC_NET_ACCEPTOR_H_
#define VITALS_SRC_NET_ACCEPTOR_H_

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "boost/asio/posix/basic_stream_descriptor.hpp"
#include "boost/asio/steady_timer.hpp"
#include "net/server_core.h"
#include "net/server_socket.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Accepts connections until it is closed. Owned by the operation that waits for the next one.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(ServerCore& core, ServerSocket socket, int family);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Hands the socket to the event loop and begins. Fails when the loop cannot take it.
  absl::Status Start();

  /// Stops listening. Thread-safe; passed on to the acceptor's strand.
  void Close();

 private:
  void WaitForConnection();
  void AcceptWaiting();
  void PauseAfter(int error);
  void CloseNow();

  ServerCore& core_;
  ServerSocket socket_;
  const int family_;
  Strand strand_;
  // Watches the socket, and never reads, writes or closes it.
  boost::asio::posix::basic_stream_descriptor<Strand> watch_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Strand>
      pause_;
  std::chrono::steady_clock::time_point next_log_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_ACCEPTOR_H_
