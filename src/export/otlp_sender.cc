#include "export/otlp_sender.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "export/partial_success.h"
#include "fmt/format.h"
#include "net/gzip.h"
#include "net/http_fields.h"
#include "vitals/base/log.h"
#include "vitals/export/otlp_json.h"

VITALS_NAMESPACE_BEGIN
namespace otlp {
namespace {

// A collector that asks for a longer pause is asked again after this one.
constexpr std::chrono::milliseconds kLongestRetryAfter = std::chrono::hours(1);

// Of what a collector says, for the log.
constexpr std::size_t kMaxMessageBytes = 256;

// OTLP specification 1, "Retryable Response Codes".
bool MaySucceedLater(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// No answer in time, none that is one, or no memory for it.
bool MaySucceedLater(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

OtlpSender::OtlpSender(const OtlpHttpExporterOptions& options, Transport transport,
                       std::function<double()> random, const Clock& clock, Counters& counters)
    : options_(options),
      transport_(std::move(transport)),
      random_(std::move(random)),
      clock_(clock),
      counters_(counters) {
  request_.method = "POST";
  request_.url = options.url;
  request_.headers = options.headers;
  // The status decides, whatever page comes with it.
  request_.cut_body = true;
}

void OtlpSender::Load(std::span<const SpanData> spans) {
  body_.clear();
  EncodeOtlpJson(spans, options_.resource, body_);
  request_.headers.resize(options_.headers.size());
  request_.headers.emplace_back("Content-Type", "application/json");
  if (options_.gzip) {
    // Without memory for it, the batch goes as it is.
    if (absl::StatusOr<std::string> compressed = net::Gzip(body_); compressed.ok()) {
      body_ = *std::move(compressed);
      request_.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  attempts_ = 0;
  give_up_at_ = clock_.MonotonicNow() + options_.max_retry_time;
  batch_spans_ = spans.size();
}

std::size_t OtlpSender::Try() {
  request_.timeout.reset();
  const Answer answer = Send();
  if (answer.kind != Answer::Kind::kLater) return Settle(answer);
  return Pause(answer.retry_after) ? 0 : Drop(counters_.dropped_expired);
}

std::size_t OtlpSender::TryLast(std::chrono::milliseconds timeout) {
  request_.timeout = std::min(timeout, options_.http.timeout);
  const Answer answer = Send();
  return answer.kind == Answer::Kind::kLater ? Drop(counters_.dropped_stopped) : Settle(answer);
}

OtlpSender::Answer OtlpSender::Send() {
  if (attempts_++ > 0) Counters::Add(counters_.retries);
  request_.body = body_;
  Answer answer = Judge(transport_(request_));
  if (answer.kind != Answer::Kind::kTaken) Counters::Add(counters_.failed_requests);
  if (answer.kind != Answer::Kind::kLater) failures_ = 0;
  switch (answer.kind) {
    case Answer::Kind::kTaken:
      Report(answer.message.empty() ? Health::kGood : Health::kPartial, answer.message);
      break;
    case Answer::Kind::kRejected:
      Report(Health::kRejecting, answer.message);
      break;
    case Answer::Kind::kLater:
      if (!answer.message.empty()) Report(Health::kRetrying, answer.message);
      break;
  }
  return answer;
}

OtlpSender::Answer OtlpSender::Judge(
    const absl::StatusOr<net::HttpClientResponse>& response) const {
  // The exporter stops, which drops the batch: nobody need know more.
  if (absl::IsCancelled(response.status())) return {Answer::Kind::kLater};
  if (!response.ok()) {
    return {MaySucceedLater(response.status()) ? Answer::Kind::kLater : Answer::Kind::kRejected, 0,
            std::chrono::milliseconds(0), std::string(response.status().message())};
  }
  if (response->status >= 200 && response->status < 300) {
    const PartialSuccess partial = ParsePartialSuccess(response->body);
    Answer answer{Answer::Kind::kTaken};
    answer.rejected_spans = std::min<std::uint64_t>(partial.rejected_spans, batch_spans_);
    if (partial.rejected_spans != 0 || !partial.error_message.empty()) {
      answer.message = fmt::format(
          "the collector rejected {} of {} spans: {}", answer.rejected_spans, batch_spans_,
          base::ToValidUtf8(partial.error_message.substr(0, kMaxMessageBytes)));
    }
    return answer;
  }
  std::string message = fmt::format("the collector answered {}", response->status);
  if (!MaySucceedLater(response->status)) {
    return {Answer::Kind::kRejected, 0, std::chrono::milliseconds(0), std::move(message)};
  }
  const auto asked = net::ParseRetryAfter(response->Header("Retry-After"), clock_.Now());
  return {Answer::Kind::kLater, 0,
          std::min<std::chrono::milliseconds>(asked.value_or(std::chrono::seconds(0)),
                                              kLongestRetryAfter),
          std::move(message)};
}

bool OtlpSender::Pause(std::chrono::milliseconds retry_after) {
  using FloatMilliseconds = std::chrono::duration<double, std::milli>;
  // No pause is so short that this many doublings do not reach the longest there is.
  constexpr std::uint32_t kMostDoublings = 40;
  const double doubled =
      FloatMilliseconds(options_.first_pause).count() *
      static_cast<double>(std::uint64_t{1} << std::min(failures_, kMostDoublings));
  const double longest = FloatMilliseconds(options_.longest_pause).count();
  const FloatMilliseconds pause(std::min(doubled, longest) * (1 - random_() / 2));
  ++failures_;
  not_before_ = clock_.MonotonicNow() +
                std::max(std::chrono::duration_cast<std::chrono::milliseconds>(pause), retry_after);
  return not_before_ < give_up_at_;
}

std::size_t OtlpSender::Settle(const Answer& answer) {
  if (answer.kind == Answer::Kind::kRejected) return Drop(counters_.dropped_rejected);
  const std::size_t spans = std::exchange(batch_spans_, 0);
  Counters::Add(counters_.sent_batches);
  Counters::Add(counters_.sent_spans, spans - answer.rejected_spans);
  Counters::Add(counters_.dropped_rejected, answer.rejected_spans);
  return spans;
}

std::size_t OtlpSender::Drop(std::atomic<std::uint64_t>& counter) {
  const std::size_t spans = std::exchange(batch_spans_, 0);
  Counters::Add(counter, spans);
  return spans;
}

void OtlpSender::Report(Health health, std::string_view message) {
  if (health == std::exchange(health_, health)) return;
  switch (health) {
    case Health::kGood:
      Log(LogSeverity::kInfo, "OTLP exporter: the collector takes spans again");
      break;
    case Health::kPartial:
      Log(LogSeverity::kWarning, fmt::format("OTLP exporter: {}", message));
      break;
    case Health::kRetrying:
      Log(LogSeverity::kWarning, fmt::format("OTLP exporter: {}; it will be tried again", message));
      break;
    case Health::kRejecting:
      Log(LogSeverity::kWarning, fmt::format("OTLP exporter: {}; spans are dropped", message));
      break;
  }
}

}  // namespace otlp
VITALS_NAMESPACE_END
