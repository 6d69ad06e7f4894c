#include "vitals/export/otlp_http_exporter.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/otlp_endpoint.h"
#include "tests/export/spans.h"
#include "tests/net/raw_server.h"
#include "tests/testing/child_process.h"
#include "vitals/base/log.h"
#include "vitals/export/otlp_exporter_collector.h"
#include "vitals/export/otlp_json.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/value.h"

namespace vitals_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using vitals::OtlpHttpExporter;
using vitals::OtlpHttpExporterOptions;
using vitals::OtlpHttpExporterStats;
using vitals::Resource;
using vitals::SpanData;

constexpr seconds kPatience(20);

std::string Json(const std::vector<SpanData>& spans) {
  std::string json;
  vitals::EncodeOtlpJson(spans, Resource(), json);
  return json;
}

// What was handed over, by where it is.
std::uint64_t Accounted(const OtlpHttpExporterStats& stats) {
  return stats.sent_spans + stats.dropped_queue_full + stats.dropped_rejected +
         stats.dropped_expired + stats.dropped_stopped + stats.queue_spans;
}

class OtlpHttpExporterTest : public ::testing::Test {
 protected:
  // The tests provoke what is logged.
  OtlpHttpExporterTest() {
    vitals::SetLogSink([](vitals::LogSeverity, std::string_view) {});
  }
  ~OtlpHttpExporterTest() override { vitals::SetLogSink({}); }

  static OtlpHttpExporterOptions Options(std::string url) {
    OtlpHttpExporterOptions options;
    options.url = std::move(url);
    options.resource = Resource();
    // Only a full batch or a flush makes a request.
    options.batch_interval = std::chrono::hours(1);
    options.first_pause = milliseconds(1);
    options.longest_pause = milliseconds(4);
    return options;
  }

  static std::unique_ptr<OtlpHttpExporter> MustCreate(OtlpHttpExporterOptions options) {
    auto exporter = OtlpHttpExporter::Create(std::move(options));
    EXPECT_TRUE(exporter.ok()) << exporter.status();
    return exporter.ok() ? *std::move(exporter) : nullptr;
  }
};

TEST_F(OtlpHttpExporterTest, PushesWhatEnded) {
  OtlpEndpoint endpoint;
  const auto exporter = MustCreate(Options(endpoint.Url()));
  exporter->OnEnd(PlainSpans(2));
  exporter->OnEnd(PlainSpans(1, 3));
  EXPECT_EQ(exporter->stats().queue_spans, 3u);
  EXPECT_TRUE(exporter->ForceFlush(kPatience).ok());
  ASSERT_EQ(endpoint.requests().size(), 1u);
  EXPECT_THAT(endpoint.requests()[0], StartsWith("POST /v1/traces HTTP/1.1\r\n"));
  EXPECT_THAT(endpoint.requests()[0], HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(endpoint.requests()[0], EndsWith("\r\n\r\n" + Json(PlainSpans(3))));
  EXPECT_EQ(exporter->stats().sent_spans, 3u);
  EXPECT_EQ(exporter->stats().queue_bytes, 0u);
}

TEST_F(OtlpHttpExporterTest, AFullBatchIsSentAtOnceAndTheRestWaits) {
  OtlpEndpoint endpoint;
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.max_batch_spans = 10;
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(25));
  while (exporter->stats().sent_batches < 2) std::this_thread::yield();
  EXPECT_EQ(exporter->stats().queue_spans, 5u);
  exporter->Stop();
  EXPECT_THAT(endpoint.requests()[0], EndsWith(Json(PlainSpans(10))));
  EXPECT_THAT(endpoint.requests()[1], EndsWith(Json(PlainSpans(10, 11))));
  EXPECT_THAT(endpoint.requests()[2], EndsWith(Json(PlainSpans(5, 21))));
  EXPECT_EQ(exporter->stats().sent_spans, 25u);
}

TEST_F(OtlpHttpExporterTest, AQueueThatIsFullByBytesIsSentAtOnce) {
  OtlpEndpoint endpoint;
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.max_queue_bytes = 10'000;
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(1));
  exporter->OnEnd(PlainSpans(100, 2));
  while (exporter->stats().sent_spans == 0) std::this_thread::yield();
  const OtlpHttpExporterStats stats = exporter->stats();
  EXPECT_GT(stats.dropped_queue_full, 0u);
  EXPECT_EQ(stats.sent_spans + stats.dropped_queue_full, 101u);
}

TEST_F(OtlpHttpExporterTest, TheIntervalEndsTheWait) {
  OtlpEndpoint endpoint;
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.batch_interval = milliseconds(1);
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(3));
  while (exporter->stats().sent_spans < 3) std::this_thread::yield();
}

TEST_F(OtlpHttpExporterTest, RecoversFromEveryKindOfFailure) {
  const std::string nothing = "Content-Length: 0\r\n\r\n";
  OtlpEndpoint endpoint({
      "",
      "garbage",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\nshort",
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\n" + nothing,
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n" +
          nothing,
      "HTTP/1.1 502 Bad Gateway\r\n" + nothing,
  });
  const auto exporter = MustCreate(Options(endpoint.Url()));
  exporter->OnEnd(PlainSpans(3));
  EXPECT_TRUE(exporter->ForceFlush(kPatience).ok());
  const OtlpHttpExporterStats stats = exporter->stats();
  EXPECT_EQ(stats.sent_spans, 3u);
  EXPECT_EQ(stats.failed_requests, 6u);
  EXPECT_EQ(stats.retries, 6u);
  EXPECT_EQ(Accounted(stats), 3u);
  EXPECT_THAT(endpoint.requests().back(), EndsWith(Json(PlainSpans(3))));
}

TEST_F(OtlpHttpExporterTest, TheStatusDecidesWhateverPageComesWithIt) {
  const std::string page = "Content-Length: 70000\r\n\r\n" + std::string(70'000, 'x');
  OtlpEndpoint endpoint(
      {"HTTP/1.1 503 Service Unavailable\r\n" + page, "HTTP/1.1 200 OK\r\n" + page});
  const auto exporter = MustCreate(Options(endpoint.Url()));
  exporter->OnEnd(PlainSpans(3));
  EXPECT_TRUE(exporter->ForceFlush(kPatience).ok());
  EXPECT_EQ(exporter->stats().sent_spans, 3u);
  EXPECT_EQ(exporter->stats().retries, 1u);
  EXPECT_EQ(exporter->stats().dropped_rejected, 0u);
}

TEST_F(OtlpHttpExporterTest, NobodyListens) {
  RawServer server;
  OtlpHttpExporterOptions options = Options(server.Url());
  server.Close();
  options.max_queue_spans = 100;
  options.max_batch_spans = 10;
  options.max_retry_time = milliseconds(20);
  const auto exporter = MustCreate(options);
  for (std::uint64_t handed_over = 0; exporter->stats().dropped_expired < 30;) {
    exporter->OnEnd(PlainSpans(10));
    handed_over += 10;
    EXPECT_LE(exporter->stats().queue_spans, 100u);
    EXPECT_LE(Accounted(exporter->stats()), handed_over);
  }
  EXPECT_EQ(exporter->stats().sent_spans, 0u);
  EXPECT_GT(exporter->stats().dropped_queue_full, 0u);
}

TEST_F(OtlpHttpExporterTest, MemoryIsBoundedWhileTheCollectorHangs) {
  const RawServer server;
  OtlpHttpExporterOptions options = Options(server.Url());
  options.max_queue_spans = 1000;
  options.max_queue_bytes = 100'000;
  options.max_batch_spans = 10;
  options.stop_timeout = milliseconds(0);
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(10));
  while (!server.HasConnection()) std::this_thread::yield();
  constexpr std::uint64_t kMany = 20'000;
  for (std::uint64_t i = 0; i < kMany; i += 100) exporter->OnEnd(PlainSpans(100));
  const OtlpHttpExporterStats stats = exporter->stats();
  EXPECT_LE(stats.queue_bytes, 100'000u);
  EXPECT_GT(stats.queue_spans, 0u);
  EXPECT_EQ(stats.queue_spans + stats.dropped_queue_full, kMany);
  EXPECT_EQ(exporter->ForceFlush(milliseconds(1)).code(), absl::StatusCode::kDeadlineExceeded);
  exporter->Stop();
  EXPECT_EQ(Accounted(exporter->stats()), kMany + 10);
  EXPECT_EQ(exporter->stats().queue_spans, 0u);
}

TEST_F(OtlpHttpExporterTest, StopSendsWhatWaits) {
  OtlpEndpoint endpoint;
  const auto exporter = MustCreate(Options(endpoint.Url()));
  exporter->OnEnd(PlainSpans(3));
  exporter->Stop();
  EXPECT_EQ(exporter->stats().sent_spans, 3u);
  exporter->Stop();
  exporter->OnEnd(PlainSpans(2));
  EXPECT_EQ(exporter->stats().dropped_stopped, 2u);
  EXPECT_EQ(exporter->ForceFlush(kPatience).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(endpoint.requests().size(), 1u);
}

TEST_F(OtlpHttpExporterTest, StopTriesOnceMoreWhatWaitsForARetry) {
  OtlpEndpoint endpoint({"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"});
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.max_batch_spans = 2;
  options.first_pause = options.longest_pause = std::chrono::hours(1);
  options.max_retry_time = std::chrono::hours(2);
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(3));
  while (exporter->stats().failed_requests == 0) std::this_thread::yield();
  exporter->Stop();
  EXPECT_EQ(exporter->stats().sent_spans, 3u);
}

TEST_F(OtlpHttpExporterTest, StopDoesNotWaitForACollectorThatHangs) {
  const RawServer server;
  OtlpHttpExporterOptions options = Options(server.Url());
  options.stop_timeout = milliseconds(50);
  const auto exporter = MustCreate(options);
  exporter->OnEnd(PlainSpans(3));
  const auto before = std::chrono::steady_clock::now();
  exporter->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(5));
  EXPECT_EQ(exporter->stats().dropped_stopped, 3u);
}

TEST_F(OtlpHttpExporterTest, StopMayBeCalledByManyWhileSpansEnd) {
  OtlpEndpoint endpoint;
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.max_batch_spans = 16;
  const auto exporter = MustCreate(options);
  std::vector<std::thread> threads;
  constexpr std::uint64_t kThreads = 3;
  constexpr std::uint64_t kRounds = 200;
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&exporter] {
      for (std::uint64_t round = 0; round < kRounds; ++round) exporter->OnEnd(PlainSpans(3));
      static_cast<void>(exporter->ForceFlush(kPatience));
      exporter->Stop();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Accounted(exporter->stats()), kThreads * kRounds * 3);
}

TEST_F(OtlpHttpExporterTest, IsOffInAForkChild) {
  OtlpEndpoint endpoint;
  auto exporter = MustCreate(Options(endpoint.Url()));
  exporter->OnEnd(PlainSpans(2));
  EXPECT_EQ(InChild([&] {
              exporter->OnEnd(PlainSpans(5));
              if (exporter->stats().queue_spans != 0) return 1;
              if (exporter->ForceFlush(kPatience).code() != absl::StatusCode::kFailedPrecondition) {
                return 2;
              }
              exporter->Stop();
              exporter.reset();
              return 0;
            }),
            0);
  EXPECT_TRUE(exporter->ForceFlush(kPatience).ok());
  EXPECT_EQ(exporter->stats().sent_spans, 2u);
}

TEST_F(OtlpHttpExporterTest, OptionsAreChecked) {
  const auto expect_refused = [](auto change, const char* reason) {
    OtlpHttpExporterOptions options;
    change(options);
    const auto exporter = OtlpHttpExporter::Create(options);
    EXPECT_EQ(exporter.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(exporter.status().message()), HasSubstr(reason));
  };
  using Options = OtlpHttpExporterOptions;
  expect_refused([](Options& o) { o.url = "grpc://collector:4317"; }, "url");
  expect_refused([](Options& o) { o.headers = {{"A\n", "1"}}; }, "header");
  expect_refused([](Options& o) { o.max_queue_spans = 0; }, "max_queue_spans");
  expect_refused([](Options& o) { o.max_queue_bytes = 0; }, "max_queue_bytes");
  expect_refused([](Options& o) { o.max_batch_spans = 0; }, "max_batch_spans");
  expect_refused([](Options& o) { o.batch_interval = milliseconds(0); }, "batch_interval");
  expect_refused([](Options& o) { o.first_pause = milliseconds(0); }, "first_pause");
  expect_refused([](Options& o) { o.longest_pause = milliseconds(1); }, "longest_pause");
  expect_refused([](Options& o) { o.max_retry_time = milliseconds(0); }, "max_retry_time");
  expect_refused([](Options& o) { o.stop_timeout = milliseconds(-1); }, "stop_timeout");
  expect_refused([](Options& o) { o.http.timeout = milliseconds(0); }, "timeout");
}

TEST_F(OtlpHttpExporterTest, TheCollectorShowsTheCounts) {
  OtlpEndpoint endpoint({"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"});
  OtlpHttpExporterOptions options = Options(endpoint.Url());
  options.max_queue_spans = 4;
  std::shared_ptr<OtlpHttpExporter> exporter = MustCreate(options);
  vitals::Registry registry;
  ASSERT_TRUE(
      registry.AddCollector(std::make_shared<vitals::OtlpExporterCollector>(exporter)).ok());
  exporter->OnEnd(PlainSpans(2));
  ASSERT_TRUE(exporter->ForceFlush(kPatience).ok());
  exporter->OnEnd(PlainSpans(3));
  ASSERT_TRUE(exporter->ForceFlush(kPatience).ok());
  const auto value = [&registry](const char* name, const vitals::Labels& labels = {}) {
    return vitals::testing::Value(registry, name, labels).value_or(-1);
  };
  EXPECT_EQ(value("vitals_otlp_spans_sent_total"), 3);
  EXPECT_EQ(value("vitals_otlp_spans_dropped_total", {{"reason", "rejected"}}), 2);
  EXPECT_EQ(value("vitals_otlp_spans_dropped_total", {{"reason", "queue_full"}}), 0);
  EXPECT_EQ(value("vitals_otlp_batches_sent_total"), 1);
  EXPECT_EQ(value("vitals_otlp_requests_failed_total"), 1);
  EXPECT_EQ(value("vitals_otlp_retries_total"), 0);
  EXPECT_EQ(value("vitals_otlp_queue_spans"), 0);
  EXPECT_EQ(value("vitals_otlp_queue_bytes"), 0);
  exporter.reset();
  EXPECT_EQ(value("vitals_otlp_spans_sent_total"), -1);
}

}  // namespace
}  // namespace vitals_test
