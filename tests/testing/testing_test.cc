#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/compare.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/testing/value.h"

namespace vitals {
namespace {

using testing::CollectAndCompare;
using testing::CollectAndLint;
using testing::FakeClock;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::Value;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class HostTest : public ::testing::Test {
 protected:
  HostTest() {
    auto jobs = registry_.AddCounter({.name = "jobs_total", .help = "Jobs \"done\"."}, {"status"});
    jobs->With("ok").Increment(3);
    jobs->With("failed").Increment();
    const Histogram seconds =
        registry_.AddHistogram({.name = "job_seconds", .help = "Durations.", .bounds = {0.5, 10}})
            .value();
    seconds.Observe(0.25);
    seconds.Observe(2);
    registry_.AddGauge({.name = "load", .help = "Load."}).value().Set(0.5);
  }

  Registry registry_{{.const_labels = {{"zone", "b"}}}};
};

TEST_F(HostTest, ReadsOneValue) {
  EXPECT_EQ(Value(registry_, "jobs_total", {{"status", "ok"}, {"zone", "b"}}).value(), 3);
  EXPECT_EQ(Value(registry_, "load", {{"zone", "b"}}).value(), 0.5);
  EXPECT_EQ(Value(registry_, "job_seconds_count", {{"zone", "b"}}).value(), 2);
  EXPECT_EQ(Value(registry_, "job_seconds_sum", {{"zone", "b"}}).value(), 2.25);
  EXPECT_EQ(Value(registry_, "job_seconds_bucket", {{"zone", "b"}, {"le", "0.5"}}).value(), 1);
  EXPECT_EQ(Value(registry_, "job_seconds_bucket", {{"zone", "b"}, {"le", "+Inf"}}).value(), 2);
}

TEST_F(HostTest, AMissingValueNamesWhatIsThere) {
  const absl::Status missing = Value(registry_, "jobs_total", {{"status", "lost"}}).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(missing),
            "the page has no jobs_total{status=\"lost\"}; it has:\n"
            "  jobs_total{status=\"ok\",zone=\"b\"}\n"
            "  jobs_total{status=\"failed\",zone=\"b\"}");
  EXPECT_EQ(Message(Value(registry_, "nonesuch").status()),
            "the page has nothing of the name nonesuch");
  auto many = registry_.AddGauge({.name = "many"}, {"i"}).value();
  for (int i = 0; i < 15; ++i) many.With(std::to_string(i)).Set(1);
  EXPECT_THAT(Message(Value(registry_, "many").status()), HasSubstr("\n  and 5 more"));
}

// Finds one summary.
class SummaryCollector : public Collector {
 public:
  std::vector<CollectedFamily> Collect() override {
    CollectedSummary summary;
    summary.sum = 30;
    summary.count = 4;
    summary.quantiles = {{0.5, 7}, {0.9, 12.5}};
    CollectedFamily family = {.name = "size_bytes", .type = MetricType::kSummary};
    family.summaries = {summary};
    return {family};
  }
};

TEST(ValueTest, ReadsASummary) {
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<SummaryCollector>()).ok());
  EXPECT_EQ(Value(registry, "size_bytes", {{"quantile", "0.9"}}).value(), 12.5);
  EXPECT_EQ(Value(registry, "size_bytes_sum").value(), 30);
  EXPECT_EQ(Value(registry, "size_bytes_count").value(), 4);
}

// The page, in another order and written otherwise.
constexpr std::string_view kExpected = R"(
    # TYPE load gauge
    # HELP load Load.
    load{zone="b"} 5e-1
    # HELP job_seconds Durations.
    # TYPE job_seconds histogram
    job_seconds_bucket{le="0.5",zone="b"} 1
    job_seconds_bucket{le="10",zone="b"} 2
    job_seconds_bucket{le="+Inf",zone="b"} 2
    job_seconds_sum{zone="b"} 2.25
    job_seconds_count{zone="b"} 2
    # HELP jobs_total Jobs "done".
    # TYPE jobs_total counter
    jobs_total{status="failed",zone="b"} 1
    jobs_total{zone="b",status="ok"} 3.0
)";

TEST_F(HostTest, ComparesAPage) {
  EXPECT_EQ(CollectAndCompare(registry_, kExpected), absl::OkStatus());
  registry_.AddGauge({.name = "later"}).value().Set(1);
  EXPECT_EQ(CollectAndCompare(registry_, kExpected, {"load", "jobs_total", "job_seconds"}),
            absl::OkStatus());
  EXPECT_EQ(Message(CollectAndCompare(registry_, kExpected)),
            "the page is not as expected (- expected, + found):\n"
            "+ # TYPE later gauge\n"
            "+ later{zone=\"b\"} 1");
}

TEST_F(HostTest, ShowsEachDifference) {
  const absl::Status status = CollectAndCompare(registry_, R"(
    # HELP load Load of the machine.
    # TYPE load counter
    load{zone="b"} 1
    # HELP job_seconds Durations.
    # TYPE job_seconds histogram
    job_seconds_bucket{le="0.5",zone="b"} 1
    job_seconds_bucket{le="2",zone="b"} 2
    job_seconds_bucket{le="+Inf",zone="b"} 2
    job_seconds_sum{zone="b"} 2.25
    job_seconds_count{zone="b"} 2
    # TYPE gone gauge
    gone 4 1700000000000
  )",
                                                {"load", "job_seconds", "gone"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Message(status),
            "the page is not as expected (- expected, + found):\n"
            "- # TYPE gone gauge\n"
            "- gone 4 1700000000000\n"
            "- job_seconds_bucket{le=\"2\",zone=\"b\"} 2\n"
            "+ job_seconds_bucket{le=\"10\",zone=\"b\"} 2\n"
            "- # HELP load Load of the machine.\n"
            "+ # HELP load Load.\n"
            "- # TYPE load counter\n"
            "+ # TYPE load gauge\n"
            "- load{zone=\"b\"} 1\n"
            "+ load{zone=\"b\"} 0.5");
}

TEST_F(HostTest, ShowsNoMoreDifferencesThanAPersonReads) {
  auto many = registry_.AddGauge({.name = "many"}, {"i"}).value();
  for (int i = 0; i < 150; ++i) many.With(std::to_string(i)).Set(1);
  EXPECT_THAT(Message(CollectAndCompare(registry_, kExpected)), HasSubstr("\nand 51 more lines"));
}

TEST_F(HostTest, RefusesWhatItCannotCompare) {
  const absl::Status no_page = CollectAndCompare(registry_, "load{ 1\n");
  EXPECT_EQ(no_page.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(no_page), StartsWith("the expected page: line 1, column "));
  const absl::Status no_name = CollectAndCompare(registry_, kExpected, {"job_seconds_count"});
  EXPECT_EQ(no_name.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(no_name), HasSubstr("neither side has a family job_seconds_count"));
}

TEST(CompareTest, NotANumberEqualsItself) {
  Registry registry;
  registry.AddGauge({.name = "x"}).value().Set(std::nan(""));
  EXPECT_EQ(CollectAndCompare(registry, "# TYPE x gauge\nx NaN\n"), absl::OkStatus());
}

TEST_F(HostTest, Lints) {
  EXPECT_EQ(CollectAndLint(registry_), absl::OkStatus());
  registry_.AddCounter({.name = "sent_kb", .help = "Sent."}).value().Increment();
  EXPECT_EQ(Message(CollectAndLint(registry_)),
            "names and help texts have problems:\n"
            "sent_kb: counter metrics should have \"_total\" suffix\n"
            "sent_kb: metric names should not contain abbreviated units");
  EXPECT_EQ(CollectAndLint(registry_, {.accepted = {{.metric = "sent_kb"}}}), absl::OkStatus());
}

TEST(FakeClockTest, StandsStillUntilItIsMoved) {
  FakeClock clock;
  const Clock::MonotonicTime before = clock.MonotonicNow();
  EXPECT_EQ(clock.Now().time_since_epoch(), std::chrono::seconds(946'684'800));
  clock.Advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(clock.Now().time_since_epoch(), std::chrono::milliseconds(946'684'801'500));
  EXPECT_EQ(clock.MonotonicNow() - before, std::chrono::milliseconds(1500));
}

TEST(FakeClockTest, TheTimeOfDayCanBeSet) {
  FakeClock clock(Clock::WallTime(std::chrono::seconds(10)));
  const Clock::MonotonicTime before = clock.MonotonicNow();
  clock.SetNow(Clock::WallTime(std::chrono::seconds(5)));
  EXPECT_EQ(clock.Now().time_since_epoch(), std::chrono::seconds(5));
  EXPECT_EQ(clock.MonotonicNow(), before);
}

}  // namespace
}  // namespace vitals
