#ifndef VITALS_SRC_NET_THREAD_GROUP_H_
#define VITALS_SRC_NET_THREAD_GROUP_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Threads that run one body and may turn out never to end. Used by one thread at a time.
class ThreadGroup {
 public:
  /// Starts `count` threads. The body owns what it touches, since it may be left behind. On failure
  /// some may run: the caller ends their bodies and the group.
  absl::Status Start(std::string_view role, std::size_t count, const std::function<void()>& body);

  /// Waits until every body has returned; false when one has not at `deadline`.
  bool WaitUntil(std::chrono::steady_clock::time_point deadline);

  /// Joins the threads whose bodies have returned and leaves the others behind. Returns how many
  /// those are.
  std::size_t JoinOrDetach();

 private:
  struct Progress {
    base::Mutex mutex;
    base::Condition changed;
    std::size_t ended VITALS_GUARDED_BY(mutex) = 0;
    std::vector<bool> has_ended VITALS_GUARDED_BY(mutex);
  };

  std::shared_ptr<Progress> progress_ = std::make_shared<Progress>();
  std::vector<base::Thread> threads_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_THREAD_GROUP_H_
