#include "net/http_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <variant>

#include "boost/asio/write.hpp"
#include "boost/beast/http/read.hpp"
#include "fmt/format.h"
#include "net/dispatch.h"
#include "net/response_head.h"
#include "net/stream_connection.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// How long a connection that is over waits for its client to read the last answer and close.
// Closing while bytes of the client are unread would reset the connection and take that answer with
// it.
constexpr std::chrono::milliseconds kLingerTimeout(1000);

constexpr std::chrono::milliseconds kCancelInterval(10);

}  // namespace

template <typename Stream>
void StreamConnection<Stream>::Begin() {
  if (state_ == State::kClosed) return;
  // A stop that took its list of connections before this one was in it.
  if (core_.stopping) return Close();
  deadline_.Set(core_.options.request_timeout, Self());
  if constexpr (kIsTls) {
    stream_.async_handshake(asio::ssl::stream_base::server, Then(&StreamConnection::OnHandshake));
  } else {
    ReadRequest();
  }
}

template <typename Stream>
void StreamConnection<Stream>::OnHandshake(error_code error) {
  if (error) return Close();
  ReadRequest();
}

template <typename Stream>
void StreamConnection<Stream>::ReadRequest() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_.options.max_header_bytes));
  parser_->body_limit(core_.options.max_body_bytes);
  if (buffer_.size() != 0) return OnFirstBytes({}, 0);
  state_ = requests_ == 0 ? State::kReading : State::kIdle;
  if (state_ == State::kIdle) deadline_.Set(core_.options.keep_alive_timeout, Self());
  constexpr std::size_t kFirstReadBytes = 1024;
  stream_.async_read_some(buffer_.prepare(kFirstReadBytes), Then(&StreamConnection::OnFirstBytes));
}

template <typename Stream>
void StreamConnection<Stream>::OnFirstBytes(error_code error, std::size_t bytes) {
  if (timed_out_ || error) return OnReadFailure(error);
  buffer_.commit(bytes);
  if (requests_ != 0) deadline_.Set(core_.options.request_timeout, Self());
  state_ = State::kReading;
  http::async_read_header(stream_, buffer_, *parser_, Then(&StreamConnection::OnHeader));
}

template <typename Stream>
void StreamConnection<Stream>::OnHeader(error_code error, std::size_t /*bytes*/) {
  if (timed_out_ || error) return OnReadFailure(error);
  if (const std::string_view fault = HeaderFault(*parser_); !fault.empty()) {
    return RefuseMalformed(400, fault);
  }
  if (parser_->is_done()) return OnRequest({}, 0);
  if (ExpectsContinue(*parser_)) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    return asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                             Then(&StreamConnection::OnContinueWritten));
  }
  http::async_read(stream_, buffer_, *parser_, Then(&StreamConnection::OnRequest));
}

template <typename Stream>
void StreamConnection<Stream>::OnContinueWritten(error_code error, std::size_t /*bytes*/) {
  if (timed_out_ || error) return OnReadFailure(error);
  http::async_read(stream_, buffer_, *parser_, Then(&StreamConnection::OnRequest));
}

template <typename Stream>
void StreamConnection<Stream>::OnRequest(error_code error, std::size_t /*bytes*/) {
  if (timed_out_ || error) return OnReadFailure(error);
  deadline_.Clear();
  std::optional<HttpRequest> request = ViewRequest(*parser_);
  if (!request) return RefuseMalformed(400, "the target must be a path");
  request_ = *std::move(request);
  ++requests_;
  ServerCounters::Count(core_.counters.requests);
  Handle();
}

template <typename Stream>
void StreamConnection<Stream>::OnReadFailure(error_code error) {
  if (timed_out_) {
    return Respond(TextResponse(408, "the request took too long\n"), /*keep_alive=*/false);
  }
  if (!IsMalformed(error)) return Close();
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return RefuseMalformed(
        431, fmt::format("the header must be at most {} bytes", core_.options.max_header_bytes));
  }
  if (error == http::error::body_limit) {
    return RefuseMalformed(
        413, fmt::format("the body must be at most {} bytes", core_.options.max_body_bytes));
  }
  RefuseMalformed(400, error.message());
}

template <typename Stream>
void StreamConnection<Stream>::RefuseMalformed(int status, std::string_view reason) {
  ServerCounters::Count(core_.counters.requests_malformed);
  Respond(TextResponse(status, fmt::format("malformed request: {}\n", reason)),
          /*keep_alive=*/false);
}

template <typename Stream>
void StreamConnection<Stream>::Handle() {
  state_ = State::kHandling;
  std::variant<const HttpRoute*, HttpResponse> decision =
      Dispatch(request_, core_.router, core_.authenticator);
  if (auto* const refusal = std::get_if<HttpResponse>(&decision)) {
    return Respond(std::move(*refusal), parser_->keep_alive());
  }
  const HttpRoute& route = *std::get<const HttpRoute*>(decision);
  if (ExecutionOf(route, request_) == HttpExecution::kWorker) {
    permit_ = WorkPermit::TryAcquire(core_.work_in_use, core_.options.max_concurrent_work);
    if (!permit_) {
      ServerCounters::Count(core_.counters.requests_rejected);
      HttpResponse busy = TextResponse(503, "too many requests of this kind at once\n");
      busy.headers.emplace_back("Retry-After", "1");
      return Respond(std::move(busy), parser_->keep_alive());
    }
    if (core_.options.io_threads != 0) return Submit(route);
  }
  RunRoute(route);
}

template <typename Stream>
void StreamConnection<Stream>::RunRoute(const HttpRoute& route) {
  HttpResponse response = RunHandler(route, request_);
  // Only requests for workers have one.
  if (permit_) CompressBody(request_, response);
  // The child of a handler that forked: the socket is closed there.
  if (core_.IsOffAfterFork()) return;
  Respond(std::move(response), parser_->keep_alive());
}

template <typename Stream>
void StreamConnection<Stream>::Submit(const HttpRoute& route) {
  awaited_work_.emplace(core_.io.get_executor());
  core_.workers.Submit([core = core_.shared_from_this(), self = Self(), &route]() mutable {
    HttpResponse response = RunHandler(route, self->request_);
    CompressBody(self->request_, response);
    if (core->IsOffAfterFork()) return;
    asio::post(self->strand_, [self, response = std::move(response)]() mutable {
      self->OnWorkDone(std::move(response));
    });
    // Before the core, to which it refers.
    self.reset();
  });
}

template <typename Stream>
void StreamConnection<Stream>::OnWorkDone(HttpResponse response) {
  if (state_ == State::kClosed) return;
  awaited_work_.reset();
  Respond(std::move(response), parser_->keep_alive());
}

template <typename Stream>
void StreamConnection<Stream>::Respond(HttpResponse response, bool keep_alive) {
  state_ = State::kWriting;
  timed_out_ = false;
  response_ = std::move(response);
  keep_alive_ = keep_alive && !core_.stopping;
  head_ =
      ResponseHead(response_, {keep_alive_, parser_->get().version() == 10, std::time(nullptr)});
  std::string_view body;
  if (StatusHasBody(response_.status) && parser_->get().method() != http::verb::head) {
    body = response_.content();
  }
  unwritten_ = {asio::buffer(head_), asio::buffer(body.data(), body.size())};
  answer_by_ = std::chrono::steady_clock::now() + core_.options.answer_timeout;
  WriteSome();
}

template <typename Stream>
void StreamConnection<Stream>::WriteSome() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      answer_by_ - std::chrono::steady_clock::now());
  deadline_.Set(std::min(core_.options.write_timeout, left), Self());
  stream_.async_write_some(unwritten_, Then(&StreamConnection::OnWritten));
}

template <typename Stream>
void StreamConnection<Stream>::OnWritten(error_code error, std::size_t bytes) {
  if (error) return Reset();
  for (asio::const_buffer& part : unwritten_) {
    const std::size_t written = std::min(bytes, part.size());
    part += written;
    bytes -= written;
  }
  if (asio::buffer_size(unwritten_) != 0) return WriteSome();
  OnAnswered();
}

template <typename Stream>
void StreamConnection<Stream>::OnAnswered() {
  deadline_.Clear();
  response_ = HttpResponse();
  permit_.reset();
  if (!keep_alive_) return Linger();
  if (core_.stopping) return Close();
  ReadRequest();
}

template <typename Stream>
void StreamConnection<Stream>::Linger() {
  if (core_.stopping) return Close();
  state_ = State::kLingering;
  deadline_.Set(kLingerTimeout, Self());
  if constexpr (kIsTls) {
    stream_.async_shutdown(Then(&StreamConnection::OnTlsShutdown));
  } else {
    error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
    Drain();
  }
}

template <typename Stream>
void StreamConnection<Stream>::OnTlsShutdown(error_code /*error*/) {
  Close();
}

template <typename Stream>
void StreamConnection<Stream>::Drain() {
  constexpr std::size_t kDrainBytes = 4096;
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kDrainBytes), Then(&StreamConnection::OnDrained));
}

template <typename Stream>
void StreamConnection<Stream>::OnDrained(error_code error, std::size_t /*bytes*/) {
  if (error) return Close();
  Drain();
}

template <typename Stream>
void StreamConnection<Stream>::OnDeadline() {
  switch (state_) {
    case State::kReading:
      if (!timed_out_) ServerCounters::Count(core_.counters.timeouts);
      // The read that this ends answers the client. One that is between two steps does not notice,
      // and is cancelled again.
      timed_out_ = true;
      socket().cancel();
      return deadline_.Set(kCancelInterval, Self());
    case State::kHandshake:
      ServerCounters::Count(core_.counters.timeouts);
      return Close();
    case State::kWriting:
      ServerCounters::Count(core_.counters.timeouts);
      return Reset();
    case State::kIdle:
    case State::kLingering:
      return Close();
    case State::kHandling:
    case State::kClosed:
      return;
  }
}

template <typename Stream>
void StreamConnection<Stream>::Reset() {
  if (state_ == State::kClosed) return;
  // Else the kernel would keep what is unsent, and try to send it, for minutes.
  const linger at_once = {1, 0};
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  Close();
}

template <typename Stream>
void StreamConnection<Stream>::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  deadline_.Cancel();
  error_code ignored;
  socket().release(ignored);
  socket_.Close();
  awaited_work_.reset();
  core_.connections.Remove(this);
}

namespace {

template <typename Stream, typename... TlsContext>
std::shared_ptr<HttpConnection> Make(ServerCore& core, ServerSocket socket, int family,
                                     TlsContext&... tls) {
  auto connection = std::make_shared<StreamConnection<Stream>>(core, std::move(socket), tls...);
  return connection->Assign(family) ? connection : nullptr;
}

}  // namespace

std::shared_ptr<HttpConnection> MakeHttpConnection(ServerCore& core, ServerSocket socket,
                                                   int family) {
  if (core.tls) return Make<TlsStream>(core, std::move(socket), family, *core.tls);
  return Make<Socket>(core, std::move(socket), family);
}

}  // namespace net
VITALS_NAMESPACE_END
