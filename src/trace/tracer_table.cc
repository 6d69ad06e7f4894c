#include "trace/tracer_table.h"

#include <array>
#include <utility>

#include "base/fork.h"
#include "base/interned_names.h"
#include "trace/trace_state_table.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

constinit base::Mutex drain_mutex;

namespace {

constexpr std::size_t kMaxTracers = 65'535;

// Written under the mutex; an entry is set once.
constinit base::Mutex table_mutex;
constinit std::array<std::atomic<const TracerCore*>, kMaxTracers> tracers = {};
constinit std::size_t tracer_count VITALS_GUARDED_BY(table_mutex) = 0;

constinit ProviderState* first_provider VITALS_GUARDED_BY(drain_mutex) = nullptr;

void Lock() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  drain_mutex.Lock();
  table_mutex.Lock();
}

void Unlock() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  table_mutex.Unlock();
  drain_mutex.Unlock();
}

// Threads of the parent's providers are gone: nobody would take what is recorded.
void OnForkChild() VITALS_NO_THREAD_SAFETY_ANALYSIS {
  for (ProviderState* provider = first_provider; provider != nullptr; provider = provider->next) {
    // Relaxed: the child has one thread here.
    provider->sampler.store(nullptr, std::memory_order_relaxed);
    provider->pipeline = nullptr;
  }
  Unlock();
}

// Whoever drains takes the locks of names and of tracestates under drain_mutex. Before a fork the
// handlers that were registered last lock first.
void GuardForks() {
  base::GuardNamesAtFork();
  GuardTraceStatesAtFork();
  [[maybe_unused]] static const bool guarded = (base::AtFork({&Lock, &Unlock, &OnForkChild}), true);
}

}  // namespace

ProviderState& AddProvider(std::shared_ptr<Clock> clock) {
  GuardForks();
  auto provider = std::make_unique<ProviderState>(std::move(clock));
  const base::MutexLock lock(drain_mutex);
  provider->next = first_provider;
  first_provider = provider.get();
  return *provider.release();
}

const TracerCore* AddTracer(ProviderState& provider, InternedName component) {
  const base::MutexLock lock(table_mutex);
  const std::size_t id = tracer_count;
  if (id >= kMaxTracers) return nullptr;
  const auto* const core = new TracerCore{provider, component, static_cast<std::uint16_t>(id)};
  tracers[id].store(core, std::memory_order_release);
  ++tracer_count;
  return core;
}

const TracerCore& TracerById(std::uint16_t id) noexcept {
  return *tracers[id].load(std::memory_order_acquire);
}

}  // namespace trace
VITALS_NAMESPACE_END
