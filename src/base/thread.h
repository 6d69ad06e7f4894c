#ifndef VITALS_SRC_BASE_THREAD_H_
#define VITALS_SRC_BASE_THREAD_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// A thread of vitals: named `vitals/<role>` where tools show it, with all signals blocked so that
/// the host's handlers never run on it. Movable, joins when it dies. In a fork child the parent's
/// thread does not exist: Join() and the destructor then do nothing.
class VITALS_EXPORT Thread {
 public:
  Thread() = default;

  /// Starts `body`, which must not throw. `role` is at most 8 characters: the kernel keeps 15 in
  /// all. Fails with Unavailable when the system has no thread to give.
  static absl::StatusOr<Thread> Start(std::string_view role, std::function<void()> body);

  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread();

  /// Waits for the body to return. Does nothing for an empty thread, or in a fork child.
  void Join();

  /// Lets the body run on by itself: for one that may never return. The thread is then empty.
  void Detach();

 private:
  void Forget();

  std::thread thread_;
  std::uint64_t fork_generation_ = 0;
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_THREAD_H_
