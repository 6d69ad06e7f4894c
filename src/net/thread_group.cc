#include "net/thread_group.h"

#include <utility>

VITALS_NAMESPACE_BEGIN
namespace net {

absl::Status ThreadGroup::Start(std::string_view role, std::size_t count,
                                const std::function<void()>& body) {
  {
    const base::MutexLock lock(progress_->mutex);
    progress_->has_ended.assign(count, false);
  }
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto run = [progress = progress_, i, owned = body]() mutable {
      owned();
      // What the body owns goes before its end is told.
      owned = nullptr;
      const base::MutexLock lock(progress->mutex);
      progress->has_ended[i] = true;
      ++progress->ended;
      progress->changed.NotifyAll();
    };
    absl::StatusOr<base::Thread> thread = base::Thread::Start(role, std::move(run));
    if (!thread.ok()) return thread.status();
    threads_.push_back(*std::move(thread));
  }
  return absl::OkStatus();
}

bool ThreadGroup::WaitUntil(std::chrono::steady_clock::time_point deadline) {
  const base::MutexLock lock(progress_->mutex);
  while (progress_->ended < threads_.size()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    progress_->changed.WaitUntil(progress_->mutex, deadline);
  }
  return true;
}

std::size_t ThreadGroup::JoinOrDetach() {
  std::size_t left_behind = 0;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    bool ended = false;
    {
      const base::MutexLock lock(progress_->mutex);
      ended = progress_->has_ended[i];
    }
    if (ended) {
      threads_[i].Join();
    } else {
      threads_[i].Detach();
      ++left_behind;
    }
  }
  threads_.clear();
  return left_behind;
}

}  // namespace net
VITALS_NAMESPACE_END
