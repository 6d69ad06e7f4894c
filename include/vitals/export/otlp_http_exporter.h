#ifndef VITALS_EXPORT_OTLP_HTTP_EXPORTER_H_
#define VITALS_EXPORT_OTLP_HTTP_EXPORTER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/export/resource.h"
#include "vitals/net/http_client.h"
#include "vitals/trace/span_processor.h"

VITALS_NAMESPACE_BEGIN

/// Where spans are pushed to, and how hard it is tried. Times are at least 1 ms (stop_timeout: 0);
/// one beyond a year stands for never. Environment variables are not read.
struct OtlpHttpExporterOptions {
  /// Where the collector takes traces; the port is that of OTLP/HTTP.
  std::string url = "http://127.0.0.1:4318/v1/traces";
  /// Sent with every request, such as {"Authorization", "Bearer ..."}. Never logged.
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool gzip = false;  ///< compress requests to about an eighth, in 4 ms a megabyte
  /// Certificates, timeouts (10 s a request), unix socket. The body of an answer beyond
  /// max_response_bytes is not read.
  net::HttpClientOptions http = {.max_response_bytes = std::size_t{64} * 1024};
  Resource resource = Resource::Default();

  /// What waits at most; spans beyond are dropped and counted. Bytes are those of memory, roughly.
  std::size_t max_queue_spans = 8192;
  std::size_t max_queue_bytes = std::size_t{16} * 1024 * 1024;
  /// Spans of a request, at least 1: as soon as so many wait, they are sent.
  std::size_t max_batch_spans = 512;
  /// How long fewer wait, unless the queue has no room for more.
  std::chrono::milliseconds batch_interval = std::chrono::seconds(5);

  /// A request that may succeed later (no connection, no answer in time, no memory, 429, 502,
  /// 503, 504) is sent again after the first pause or what Retry-After asks for, whichever is
  /// longer. Each pause is twice the one before, up to the longest, less a random part of up to a
  /// half of it.
  std::chrono::milliseconds first_pause = std::chrono::seconds(1);
  std::chrono::milliseconds longest_pause = std::chrono::seconds(30);
  /// For how long a batch is tried; then it is dropped and counted.
  std::chrono::milliseconds max_retry_time = std::chrono::minutes(5);
  /// What the last flush may take; see Stop().
  std::chrono::milliseconds stop_timeout = std::chrono::seconds(5);
};

/// Counts of what an exporter did. All but the queue's only grow. Each span that was handed over is
/// in `sent_spans`, in one of the four `dropped_...`, in the queue, or in the one batch in flight.
struct OtlpHttpExporterStats {
  std::uint64_t sent_spans = 0;  ///< taken by the collector
  std::uint64_t sent_batches = 0;
  std::uint64_t failed_requests = 0;     ///< without an answer of 2xx
  std::uint64_t retries = 0;             ///< requests that sent a batch once more
  std::uint64_t dropped_queue_full = 0;  ///< or without memory
  std::uint64_t dropped_rejected = 0;    ///< by the collector: a batch, or a part of it
  std::uint64_t dropped_expired = 0;     ///< not sent within max_retry_time
  std::uint64_t dropped_stopped = 0;     ///< not sent by the end of Stop(), or handed over after it
  std::size_t queue_spans = 0;
  std::size_t queue_bytes = 0;
};

/// Pushes spans in batches to a collector that speaks OTLP over HTTP, as JSON. OnEnd() copies spans
/// into a bounded queue; a thread of its own (`vitals/otlp`) encodes and sends them. Thread-safe.
///
/// In a fork child it is off: OnEnd() and Stop() do nothing, nothing is sent; Create() works anew.
class VITALS_EXPORT OtlpHttpExporter final : public SpanProcessor {
 public:
  /// Checks the options and starts the thread. The collector need not be there yet. InvalidArgument
  /// names the option and what would be right.
  static absl::StatusOr<std::unique_ptr<OtlpHttpExporter>> Create(OtlpHttpExporterOptions options);

  /// Stops, as Stop().
  ~OtlpHttpExporter() override;
  OtlpHttpExporter(const OtlpHttpExporter&) = delete;
  OtlpHttpExporter& operator=(const OtlpHttpExporter&) = delete;

  /// Copies spans into the queue, about 100 ns each. Never waits for the network.
  void OnEnd(std::span<const SpanData> spans) override;

  /// Sends what was handed over before the call, and waits until all of it is sent or dropped, for
  /// at most `timeout`: then DeadlineExceeded, and it goes on by itself. Pauses between retries
  /// stay as long as they are. FailedPrecondition once stopped, and in a fork child.
  absl::Status ForceFlush(std::chrono::milliseconds timeout);

  /// Sends what waits, trying each batch once, for at most stop_timeout; drops the rest. A
  /// collector that hangs does not hold it longer. Returns when the thread has ended; at once when
  /// already stopped.
  void Stop();

  OtlpHttpExporterStats stats() const;

 private:
  class Impl;
  explicit OtlpHttpExporter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_OTLP_HTTP_EXPORTER_H_
