#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "base/fork.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace base {
namespace {

// Blocks every signal for a scope: a thread inherits the mask of the one that starts it, so no
// signal can arrive before the new thread has set its own.
class BlockAllSignals {
 public:
  BlockAllSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  ~BlockAllSignals() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  BlockAllSignals(const BlockAllSignals&) = delete;
  BlockAllSignals& operator=(const BlockAllSignals&) = delete;

 private:
  sigset_t previous_;
};

}  // namespace

absl::StatusOr<Thread> Thread::Start(std::string_view role, std::function<void()> body) {
  Thread result;
  result.fork_generation_ = ForkGeneration();
  try {
    const BlockAllSignals blocked;
    result.thread_ = std::thread([name = fmt::format("vitals/{}", role), body = std::move(body)] {
      pthread_setname_np(pthread_self(), name.c_str());
      body();
    });
  } catch (const std::system_error& error) {
    return absl::UnavailableError(fmt::format(
        "cannot start thread vitals/{}: {}; raise the limit of threads", role, error.what()));
  }
  return result;
}

Thread::Thread(Thread&& other) noexcept = default;

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this != &other) {
    Join();
    thread_ = std::move(other.thread_);
    fork_generation_ = other.fork_generation_;
  }
  return *this;
}

Thread::~Thread() { Join(); }

void Thread::Join() {
  if (!thread_.joinable()) return;
  if (fork_generation_ == ForkGeneration()) {
    thread_.join();
  } else {
    Forget();
  }
}

void Thread::Detach() {
  if (!thread_.joinable()) return;
  if (fork_generation_ == ForkGeneration()) {
    thread_.detach();
  } else {
    Forget();
  }
}

void Thread::Forget() {
  // The handle names a thread of another process: it must not be touched, not even to free it.
  new std::thread(std::move(thread_));
}

}  // namespace base
VITALS_NAMESPACE_END
