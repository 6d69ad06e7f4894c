#include "base/quiescence.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

VITALS_NAMESPACE_BEGIN
namespace base {

constinit std::atomic<std::uint64_t> stateless_readers{0};

namespace {

bool Membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0, 0) == 0; }

// Orders every running thread of the process: what it did before is seen by the caller, and what it
// does after sees what the caller did.
bool BarrierOnAllThreads() noexcept {
  if (Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return true;
  // The process has to register first, once; a fork child inherits that.
  return Membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
         Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

}  // namespace

bool WaitForReaders() noexcept {
  if (!BarrierOnAllThreads()) return false;
  for (ThreadState* thread = FirstThreadState(); thread != nullptr; thread = thread->next) {
    // Acquire: pairs with the release at the end of the section.
    while (thread->reading.load(std::memory_order_acquire) != 0) sched_yield();
  }
  while (stateless_readers.load(std::memory_order_seq_cst) != 0) sched_yield();
  return true;
}

}  // namespace base
VITALS_NAMESPACE_END
