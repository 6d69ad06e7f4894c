#ifndef VITALS_SRC_NET_STREAM_CONNECTION_H_
#define VITALS_SRC_NET_STREAM_CONNECTION_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "boost/asio/basic_stream_socket.hpp"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/generic/stream_protocol.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/ssl/stream.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "net/beast_request.h"
#include "net/deadline.h"
#include "net/http_connection.h"
#include "net/server_core.h"
#include "net/server_socket.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

namespace asio = boost::asio;
using boost::system::error_code;

// TCP and unix-domain sockets alike, so that one instantiation serves both.
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Strand>;
using TlsStream = asio::ssl::stream<Socket>;

// What Beast reads ahead of the parser, beyond the header itself.
inline constexpr std::size_t kReadAheadBytes = 128 * 1024;

/// An HttpConnection over one kind of stream. Everything runs on its strand, but for the handler
/// that a worker runs: it reads request_ while nothing else touches that.
///
///     kHandshake -> kReading -> kHandling -> kWriting -> kIdle -> kReading ...
///                       |                       ^  |
///                       +---- bad or late ------+  +--> kLingering -> kClosed (from anywhere)
template <typename Stream>
class StreamConnection final : public HttpConnection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
 public:
  template <typename... TlsContext>
  StreamConnection(ServerCore& core, ServerSocket socket, TlsContext&... tls)
      : core_(core),
        socket_(std::move(socket)),
        strand_(asio::make_strand(core.io)),
        stream_(Socket(strand_), tls...),
        buffer_(core.options.max_header_bytes + kReadAheadBytes),
        deadline_(strand_) {}

  ~StreamConnection() override { Close(); }
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;

  /// False when the event loop cannot take the socket.
  bool Assign(int family) {
    error_code error;
    socket().assign(asio::generic::stream_protocol(family, 0), socket_.fd(), error);
    return !error;
  }

  void Start() override {
    asio::post(strand_, [self = Self()] { self->Begin(); });
  }

  void Finish() override {
    asio::post(strand_, [self = Self()] {
      if (self->state_ != State::kHandling && self->state_ != State::kWriting) self->Close();
    });
  }

  void Abort() override {
    asio::post(strand_, [self = Self()] { self->Reset(); });
  }

  void OnDeadline();

 private:
  enum class State {
    kHandshake,  // of TLS
    kReading,    // a request, from its first byte, or from the accept
    kIdle,       // between two requests
    kHandling,   // a handler runs, or waits for its worker
    kWriting,    // the answer
    kLingering,  // the last answer is written: see kLingerTimeout
    kClosed,     // only what is queued already still refers to this
  };

  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  std::shared_ptr<StreamConnection> Self() { return this->shared_from_this(); }

  Socket& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // A completion handler that calls `method` unless the connection has been closed meanwhile.
  template <typename... Arguments>
  auto Then(void (StreamConnection::*method)(Arguments...)) {
    return [self = Self(), method](Arguments... arguments) {
      if (self->state_ != State::kClosed) ((*self).*method)(arguments...);
    };
  }

  void Begin();
  void OnHandshake(error_code error);

  void ReadRequest();
  void OnFirstBytes(error_code error, std::size_t bytes);
  void OnHeader(error_code error, std::size_t bytes);
  void OnContinueWritten(error_code error, std::size_t bytes);
  void OnRequest(error_code error, std::size_t bytes);
  void OnReadFailure(error_code error);
  void RefuseMalformed(int status, std::string_view reason);

  void Handle();
  void RunRoute(const HttpRoute& route);
  void Submit(const HttpRoute& route);
  void OnWorkDone(HttpResponse response);

  void Respond(HttpResponse response, bool keep_alive);
  void WriteSome();
  void OnWritten(error_code error, std::size_t bytes);
  void OnAnswered();

  void Linger();
  void OnTlsShutdown(error_code error);
  void Drain();
  void OnDrained(error_code error, std::size_t bytes);
  void Reset();
  void Close();

  ServerCore& core_;
  ServerSocket socket_;  // the descriptor that stream_ uses and never closes
  Strand strand_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  Deadline deadline_;
  State state_ = State::kHandshake;
  bool timed_out_ = false;

  std::optional<Parser> parser_;
  HttpRequest request_;
  std::uint64_t requests_ = 0;
  // Keeps the event loop running while the answer is a worker's to give.
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> awaited_work_;

  HttpResponse response_;
  std::string head_;
  std::array<asio::const_buffer, 2> unwritten_;
  std::chrono::steady_clock::time_point answer_by_;
  bool keep_alive_ = false;
  // Held until the answer is written or given up: this bounds the pages in memory.
  std::optional<WorkPermit> permit_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_STREAM_CONNECTION_H_
