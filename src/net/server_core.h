#ifndef VITALS_SRC_NET_SERVER_CORE_H_
#define VITALS_SRC_NET_SERVER_CORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/strand.hpp"
#include "net/http_auth.h"
#include "net/worker_pool.h"
#include "vitals/base/config.h"
#include "vitals/net/http_server.h"

/// \file
/// What the parts of one server share. Ownership:
///
///     HttpServer::Impl -> ServerCore <- io threads, and each task on a worker while it runs
///     ServerCore -> io_context -> waiting operations -> connections, acceptor
///
/// Connections refer to the core without owning it: either an operation of its io_context owns
/// them, or a worker's task, which owns the core too and lets go of the connection first.

VITALS_NAMESPACE_BEGIN
namespace net {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

class HttpConnection;

/// Counts behind HttpServerStats. All relaxed: each is a number of its own that only grows, read
/// for display, and orders nothing.
struct ServerCounters {
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> requests_rejected{0};
  std::atomic<std::uint64_t> requests_malformed{0};
  std::atomic<std::uint64_t> timeouts{0};

  static void Count(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  }
};

/// The open connections, at most a given number. Thread-safe.
class ConnectionSet {
 public:
  /// False when `limit` are open.
  bool Add(const std::shared_ptr<HttpConnection>& connection, std::size_t limit);
  /// Does nothing when it is not there.
  void Remove(HttpConnection* connection);
  std::vector<std::shared_ptr<HttpConnection>> All() const;

 private:
  mutable base::Mutex mutex_;
  std::unordered_map<HttpConnection*, std::weak_ptr<HttpConnection>> connections_
      VITALS_GUARDED_BY(mutex_);
};

/// The right to run one handler of HttpExecution::kWorker, given back when it dies.
class WorkPermit {
 public:
  /// Empty when `limit` are out.
  static std::optional<WorkPermit> TryAcquire(std::atomic<std::size_t>& in_use, std::size_t limit);

  WorkPermit(WorkPermit&& other) noexcept : in_use_(std::exchange(other.in_use_, nullptr)) {}
  WorkPermit& operator=(WorkPermit&& other) noexcept {
    std::swap(in_use_, other.in_use_);
    return *this;
  }
  ~WorkPermit();

 private:
  explicit WorkPermit(std::atomic<std::size_t>* in_use) : in_use_(in_use) {}

  std::atomic<std::size_t>* in_use_;
};

struct ServerCore : std::enable_shared_from_this<ServerCore> {
  HttpServerOptions options;  // without the secrets of `auth`
  HttpRouter router;
  std::optional<HttpAuthenticator> authenticator;
  std::optional<boost::asio::ssl::context> tls;

  const std::uint64_t fork_generation = base::ForkGeneration();
  // Set once, before the connections are told.
  std::atomic<bool> stopping{false};
  ServerCounters counters;
  std::atomic<std::size_t> work_in_use{0};
  ConnectionSet connections;
  WorkerPool workers;

  // Last, so that what its operations own dies while the rest is there.
  boost::asio::io_context io;

  /// In a fork child: nothing of the server may be touched any more.
  bool IsOffAfterFork() const { return fork_generation != base::ForkGeneration(); }
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_SERVER_CORE_H_
