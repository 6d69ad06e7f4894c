#include "net/server_core.h"

#include "net/http_connection.h"

VITALS_NAMESPACE_BEGIN
namespace net {

bool ConnectionSet::Add(const std::shared_ptr<HttpConnection>& connection, std::size_t limit) {
  const base::MutexLock lock(mutex_);
  if (connections_.size() >= limit) return false;
  connections_.emplace(connection.get(), connection);
  return true;
}

void ConnectionSet::Remove(HttpConnection* connection) {
  const base::MutexLock lock(mutex_);
  connections_.erase(connection);
}

std::vector<std::shared_ptr<HttpConnection>> ConnectionSet::All() const {
  std::vector<std::shared_ptr<HttpConnection>> all;
  const base::MutexLock lock(mutex_);
  all.reserve(connections_.size());
  for (const auto& [key, weak] : connections_) {
    if (std::shared_ptr<HttpConnection> connection = weak.lock()) {
      all.push_back(std::move(connection));
    }
  }
  return all;
}

// Relaxed below: the number alone bounds the work; what a handler does is ordered by the worker's
// queue.
std::optional<WorkPermit> WorkPermit::TryAcquire(std::atomic<std::size_t>& in_use,
                                                 std::size_t limit) {
  std::size_t current = in_use.load(std::memory_order_relaxed);
  while (current < limit) {
    if (in_use.compare_exchange_weak(current, current + 1, std::memory_order_relaxed)) {
      return WorkPermit(&in_use);
    }
  }
  return std::nullopt;
}

WorkPermit::~WorkPermit() {
  if (in_use_ != nullptr) in_use_->fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace net
VITALS_NAMESPACE_END
