#ifndef VITALS_SRC_EXPORT_OTLP_SENDER_H_
#define VITALS_SRC_EXPORT_OTLP_SENDER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/export/otlp_http_exporter.h"
#include "vitals/model/span_data.h"
#include "vitals/net/http_client.h"

VITALS_NAMESPACE_BEGIN
namespace otlp {

/// Counts behind OtlpHttpExporterStats. All relaxed: each is a number of its own that only grows,
/// read for display, and orders nothing.
struct Counters {
  std::atomic<std::uint64_t> sent_spans{0};
  std::atomic<std::uint64_t> sent_batches{0};
  std::atomic<std::uint64_t> failed_requests{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> dropped_queue_full{0};
  std::atomic<std::uint64_t> dropped_rejected{0};
  std::atomic<std::uint64_t> dropped_expired{0};
  std::atomic<std::uint64_t> dropped_stopped{0};

  static void Add(std::atomic<std::uint64_t>& counter, std::uint64_t count = 1) {
    counter.fetch_add(count, std::memory_order_relaxed);
  }
};

/// What an exporter does with one batch: encodes it, sends it, and says when to try again. Blocks
/// in the transport alone. Not thread-safe, but for its counters.
///
///     empty --Load()--> pending --Try()--> empty      taken, rejected, or given up
///                          ^         |
///                          +---------+                may succeed later: not before not_before()
class VITALS_EXPORT OtlpSender {
 public:
  using Transport =
      std::function<absl::StatusOr<net::HttpClientResponse>(const net::HttpClientRequest&)>;

  /// `random` gives numbers from 0 to 1.
  OtlpSender(const OtlpHttpExporterOptions& options, Transport transport,
             std::function<double()> random, const Clock& clock, Counters& counters);

  bool pending() const { return batch_spans_ != 0; }

  /// Before it no request is to be sent, be it of this batch or of the next.
  Clock::MonotonicTime not_before() const { return not_before_; }

  /// Takes a batch, which is not empty; none is pending. Without memory it throws std::bad_alloc,
  /// and none is pending.
  void Load(std::span<const SpanData> spans);

  /// Sends the batch that is pending, and counts. Returns how many spans are done with: all of
  /// them, or none when they stay pending, as also when it throws std::bad_alloc.
  std::size_t Try();

  /// Sends it for the last time, for at most `timeout`: it stays pending in no case.
  std::size_t TryLast(std::chrono::milliseconds timeout);

  /// Gives the pending batch up, if there is one, and counts its spans there. Returns how many.
  std::size_t Drop(std::atomic<std::uint64_t>& counter);

 private:
  // How things are with the collector; a change is logged.
  enum class Health { kGood, kPartial, kRetrying, kRejecting };

  struct Answer {
    enum class Kind { kTaken, kRejected, kLater } kind;
    std::uint64_t rejected_spans = 0;
    std::chrono::milliseconds retry_after{0};
    std::string message = {};  // for the log
  };

  Answer Send();
  Answer Judge(const absl::StatusOr<net::HttpClientResponse>& response) const;
  // Sets not_before(). Whether the batch is to be tried again then.
  bool Pause(std::chrono::milliseconds retry_after);
  // Counts the pending batch, which was taken or rejected.
  std::size_t Settle(const Answer& answer);
  void Report(Health health, std::string_view message);

  const OtlpHttpExporterOptions& options_;
  const Transport transport_;
  const std::function<double()> random_;
  const Clock& clock_;
  Counters& counters_;

  net::HttpClientRequest request_;
  std::string body_;
  std::size_t batch_spans_ = 0;
  std::uint64_t attempts_ = 0;  // of this batch
  std::uint32_t failures_ = 0;  // one after the other, of any batch
  Clock::MonotonicTime not_before_{};
  Clock::MonotonicTime give_up_at_{};
  Health health_ = Health::kGood;
};

}  // namespace otlp
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPORT_OTLP_SENDER_H_
