#include "trace/tracer_table.h"

#include <array>

#include "base/fork.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

constinit base::Mutex drain_mutex;

namespace {

constexpr std::size_t kMaxTracers = 65'535;

// Written under the mutex; an entry is set once.
constinit base::Mutex table_mutex;
constinit std::array<std::atomic<const TracerCore*>, kMaxTracers> tracers = {};
constinit std::atomic<std::size_t> tracer_count{0};

void Lock() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  drain_mutex.Lock();
  table_mutex.Lock();
}

void Unlock() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  table_mutex.Unlock();
  drain_mutex.Unlock();
}

// Threads of the parent's providers are gone: nobody would take what is recorded.
void OnForkChild() {
  const std::size_t count = tracer_count.load(std::memory_order_acquire);
  for (std::size_t id = 0; id < count; ++id) {
    TracerById(static_cast<std::uint16_t>(id)).provider.sampler.store(nullptr);
  }
  Unlock();
}

[[maybe_unused]] const bool hooked = [] {
  base::AtFork({&Lock, &Unlock, &OnForkChild});
  return true;
}();

}  // namespace

const TracerCore* AddTracer(ProviderState& provider, InternedName component) {
  const base::MutexLock lock(table_mutex);
  const std::size_t id = tracer_count.load(std::memory_order_relaxed);
  if (id >= kMaxTracers) return nullptr;
  const auto* const core = new TracerCore{provider, component, static_cast<std::uint16_t>(id)};
  tracers[id].store(core, std::memory_order_release);
  tracer_count.store(id + 1, std::memory_order_release);
  return core;
}

const TracerCore& TracerById(std::uint16_t id) noexcept {
  return *tracers[id].load(std::memory_order_acquire);
}

}  // namespace trace
VITALS_NAMESPACE_END
