#ifndef VITALS_TRACE_TRACER_PROVIDER_H_
#define VITALS_TRACE_TRACER_PROVIDER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/sampler.h"
#include "vitals/trace/span_processor.h"
#include "vitals/trace/tracer.h"

VITALS_NAMESPACE_BEGIN

namespace trace {
class Pipeline;
}  // namespace trace

struct TracerProviderOptions {
  Sampler sampler = Sampler::Always();
  /// How often a thread of its own (`vitals/trace`) takes what threads have recorded to the
  /// processors. From 1 ms to a second. A thread's ring has room for 32,768 spans without
  /// attributes. 0: the host calls Drain().
  std::chrono::milliseconds drain_interval = std::chrono::milliseconds(10);
  /// Tells the time of spans. Null: the processor's time-stamp counter where it is reliable, which
  /// takes half the time of the system's clock; else that.
  std::shared_ptr<Clock> clock = nullptr;
};

/// A span that has not ended.
struct ActiveSpan {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;
  SpanKind kind = SpanKind::kInternal;
  std::string_view name;
  std::string_view component;
  std::uint64_t start_unix_ns = 0;
  std::uint64_t duration_ns = 0;  ///< until now
  std::uint32_t thread_id = 0;    ///< where it started
  std::string_view thread_name;
};

/// What became of spans so far.
struct TraceStats {
  std::uint64_t spans = 0;  ///< handed to the processors
  /// Spans that were sampled and are lost: their thread's ring was full, or it had no memory for
  /// one, or was at its end. Of the whole process.
  std::uint64_t dropped_ring_full = 0;
  std::uint64_t dropped_no_ring = 0;
  /// Spans that are lost because the processors could not keep up.
  std::uint64_t dropped_backlog = 0;
  /// Open spans that ActiveSpans() could not show, as their thread had 64 of them. Of the whole
  /// process.
  std::uint64_t unlisted_open_spans = 0;
};

/// Makes tracers, and takes what they record to processors. Thread-safe.
///
///     auto provider = vitals::TracerProvider::Create({.sampler = vitals::Sampler::Ratio(0.1)});
///     if (!provider.ok()) return provider.status();
///     (*provider)->AddProcessor(store);
///     const vitals::Tracer tracer = (*provider)->GetTracer("scheduler");
///
/// In a fork child the parent's provider is off: its tracers record nothing. A new one can be
/// created there.
class VITALS_EXPORT TracerProvider {
 public:
  /// The options are checked here, once; the status names the option and what would be right.
  static absl::StatusOr<std::unique_ptr<TracerProvider>> Create(TracerProviderOptions options = {});

  /// Stops, as Stop().
  ~TracerProvider();
  TracerProvider(const TracerProvider&) = delete;
  TracerProvider& operator=(const TracerProvider&) = delete;

  /// The tracer of a component, such as an actor type, a plugin or a library: always the same for
  /// the same text, which is kept as InternName() keeps it. Takes a lock: ask once. There is room
  /// for 65,535 tracers in a process, those of providers that have stopped included; beyond, it is
  /// an empty tracer.
  Tracer GetTracer(std::string_view component);

  /// Hands all spans that are drained from now on to `processor` as well. InvalidArgument for null.
  absl::Status AddProcessor(std::shared_ptr<SpanProcessor> processor);

  /// Decides about spans that start from now on. The sampler before it, with what it captured, is
  /// kept until the process ends, since threads may be asking it: for operators, not for every
  /// request.
  void SetSampler(Sampler sampler);

  /// Takes what all threads have recorded so far to the processors, and returns when they have it.
  /// A host calls it before it unloads a plugin, whose literals spans may still name.
  void Drain();

  /// The spans that are open now, oldest first: at most 64 of a thread. Costs microseconds, and the
  /// threads nothing.
  std::vector<ActiveSpan> ActiveSpans() const;

  TraceStats stats() const;

  /// Stops recording, drains, and ends the thread. Returns at once when already stopped.
  void Stop();

 private:
  explicit TracerProvider(std::unique_ptr<trace::Pipeline> pipeline);

  const std::unique_ptr<trace::Pipeline> pipeline_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACER_PROVIDER_H_
