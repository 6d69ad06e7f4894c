#include "vitals/export/otlp_http_exporter.h"

#include <algorithm>
#include <new>
#include <optional>
#include <random>
#include <utility>

#include "base/bytes.h"
#include "base/condition.h"
#include "base/fork.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "export/otlp_sender.h"
#include "export/span_queue.h"
#include "net/option_checks.h"

VITALS_NAMESPACE_BEGIN
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Memory of the spans of one request, which is about as large: collectors refuse one of some tens
// of megabytes.
constexpr std::size_t kMaxBatchBytes = std::size_t{4} * 1024 * 1024;

absl::Status CheckOptions(OtlpHttpExporterOptions& options) {
  using net::CheckCount;
  using net::CheckTime;
  using net::kShortestTimeout;
  absl::Status status = net::HttpClient::CheckRequest(
      {.method = "POST", .url = options.url, .headers = options.headers});
  status.Update(CheckCount("max_queue_spans", options.max_queue_spans));
  status.Update(CheckCount("max_queue_bytes", options.max_queue_bytes));
  status.Update(CheckCount("max_batch_spans", options.max_batch_spans));
  status.Update(CheckTime("batch_interval", kShortestTimeout, options.batch_interval));
  status.Update(CheckTime("first_pause", kShortestTimeout, options.first_pause));
  status.Update(CheckTime("longest_pause", options.first_pause, options.longest_pause));
  status.Update(CheckTime("max_retry_time", kShortestTimeout, options.max_retry_time));
  status.Update(CheckTime("stop_timeout", milliseconds(0), options.stop_timeout));
  // A queue that is smaller than a batch would wait for the interval alone.
  options.max_batch_spans = std::min(options.max_batch_spans, options.max_queue_spans);
  return status;
}

std::function<double()> RandomShare() {
  return [engine = std::minstd_rand(static_cast<std::uint32_t>(base::RandomSeed()))]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
}

}  // namespace

class OtlpHttpExporter::Impl {
 public:
  Impl(OtlpHttpExporterOptions options, std::unique_ptr<net::HttpClient> client)
      : options_(std::move(options)),
        client_(std::move(client)),
        queue_(options_.max_queue_spans, options_.max_queue_bytes),
        sender_(
            options_, [this](const auto& request) { return client_->Send(request); }, RandomShare(),
            Clock::System(), counters_) {}

  absl::Status Start();
  void OnEnd(std::span<const SpanData> spans) VITALS_EXCLUDES(mutex_);
  absl::Status ForceFlush(milliseconds timeout) VITALS_EXCLUDES(mutex_);
  void Stop() VITALS_EXCLUDES(mutex_);
  OtlpHttpExporterStats stats() VITALS_EXCLUDES(mutex_);

  bool IsOffAfterFork() const { return fork_generation_ != base::ForkGeneration(); }

 private:
  // The thread: until it is to stop, then the last flush.
  void Run();
  // Waits until a request is due. False when the exporter stops.
  bool WaitUntilDue() VITALS_EXCLUDES(mutex_);
  // Sends the pending batch, or the next of the queue, which goes through `batch`. Returns how many
  // spans are done with.
  std::size_t SendBatch(std::vector<SpanData>& batch, std::optional<milliseconds> last_timeout)
      VITALS_EXCLUDES(mutex_);
  void TakeBatch(std::vector<SpanData>& batch) VITALS_EXCLUDES(mutex_);
  std::size_t QueuedSpans() VITALS_EXCLUDES(mutex_);
  steady_clock::time_point NextBatchTime() const VITALS_REQUIRES(mutex_);

  const OtlpHttpExporterOptions options_;
  const std::uint64_t fork_generation_ = base::ForkGeneration();
  const std::unique_ptr<net::HttpClient> client_;
  otlp::Counters counters_;

  base::Mutex mutex_;
  base::Condition work_;  // for the thread
  base::Condition done_;  // for those who wait for it
  otlp::SpanQueue queue_ VITALS_GUARDED_BY(mutex_);
  // Spans that entered the queue, and those of them that are done with: sent or dropped.
  std::uint64_t accepted_ VITALS_GUARDED_BY(mutex_) = 0;
  std::uint64_t finished_ VITALS_GUARDED_BY(mutex_) = 0;
  // Spans accepted before the newest ForceFlush().
  std::uint64_t flush_until_ VITALS_GUARDED_BY(mutex_) = 0;
  // Whether a span found no room since the last batch was taken, be it for its bytes.
  bool queue_full_ VITALS_GUARDED_BY(mutex_) = false;
  // When the spans in the queue have waited long enough.
  steady_clock::time_point interval_end_ VITALS_GUARDED_BY(mutex_){};
  bool stopping_ VITALS_GUARDED_BY(mutex_) = false;
  bool ended_ VITALS_GUARDED_BY(mutex_) = false;
  // Set before stopping_, which the thread sees first.
  steady_clock::time_point stop_deadline_;

  // The thread's alone.
  otlp::OtlpSender sender_;

  base::Thread thread_ VITALS_GUARDED_BY(mutex_);
};

absl::Status OtlpHttpExporter::Impl::Start() {
  absl::StatusOr<base::Thread> thread = base::Thread::Start("otlp", [this] { Run(); });
  const base::MutexLock lock(mutex_);
  ended_ = !thread.ok();
  if (!thread.ok()) return thread.status();
  thread_ = *std::move(thread);
  return absl::OkStatus();
}

void OtlpHttpExporter::Impl::OnEnd(std::span<const SpanData> spans) {
  if (IsOffAfterFork()) return;
  bool wake = false;
  {
    const base::MutexLock lock(mutex_);
    if (stopping_) {
      otlp::Counters::Add(counters_.dropped_stopped, spans.size());
      return;
    }
    const std::size_t before = queue_.size();
    const std::size_t taken = queue_.Push(spans);
    accepted_ += taken;
    otlp::Counters::Add(counters_.dropped_queue_full, spans.size() - taken);
    if (before == 0) interval_end_ = steady_clock::now() + options_.batch_interval;
    const std::size_t enough = options_.max_batch_spans;
    const bool refused = taken < spans.size() && queue_.size() != 0;
    wake = (taken != 0 && (before == 0 || (before < enough && queue_.size() >= enough))) ||
           (refused && !queue_full_);
    queue_full_ = queue_full_ || refused;
  }
  if (wake) work_.NotifyOne();
}

absl::Status OtlpHttpExporter::Impl::ForceFlush(milliseconds timeout) {
  if (IsOffAfterFork()) {
    return absl::FailedPreconditionError(
        "this exporter belongs to the parent process: create one after the fork");
  }
  const auto deadline = steady_clock::now() + std::min(timeout, net::kLongestTime);
  const base::MutexLock lock(mutex_);
  const std::uint64_t until = accepted_;
  flush_until_ = until;
  work_.NotifyOne();
  while (finished_ < until && !stopping_ && steady_clock::now() < deadline) {
    done_.WaitUntil(mutex_, deadline);
  }
  if (stopping_) return absl::FailedPreconditionError("the exporter is stopped");
  if (finished_ < until) {
    return absl::DeadlineExceededError("not all spans were sent in time: see the log, or stats()");
  }
  return absl::OkStatus();
}

void OtlpHttpExporter::Impl::Stop() {
  if (IsOffAfterFork()) return;
  base::Thread thread;
  {
    const base::MutexLock lock(mutex_);
    if (!stopping_) {
      stop_deadline_ = steady_clock::now() + options_.stop_timeout;
      stopping_ = true;
      work_.NotifyOne();
      done_.NotifyAll();
    }
    thread = std::move(thread_);
    while (!ended_ && steady_clock::now() < stop_deadline_) {
      done_.WaitUntil(mutex_, stop_deadline_);
    }
  }
  // What hangs in the network returns at once.
  client_->Abort();
  {
    const base::MutexLock lock(mutex_);
    while (!ended_) done_.Wait(mutex_);
  }
  thread.Join();
}

OtlpHttpExporterStats OtlpHttpExporter::Impl::stats() {
  // Relaxed: see Counters.
  const auto read = [](const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  OtlpHttpExporterStats stats{
      .sent_spans = read(counters_.sent_spans),
      .sent_batches = read(counters_.sent_batches),
      .failed_requests = read(counters_.failed_requests),
      .retries = read(counters_.retries),
      .dropped_queue_full = read(counters_.dropped_queue_full),
      .dropped_rejected = read(counters_.dropped_rejected),
      .dropped_expired = read(counters_.dropped_expired),
      .dropped_stopped = read(counters_.dropped_stopped),
  };
  // The parent's thread may have held the lock at the fork.
  if (IsOffAfterFork()) return stats;
  const base::MutexLock lock(mutex_);
  stats.queue_spans = queue_.size();
  stats.queue_bytes = queue_.bytes();
  return stats;
}

void OtlpHttpExporter::Impl::Run() {
  std::vector<SpanData> batch;
  while (WaitUntilDue()) {
    const std::size_t finished = SendBatch(batch, std::nullopt);
    const base::MutexLock lock(mutex_);
    finished_ += finished;
    if (finished != 0) done_.NotifyAll();
  }
  while (sender_.pending() || QueuedSpans() != 0) {
    const auto left = std::chrono::ceil<milliseconds>(stop_deadline_ - steady_clock::now());
    if (left <= milliseconds(0)) break;
    SendBatch(batch, left);
  }
  sender_.Drop(counters_.dropped_stopped);
  const base::MutexLock lock(mutex_);
  otlp::Counters::Add(counters_.dropped_stopped, queue_.Clear());
  ended_ = true;
  done_.NotifyAll();
}

std::size_t OtlpHttpExporter::Impl::SendBatch(std::vector<SpanData>& batch,
                                              std::optional<milliseconds> last_timeout) {
  try {
    if (!sender_.pending()) {
      TakeBatch(batch);
      sender_.Load(batch);
      batch.clear();
    }
    return last_timeout ? sender_.TryLast(*last_timeout) : sender_.Try();
  } catch (const std::bad_alloc&) {
    // No room here is as no room in the queue.
    const std::size_t dropped = sender_.Drop(counters_.dropped_queue_full);
    otlp::Counters::Add(counters_.dropped_queue_full, batch.size());
    return dropped + batch.size();
  }
}

void OtlpHttpExporter::Impl::TakeBatch(std::vector<SpanData>& batch) {
  const base::MutexLock lock(mutex_);
  queue_.Pop(options_.max_batch_spans, kMaxBatchBytes, batch);
  queue_full_ = false;
  interval_end_ = steady_clock::now() + options_.batch_interval;
}

std::size_t OtlpHttpExporter::Impl::QueuedSpans() {
  const base::MutexLock lock(mutex_);
  return queue_.size();
}

steady_clock::time_point OtlpHttpExporter::Impl::NextBatchTime() const {
  const bool at_once =
      queue_.size() >= options_.max_batch_spans || queue_full_ || finished_ < flush_until_;
  return at_once ? sender_.not_before() : std::max(sender_.not_before(), interval_end_);
}

bool OtlpHttpExporter::Impl::WaitUntilDue() {
  const base::MutexLock lock(mutex_);
  while (!stopping_) {
    if (!sender_.pending() && queue_.size() == 0) {
      work_.Wait(mutex_);
      continue;
    }
    const auto due = sender_.pending() ? sender_.not_before() : NextBatchTime();
    if (steady_clock::now() >= due) return true;
    work_.WaitUntil(mutex_, due);
  }
  return false;
}

absl::StatusOr<std::unique_ptr<OtlpHttpExporter>> OtlpHttpExporter::Create(
    OtlpHttpExporterOptions options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<net::HttpClient>> client = net::HttpClient::Create(options.http);
  if (!client.ok()) return client.status();
  std::unique_ptr<OtlpHttpExporter> exporter(
      new OtlpHttpExporter(std::make_unique<Impl>(std::move(options), *std::move(client))));
  if (absl::Status status = exporter->impl_->Start(); !status.ok()) return status;
  return exporter;
}

OtlpHttpExporter::OtlpHttpExporter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OtlpHttpExporter::~OtlpHttpExporter() {
  Stop();
  // The parent's thread may have been changing the queue at the fork.
  if (impl_->IsOffAfterFork()) static_cast<void>(impl_.release());
}

void OtlpHttpExporter::OnEnd(std::span<const SpanData> spans) { impl_->OnEnd(spans); }

absl::Status OtlpHttpExporter::ForceFlush(milliseconds timeout) {
  return impl_->ForceFlush(timeout);
}

void OtlpHttpExporter::Stop() { impl_->Stop(); }

OtlpHttpExporterStats OtlpHttpExporter::stats() const { return impl_->stats(); }

VITALS_NAMESPACE_END
