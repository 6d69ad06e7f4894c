#include "vitals/net/http_server.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "boost/asio/executor_work_guard.hpp"
#include "fmt/format.h"
#include "net/acceptor.h"
#include "net/http_connection.h"
#include "net/listening_socket.h"
#include "net/server_core.h"
#include "net/server_options.h"
#include "net/thread_group.h"
#include "net/tls_context.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

using Clock = std::chrono::steady_clock;

// What a stop allows, beyond stop_timeout, for threads to see that they should end.
constexpr std::chrono::milliseconds kEndGrace(500);

// Runs at most one event. Lack of memory in one must end neither the host nor the loop: the
// connection it was about dies with its handler.
template <typename RunFunction>
std::size_t RunGuarded(RunFunction run) {
  try {
    return run();
  } catch (const std::exception& error) {
    Log(LogSeverity::kError, fmt::format("HTTP server: {}", error.what()));
    return 1;
  }
}

void ServeSockets(ServerCore& core) {
  while (!core.IsOffAfterFork() && RunGuarded([&core] { return core.io.run_one(); }) != 0) {
  }
}

absl::StatusOr<std::shared_ptr<ServerCore>> MakeCore(HttpServerOptions options, HttpRouter router) {
  if (absl::Status status = CheckLimits(options); !status.ok()) return status;
  auto core = std::make_shared<ServerCore>();
  if (options.auth) {
    absl::StatusOr<HttpAuthenticator> authenticator = HttpAuthenticator::Create(*options.auth);
    if (!authenticator.ok()) return authenticator.status();
    core->authenticator = *std::move(authenticator);
    options.auth.reset();
  }
  if (options.tls) {
    absl::StatusOr<SslContext> context = LoadTlsContext(*options.tls);
    if (!context.ok()) return context.status();
    core->tls.emplace(context->release());
  }
  core->options = std::move(options);
  core->router = std::move(router);
  return core;
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(std::shared_ptr<ServerCore> core)
      : core_(std::move(core)), keep_running_(core_->io.get_executor()) {}

  absl::Status Start();
  std::size_t Poll(std::chrono::milliseconds timeout);
  void Stop() VITALS_EXCLUDES(stop_mutex_);

  const ServerCore& core() const { return *core_; }
  std::uint16_t port() const { return port_; }
  const std::string& url() const { return url_; }

 private:
  enum class Phase { kRunning, kStopping, kStopped };

  void StopOnce();
  bool RunUntilDone(Clock::time_point deadline);

  const std::shared_ptr<ServerCore> core_;
  std::shared_ptr<Acceptor> acceptor_;
  UnixSocketFile file_;
  std::uint16_t port_ = 0;
  std::string url_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  ThreadGroup io_threads_;

  base::Mutex stop_mutex_;
  base::Condition stop_changed_;
  Phase phase_ VITALS_GUARDED_BY(stop_mutex_) = Phase::kRunning;
};

absl::Status HttpServer::Impl::Start() {
  const HttpServerOptions& options = core_->options;
  absl::StatusOr<ListeningSocket> listening = Listen(options);
  if (!listening.ok()) return listening.status();
  file_ = std::move(listening->file);
  port_ = listening->port;
  url_ = std::move(listening->url);
  acceptor_ = std::make_shared<Acceptor>(*core_, std::move(listening->socket), listening->family);
  absl::Status status = acceptor_->Start();
  if (options.io_threads != 0) {
    if (status.ok()) status = core_->workers.Start(options.max_concurrent_work);
    if (status.ok()) {
      status =
          io_threads_.Start("http", options.io_threads, [core = core_] { ServeSockets(*core); });
    }
  }
  return status;
}

std::size_t HttpServer::Impl::Poll(std::chrono::milliseconds timeout) {
  if (core_->IsOffAfterFork()) return 0;
  // Bounded, so that busy clients do not keep the host from its other work.
  constexpr std::size_t kMostEvents = 256;
  boost::asio::io_context& io = core_->io;
  std::size_t events = RunGuarded([&] {
    return io.run_one_for(std::min(timeout, std::chrono::milliseconds(std::chrono::hours(24))));
  });
  while (events < kMostEvents && !core_->IsOffAfterFork() &&
         RunGuarded([&io] { return io.poll_one(); }) != 0) {
    ++events;
  }
  return events;
}

void HttpServer::Impl::Stop() {
  if (core_->IsOffAfterFork()) return;
  {
    const base::MutexLock lock(stop_mutex_);
    while (phase_ == Phase::kStopping) stop_changed_.Wait(stop_mutex_);
    if (phase_ == Phase::kStopped) return;
    phase_ = Phase::kStopping;
  }
  StopOnce();
  const base::MutexLock lock(stop_mutex_);
  phase_ = Phase::kStopped;
  stop_changed_.NotifyAll();
}

void HttpServer::Impl::StopOnce() {
  const Clock::time_point deadline = Clock::now() + core_->options.stop_timeout;
  core_->stopping = true;
  file_.Remove();
  if (acceptor_ != nullptr) acceptor_->Close();
  for (const std::shared_ptr<HttpConnection>& connection : core_->connections.All()) {
    connection->Finish();
  }
  // From here on the loop ends when nothing is left to do.
  keep_running_.reset();
  if (!RunUntilDone(deadline)) {
    for (const std::shared_ptr<HttpConnection>& connection : core_->connections.All()) {
      connection->Abort();
    }
    RunUntilDone(Clock::now() + kEndGrace);
  }
  core_->io.stop();
  std::size_t left_behind = 0;
  io_threads_.WaitUntil(Clock::now() + kEndGrace);
  left_behind += io_threads_.JoinOrDetach();
  left_behind += core_->workers.Stop(Clock::now() + kEndGrace);
  acceptor_.reset();
  if (left_behind != 0) {
    Log(LogSeverity::kError,
        fmt::format("HTTP server {}: stopped, but {} of its handlers did not return within {} ms; "
                    "their threads are left behind",
                    url_, left_behind, core_->options.stop_timeout.count()));
  }
}

bool HttpServer::Impl::RunUntilDone(Clock::time_point deadline) {
  if (core_->options.io_threads != 0) return io_threads_.WaitUntil(deadline);
  while (!core_->io.stopped() && Clock::now() < deadline) {
    RunGuarded([&] { return core_->io.run_one_until(deadline); });
  }
  return core_->io.stopped();
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Create(HttpServerOptions options,
                                                               HttpRouter router) {
  try {
    absl::StatusOr<std::shared_ptr<ServerCore>> core =
        MakeCore(std::move(options), std::move(router));
    if (!core.ok()) return core.status();
    std::unique_ptr<HttpServer> server(new HttpServer(std::make_unique<Impl>(*std::move(core))));
    // On failure the destructor stops what had started.
    if (absl::Status status = server->impl_->Start(); !status.ok()) return status;
    return server;
  } catch (const std::exception& error) {
    return absl::ResourceExhaustedError(
        fmt::format("cannot set up the HTTP server: {}", error.what()));
  }
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  Stop();
  if (impl_->core().IsOffAfterFork()) {
    // Its event loop shares an epoll set with the parent process: it must not be taken down.
    static_cast<void>(impl_.release());
  }
}

std::uint16_t HttpServer::port() const { return impl_->port(); }

std::string HttpServer::url() const { return impl_->url(); }

std::size_t HttpServer::Poll(std::chrono::milliseconds timeout) { return impl_->Poll(timeout); }

void HttpServer::Stop() { impl_->Stop(); }

HttpServerStats HttpServer::stats() const {
  const ServerCounters& counters = impl_->core().counters;
  // Relaxed: see ServerCounters.
  const auto read = [](const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  return {read(counters.connections_accepted),
          read(counters.connections_refused),
          read(counters.requests),
          read(counters.requests_rejected),
          read(counters.requests_malformed),
          read(counters.timeouts)};
}

}  // namespace net
VITALS_NAMESPACE_END
