#ifndef VITALS_SRC_BASE_QUIESCENCE_H_
#define VITALS_SRC_BASE_QUIESCENCE_H_

#include <atomic>

#include "base/thread_registry.h"
#include "vitals/base/config.h"

/// \file
/// Lets threads read shared structures without a lock while others take parts out of them.
///
/// A reader marks a section in its own thread state: two plain stores. Whoever has unlinked
/// something calls WaitForReaders() before freeing it: every section that could have seen it is
/// over then. The cost of ordering is on the side of the waiter, which makes the kernel issue a
/// barrier on every thread of the process (membarrier(2), expedited private), so readers need none.
/// After McKenney's userspace RCU ("User-Level Implementations of Read-Copy Update", IEEE TPDS
/// 2012).

VITALS_NAMESPACE_BEGIN
namespace base {

/// Readers that have no thread state: threads that are ending. Counted, and ordered by themselves.
extern VITALS_EXPORT constinit std::atomic<std::uint64_t> stateless_readers;

/// Marks a section for a scope. Not nested, and short: no lock and no foreign code within.
class ReadSection {
 public:
  ReadSection() noexcept : thread_(AttachCurrentThread()) {
    if (thread_ != nullptr) [[likely]] {
      // Relaxed: WaitForReaders() orders it by its barrier on this thread.
      thread_->reading.store(1, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      stateless_readers.fetch_add(1, std::memory_order_seq_cst);
    }
  }
  ~ReadSection() {
    if (thread_ != nullptr) [[likely]] {
      // Release: who sees the end of the section may free what was read in it.
      thread_->reading.store(0, std::memory_order_release);
    } else {
      stateless_readers.fetch_sub(1, std::memory_order_release);
    }
  }
  ReadSection(const ReadSection&) = delete;
  ReadSection& operator=(const ReadSection&) = delete;

 private:
  ThreadState* const thread_;
};

/// Returns true when every section that was open at the call is over. Waits for them: a few
/// microseconds, longer when a reader was preempted. Returns false at once, and forever, where the
/// kernel (before Linux 4.14) or a sandbox refuses the barrier: nothing may be freed then.
VITALS_EXPORT bool WaitForReaders() noexcept;

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_QUIESCENCE_H_
