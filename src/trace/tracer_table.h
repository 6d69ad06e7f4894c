#ifndef VITALS_SRC_TRACE_TRACER_TABLE_H_
#define VITALS_SRC_TRACE_TRACER_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/tick_clock.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/trace/sampler.h"

/// \file
/// All providers of the process, and all tracers by the number that records carry. They are never
/// freed, since a handle, an open span or a record may name one for as long as it likes.

VITALS_NAMESPACE_BEGIN
namespace trace {

class Pipeline;

/// Held by whoever takes records out of rings, or gives a provider its pipeline. Around fork() too.
/// No foreign code runs under it.
extern constinit base::Mutex drain_mutex;

/// What starting and ending a span need of a provider. Never freed.
struct ProviderState {
  explicit ProviderState(std::shared_ptr<Clock> injected) noexcept
      : injected_clock(std::move(injected)), clock(injected_clock.get()) {}

  /// Null while nothing is recorded: the provider has stopped, or is the parent's of a fork.
  std::atomic<const Sampler*> sampler{nullptr};
  const std::shared_ptr<Clock> injected_clock;
  const base::TickClock clock;
  Pipeline* pipeline VITALS_GUARDED_BY(drain_mutex) = nullptr;
  /// All that `sampler` ever was: a thread may be asking one of them.
  std::vector<std::unique_ptr<const Sampler>> samplers VITALS_GUARDED_BY(drain_mutex);
  ProviderState* next VITALS_GUARDED_BY(drain_mutex) = nullptr;
};

/// One tracer.
struct TracerCore {
  ProviderState& provider;
  InternedName component;
  std::uint16_t id;
};

/// Adds a provider, whose sampler a fork child finds null. Thread-safe.
ProviderState& AddProvider(std::shared_ptr<Clock> clock);

/// Adds a tracer; null beyond 65,535 of them. Thread-safe.
const TracerCore* AddTracer(ProviderState& provider, InternedName component);

/// The tracer with this id, which a record carries.
const TracerCore& TracerById(std::uint16_t id) noexcept;

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACER_TABLE_H_
