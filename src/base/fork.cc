#include "base/fork.h"

#include <pthread.h>

#include <atomic>

VITALS_NAMESPACE_BEGIN
namespace base {
namespace {

// Written in a fork child while it has one thread, read by any thread that the child starts later.
constinit std::atomic<std::uint64_t> fork_generation{0};

void CountFork() {
  // Relaxed: the child has one thread here; thread creation orders it before every later reader.
  fork_generation.fetch_add(1, std::memory_order_relaxed);
}

// Counts from load time, so that no object can be older than the counting.
[[maybe_unused]] const int counting = pthread_atfork(nullptr, nullptr, &CountFork);

}  // namespace

void AtFork(const ForkHandlers& handlers) {
  pthread_atfork(handlers.prepare, handlers.parent, handlers.child);
}

std::uint64_t ForkGeneration() noexcept {
  // Relaxed: see CountFork().
  return fork_generation.load(std::memory_order_relaxed);
}

}  // namespace base
VITALS_NAMESPACE_END
