#ifndef VITALS_SRC_TRACE_PIPELINE_H_
#define VITALS_SRC_TRACE_PIPELINE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/condition.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "trace/record_decoder.h"
#include "trace/timeline.h"
#include "trace/tracer_table.h"
#include "vitals/base/config.h"
#include "vitals/trace/span_processor.h"
#include "vitals/trace/tracer_provider.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// What takes a provider's spans from the rings to its processors. Rings are of threads, not of
/// providers, so whoever drains sorts what it finds:
///
///     rings --drain_mutex--> waiting batch of each provider --processing_mutex--> its processors
///
/// Locks are taken in the order processing, mutex_, drain. Foreign code runs under the first alone.
class Pipeline {
 public:
  explicit Pipeline(TracerProviderOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  absl::Status Start();
  void Stop();
  void Drain();

  ProviderState& state() noexcept { return state_; }
  void SetSampler(Sampler sampler);
  void AddProcessor(std::shared_ptr<SpanProcessor> processor);
  const TracerCore* FindOrAddTracer(std::string_view component);
  std::vector<ActiveSpan> ActiveSpans();
  TraceStats stats() const;

 private:
  friend bool DrainRings(Pipeline& pipeline);

  bool IsForked() const noexcept;
  bool WaitUntil(std::chrono::steady_clock::time_point next);
  void FindEnds() VITALS_REQUIRES(processing_mutex_);
  bool TakeWaiting() VITALS_REQUIRES(processing_mutex_);
  void Hand() VITALS_REQUIRES(processing_mutex_);
  void Accept(const RecordHeader& record, const TraceThread& thread, RecordDecoder& decoder)
      VITALS_REQUIRES(drain_mutex);

  const std::chrono::milliseconds drain_interval_;
  const std::uint64_t fork_generation_;
  ProviderState& state_;  // never freed
  const Sampler first_sampler_;

  base::Mutex processing_mutex_;
  std::vector<std::shared_ptr<SpanProcessor>> processors_ VITALS_GUARDED_BY(processing_mutex_);
  SpanBatch working_ VITALS_GUARDED_BY(processing_mutex_);

  Timeline timeline_ VITALS_GUARDED_BY(drain_mutex);
  /// Rings and how far the present drain reads them.
  std::vector<std::pair<TraceThread*, std::uint64_t>> ends_ VITALS_GUARDED_BY(drain_mutex);
  SpanBatch waiting_ VITALS_GUARDED_BY(drain_mutex);

  std::atomic<std::uint64_t> spans_{0};
  std::atomic<std::uint64_t> dropped_backlog_{0};

  mutable base::Mutex mutex_;
  base::Condition changed_;
  bool stopping_ VITALS_GUARDED_BY(mutex_) = false;
  base::Thread thread_ VITALS_GUARDED_BY(mutex_);
  std::vector<const TracerCore*> tracers_ VITALS_GUARDED_BY(mutex_);
  bool has_told_of_tracers_ VITALS_GUARDED_BY(mutex_) = false;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_PIPELINE_H_
