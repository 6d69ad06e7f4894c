#include "export/otlp_sender.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/spans.h"
#include "vitals/base/log.h"
#include "vitals/export/otlp_json.h"
#include "vitals/testing/fake_clock.h"

namespace vitals::otlp {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using vitals_test::PlainSpans;

net::HttpClientResponse Response(int status, std::string body = "",
                                 std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

// A sender on a clock and a network of the test's own.
class OtlpSenderTest : public ::testing::Test {
 protected:
  OtlpSenderTest() {
    options_.url = "http://collector:4318/v1/traces";
    options_.headers = {{"X-Key", "secret"}};
    options_.resource = Resource();
    options_.first_pause = milliseconds(1000);
    options_.longest_pause = milliseconds(3000);
    options_.max_retry_time = milliseconds(10'000);
    SetLogSink([this](LogSeverity, std::string_view message) { log_.emplace_back(message); });
  }
  ~OtlpSenderTest() override { SetLogSink({}); }

  OtlpSender MakeSender() {
    return OtlpSender(
        options_,
        [this](const net::HttpClientRequest& request) {
          requests_.push_back(request);
          bodies_.emplace_back(request.body);
          if (answers_.empty()) return absl::StatusOr<net::HttpClientResponse>(Response(200));
          auto answer = std::move(answers_.front());
          answers_.pop_front();
          return answer;
        },
        [this] { return random_; }, clock_, counters_);
  }

  milliseconds PauseOf(const OtlpSender& sender) const {
    return std::chrono::duration_cast<milliseconds>(sender.not_before() - clock_.MonotonicNow());
  }

  OtlpHttpExporterOptions options_;
  testing::FakeClock clock_;
  double random_ = 0;
  Counters counters_;
  std::deque<absl::StatusOr<net::HttpClientResponse>> answers_;
  std::vector<net::HttpClientRequest> requests_;
  std::vector<std::string> bodies_;
  std::vector<std::string> log_;
};

TEST_F(OtlpSenderTest, PostsTheBatch) {
  OtlpSender sender = MakeSender();
  EXPECT_FALSE(sender.pending());
  sender.Load(PlainSpans(3));
  EXPECT_TRUE(sender.pending());
  EXPECT_EQ(sender.Try(), 3u);
  EXPECT_FALSE(sender.pending());
  EXPECT_EQ(requests_[0].method, "POST");
  EXPECT_EQ(requests_[0].url, "http://collector:4318/v1/traces");
  EXPECT_EQ(requests_[0].timeout, std::nullopt);
  EXPECT_THAT(requests_[0].headers,
              ElementsAre(Pair("X-Key", "secret"), Pair("Content-Type", "application/json")));
  std::string expected;
  EncodeOtlpJson(PlainSpans(3), Resource(), expected);
  EXPECT_EQ(bodies_[0], expected);
  EXPECT_EQ(counters_.sent_spans, 3u);
  EXPECT_EQ(counters_.sent_batches, 1u);
  EXPECT_THAT(log_, ElementsAre());
}

TEST_F(OtlpSenderTest, CompressesWhenAsked) {
  options_.gzip = true;
  OtlpSender sender = MakeSender();
  for (int i = 0; i < 2; ++i) {
    sender.Load(PlainSpans(100));
    EXPECT_EQ(sender.Try(), 100u);
    EXPECT_THAT(requests_.back().headers,
                ElementsAre(Pair("X-Key", "secret"), Pair("Content-Type", "application/json"),
                            Pair("Content-Encoding", "gzip")));
    EXPECT_EQ(bodies_.back().substr(0, 2), "\x1F\x8B");
    EXPECT_LT(bodies_.back().size(), 5000u);
  }
}

TEST_F(OtlpSenderTest, WhatMaySucceedLaterIsSentAgain) {
  OtlpSender sender = MakeSender();
  const absl::StatusOr<net::HttpClientResponse> kLater[] = {Response(429),
                                                            Response(502),
                                                            Response(503),
                                                            Response(504),
                                                            absl::UnavailableError("refused"),
                                                            absl::DeadlineExceededError("hangs"),
                                                            absl::ResourceExhaustedError("memory")};
  for (const auto& answer : kLater) {
    answers_ = {answer};
    sender.Load(PlainSpans(2));
    EXPECT_EQ(sender.Try(), 0u);
    EXPECT_TRUE(sender.pending());
    EXPECT_EQ(PauseOf(sender), milliseconds(1000));
    EXPECT_EQ(sender.Try(), 2u);
    EXPECT_EQ(bodies_[bodies_.size() - 2], bodies_.back());
  }
  EXPECT_EQ(counters_.failed_requests, 7u);
  EXPECT_EQ(counters_.retries, 7u);
  EXPECT_EQ(counters_.sent_spans, 14u);
}

TEST_F(OtlpSenderTest, WhatCannotSucceedIsDropped) {
  OtlpSender sender = MakeSender();
  const absl::StatusOr<net::HttpClientResponse> kNever[] = {
      Response(400), Response(401), Response(404), Response(413),
      Response(302), Response(500), Response(501), absl::UnauthenticatedError("no trust")};
  for (const auto& answer : kNever) {
    answers_ = {answer};
    sender.Load(PlainSpans(2));
    EXPECT_EQ(sender.Try(), 2u);
    EXPECT_FALSE(sender.pending());
    EXPECT_LE(PauseOf(sender), milliseconds(0));
  }
  EXPECT_EQ(counters_.dropped_rejected, 16u);
  EXPECT_EQ(counters_.retries, 0u);
  EXPECT_EQ(counters_.sent_spans, 0u);
}

TEST_F(OtlpSenderTest, PausesDoubleUpToTheLongest) {
  OtlpSender sender = MakeSender();
  answers_.assign(4, Response(503));
  sender.Load(PlainSpans(1));
  for (const int pause : {1000, 2000, 3000, 3000}) {
    EXPECT_EQ(sender.Try(), 0u);
    EXPECT_EQ(PauseOf(sender), milliseconds(pause));
    clock_.Advance(milliseconds(pause));
  }
  EXPECT_EQ(sender.Try(), 1u);
  // After a success they begin anew.
  answers_ = {Response(503)};
  random_ = 1;
  sender.Load(PlainSpans(1));
  sender.Try();
  EXPECT_EQ(PauseOf(sender), milliseconds(500));
}

TEST_F(OtlpSenderTest, RetryAfterIsHonouredWhereItIsLonger) {
  OtlpSender sender = MakeSender();
  const auto pause_after = [&](const char* retry_after) {
    answers_ = {Response(503, "", {{"retry-after", retry_after}}), Response(200)};
    sender.Load(PlainSpans(1));
    sender.Try();
    const milliseconds pause = PauseOf(sender);
    sender.Try();
    return pause;
  };
  EXPECT_EQ(pause_after("7"), seconds(7));
  EXPECT_EQ(pause_after("0"), seconds(1));
  EXPECT_EQ(pause_after("soon"), seconds(1));
  // The clock stands at 2000-01-01 00:00:00.
  EXPECT_EQ(pause_after("Sat, 01 Jan 2000 00:00:05 GMT"), seconds(5));
  EXPECT_EQ(pause_after("Fri, 31 Dec 1999 23:59:59 GMT"), seconds(1));
}

TEST_F(OtlpSenderTest, ABatchIsGivenUpButThePauseStays) {
  OtlpSender sender = MakeSender();
  answers_ = {Response(503, "", {{"Retry-After", "4000000000"}})};
  sender.Load(PlainSpans(2));
  EXPECT_EQ(sender.Try(), 2u);
  EXPECT_FALSE(sender.pending());
  EXPECT_EQ(counters_.dropped_expired, 2u);
  EXPECT_EQ(PauseOf(sender), std::chrono::hours(1));

  answers_.assign(4, absl::UnavailableError("refused"));
  sender.Load(PlainSpans(5));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sender.Try(), 0u);
    clock_.Advance(milliseconds(3000));
  }
  EXPECT_EQ(sender.Try(), 5u);
  EXPECT_EQ(counters_.dropped_expired, 7u);
}

TEST_F(OtlpSenderTest, PartialSuccessIsCounted) {
  OtlpSender sender = MakeSender();
  answers_ = {Response(200, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"late"}})"),
              Response(200, R"({"partialSuccess":{"rejectedSpans":"9000"}})"),
              Response(202, "garbage {")};
  for (int i = 0; i < 3; ++i) {
    sender.Load(PlainSpans(5));
    EXPECT_EQ(sender.Try(), 5u);
  }
  EXPECT_EQ(counters_.sent_spans, 8u);
  EXPECT_EQ(counters_.dropped_rejected, 7u);
  EXPECT_EQ(counters_.sent_batches, 3u);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("rejected 2 of 5 spans: late"), HasSubstr("again")));
}

TEST_F(OtlpSenderTest, TheLastTryEndsTheBatch) {
  OtlpSender sender = MakeSender();
  answers_ = {Response(503), Response(400), Response(200), absl::CancelledError("aborted")};
  for (int i = 0; i < 4; ++i) {
    sender.Load(PlainSpans(2));
    EXPECT_EQ(sender.TryLast(milliseconds(70)), 2u);
    EXPECT_FALSE(sender.pending());
  }
  EXPECT_EQ(requests_[0].timeout, milliseconds(70));
  EXPECT_EQ(counters_.dropped_stopped, 4u);
  EXPECT_EQ(counters_.dropped_rejected, 2u);
  EXPECT_EQ(counters_.sent_spans, 2u);
  EXPECT_THAT(log_.back(), HasSubstr("again"));
  EXPECT_EQ(sender.Drop(counters_.dropped_stopped), 0u);
}

TEST_F(OtlpSenderTest, OnlyChangesAreLogged) {
  OtlpSender sender = MakeSender();
  answers_ = {Response(503), Response(503), Response(400), Response(400), Response(200)};
  for (int i = 0; i < 5; ++i) {
    sender.Load(PlainSpans(1));
    sender.Try();
    sender.Drop(counters_.dropped_stopped);
  }
  EXPECT_THAT(log_, ElementsAre("OTLP exporter: the collector answered 503; it will be tried again",
                                "OTLP exporter: the collector answered 400; spans are dropped",
                                "OTLP exporter: the collector takes spans again"));
}

}  // namespace
}  // namespace vitals::otlp
