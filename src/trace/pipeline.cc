#include "trace/pipeline.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/fork.h"
#include "fmt/format.h"
#include "trace/trace_thread.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

using std::chrono::steady_clock;

// Spans that are handed to processors at once.
constexpr std::size_t kBatchSpans = 2048;

// Spans that wait for a provider whose processors do not keep up, while others drain.
constexpr std::size_t kMaxWaitingSpans = 65'536;

// As large as a few batches: what a span needs is decoded into memory that was used before.
RecordDecoder& TheDecoder() VITALS_REQUIRES(drain_mutex) {
  static RecordDecoder* const decoder = new RecordDecoder;
  return *decoder;
}

// Logs what foreign code throws, and how many spans it has not taken.
template <typename Call>
void CallProcessor(const Call& call, std::size_t spans) {
  const auto complain = [spans](const char* reason) noexcept {
    try {
      Log(LogSeverity::kError,
          fmt::format("a span processor threw, {} spans are lost for it: {}", spans, reason));
    } catch (const std::bad_alloc&) {
      Log(LogSeverity::kError, "a span processor threw, and there is no memory to say what");
    }
  };
  try {
    call();
  } catch (const std::exception& error) {
    complain(error.what());
  } catch (...) {
    complain("not a std::exception");
  }
}

}  // namespace

// Takes a batch of records out of rings, up to the pipeline's ends. Whether there are more.
bool DrainRings(Pipeline& pipeline) VITALS_REQUIRES(drain_mutex) {
  RecordDecoder& decoder = TheDecoder();
  std::size_t taken = 0;
  for (const auto& [thread, end] : pipeline.ends_) {
    SpanRing::Reader reader(thread->ring, end);
    while (taken < kBatchSpans) {
      const RecordHeader* const record = reader.Next();
      if (record == nullptr) break;
      const ProviderState& provider = TracerById(RecordMeta::Unpack(record->meta).tracer).provider;
      // Without a pipeline it has stopped since: nobody wants the span.
      if (provider.pipeline != nullptr) provider.pipeline->Accept(*record, *thread, decoder);
      ++taken;
    }
  }
  return taken == kBatchSpans;
}

Pipeline::Pipeline(TracerProviderOptions options)
    : drain_interval_(options.drain_interval),
      fork_generation_(base::ForkGeneration()),
      state_(AddProvider(std::move(options.clock))),
      first_sampler_(std::move(options.sampler)),
      timeline_(state_.clock) {}

Pipeline::~Pipeline() { Stop(); }

absl::Status Pipeline::Start() {
  {
    const base::MutexLock lock(drain_mutex);
    state_.pipeline = this;
  }
  SetSampler(first_sampler_);
  if (drain_interval_.count() == 0) return absl::OkStatus();
  auto thread = base::Thread::Start("trace", [this] {
    steady_clock::time_point next = steady_clock::now() + drain_interval_;
    while (WaitUntil(next)) {
      next = steady_clock::now() + drain_interval_;
      Drain();
    }
  });
  if (!thread.ok()) return thread.status();
  const base::MutexLock lock(mutex_);
  thread_ = *std::move(thread);
  return absl::OkStatus();
}

bool Pipeline::WaitUntil(steady_clock::time_point next) {
  const base::MutexLock lock(mutex_);
  while (!stopping_ && steady_clock::now() < next) changed_.WaitUntil(mutex_, next);
  return !stopping_;
}

void Pipeline::SetSampler(Sampler sampler) {
  if (IsForked()) return;
  auto kept = std::make_unique<const Sampler>(std::move(sampler));
  const base::MutexLock lock(mutex_);
  if (stopping_) return;
  const base::MutexLock drain_lock(drain_mutex);
  state_.samplers.push_back(std::move(kept));
  state_.sampler.store(state_.samplers.back().get(), std::memory_order_release);
}

void Pipeline::AddProcessor(std::shared_ptr<SpanProcessor> processor) {
  if (IsForked()) return;
  const base::MutexLock lock(processing_mutex_);
  processors_.push_back(std::move(processor));
}

const TracerCore* Pipeline::FindOrAddTracer(std::string_view component) {
  if (IsForked()) return nullptr;
  const InternedName name = InternName(component);
  {
    const base::MutexLock lock(mutex_);
    const auto found = std::find_if(tracers_.begin(), tracers_.end(),
                                    [&](const auto* known) { return known->component == name; });
    if (found != tracers_.end()) return *found;
    tracers_.reserve(tracers_.size() + 1);
    if (const TracerCore* const added = AddTracer(state_, name)) {
      tracers_.push_back(added);
      return added;
    }
    if (std::exchange(has_told_of_tracers_, true)) return nullptr;
  }
  Log(LogSeverity::kWarning,
      fmt::format("no room for a tracer of {}: make tracers for kinds of components, not for each "
                  "of them, and not anew for each reload",
                  name.view()));
  return nullptr;
}

void Pipeline::Accept(const RecordHeader& record, const TraceThread& thread,
                      RecordDecoder& decoder) {
  try {
    if (waiting_.size() < kMaxWaitingSpans) {
      SpanData& span = waiting_.Next();
      decoder.Decode(record, timeline_, span);
      span.component = TracerById(RecordMeta::Unpack(record.meta).tracer).component.view();
      // Relaxed: they came with the record.
      span.thread_id = thread.thread_id.load(std::memory_order_relaxed);
      span.thread_name = thread.thread_name.load(std::memory_order_relaxed);
      waiting_.Add();
      return;
    }
  } catch (const std::bad_alloc&) {
    // Lost, and counted as what waits too long: there is no memory for it either way.
  }
  // Relaxed: a count that orders nothing.
  dropped_backlog_.fetch_add(1, std::memory_order_relaxed);
}

// Threads that record faster than processors take it would keep a drain from ever ending.
void Pipeline::FindEnds() {
  const base::MutexLock lock(drain_mutex);
  ends_.clear();
  for (TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    ends_.emplace_back(thread, thread->ring.head());
  }
}

bool Pipeline::TakeWaiting() {
  const base::MutexLock lock(drain_mutex);
  timeline_.Advance();
  const bool more = DrainRings(*this);
  std::swap(waiting_, working_);
  waiting_.Clear();
  return more;
}

void Pipeline::Hand() {
  const std::span<const SpanData> spans = working_.spans();
  for (const std::shared_ptr<SpanProcessor>& processor : processors_) {
    if (spans.empty()) break;
    CallProcessor([&] { processor->OnEnd(spans); }, spans.size());
  }
  // Relaxed: a count that orders nothing.
  spans_.fetch_add(working_.size(), std::memory_order_relaxed);
}

bool Pipeline::IsForked() const noexcept { return fork_generation_ != base::ForkGeneration(); }

void Pipeline::Drain() {
  if (IsForked()) return;
  const base::MutexLock lock(processing_mutex_);
  try {
    FindEnds();
    for (bool more = true; more;) {
      more = TakeWaiting();
      Hand();
    }
  } catch (const std::bad_alloc&) {
    Log(LogSeverity::kError, "no memory to drain spans: they stay where they are");
  }
  for (const std::shared_ptr<SpanProcessor>& processor : processors_) {
    CallProcessor([&] { processor->OnDrained(); }, 0);
  }
}

void Pipeline::Stop() {
  if (IsForked()) return;
  base::Thread thread;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    thread = std::move(thread_);
    // Under the lock: no SetSampler() starts it again.
    state_.sampler.store(nullptr, std::memory_order_release);
  }
  changed_.NotifyAll();
  thread.Join();
  {
    const base::MutexLock lock(drain_mutex);
    if (state_.pipeline == nullptr) return;
  }
  Drain();
  const base::MutexLock lock(drain_mutex);
  state_.pipeline = nullptr;
}

TraceStats Pipeline::stats() const {
  // Relaxed here and below: counts that order nothing.
  TraceStats stats{.spans = spans_.load(std::memory_order_relaxed),
                   .dropped_no_ring = SpansWithoutState(),
                   .dropped_backlog = dropped_backlog_.load(std::memory_order_relaxed)};
  for (const TraceThread* thread = FirstTraceThread(); thread != nullptr; thread = thread->next) {
    stats.dropped_ring_full += thread->dropped_ring_full.load(std::memory_order_relaxed);
    stats.unlisted_open_spans += thread->unlisted_open_spans.load(std::memory_order_relaxed);
  }
  return stats;
}

}  // namespace trace
VITALS_NAMESPACE_END
