#include "vitals/trace/bottleneck_summary.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/trace_builder.h"
#include "vitals/metrics/summary.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using testing::MakeSpan;

using Spans = std::vector<SpanData>;

TEST(BottleneckSummaryTest, OfNoTracesIsEmpty) {
  const BottleneckSummary summary;
  EXPECT_THAT(summary.Top(10), IsEmpty());
  EXPECT_EQ(summary.trace_count(), 0U);
  EXPECT_EQ(summary.critical_path_ns(), 0U);
}

TEST(BottleneckSummaryTest, AddsUpTraces) {
  BottleneckSummary summary;
  ASSERT_TRUE(
      summary.AddTrace(Spans{MakeSpan(1, 0, 0, 100, "request"), MakeSpan(2, 1, 10, 90, "read")})
          .ok());
  Spans second = {MakeSpan(1, 0, 0, 60, "request"), MakeSpan(2, 1, 20, 40, "read")};
  second[1].status = SpanStatus::kError;
  ASSERT_TRUE(summary.AddTrace(second).ok());

  EXPECT_EQ(summary.trace_count(), 2U);
  EXPECT_EQ(summary.critical_path_ns(), 160U);
  const std::vector<Bottleneck> top = summary.Top(10);
  ASSERT_EQ(top.size(), 2U);
  EXPECT_EQ(top[0].component, "test");
  EXPECT_EQ(top[0].name, "read");
  EXPECT_EQ(top[0].count, 2U);
  EXPECT_EQ(top[0].errors, 1U);
  EXPECT_EQ(top[0].total_ns, 100U);
  EXPECT_EQ(top[0].self_ns, 100U);
  EXPECT_EQ(top[0].critical_path_ns, 100U);
  EXPECT_DOUBLE_EQ(top[0].critical_path_share, 100.0 / 160.0);
  EXPECT_EQ(top[1].name, "request");
  EXPECT_EQ(top[1].errors, 0U);
  EXPECT_EQ(top[1].total_ns, 160U);
  EXPECT_EQ(top[1].self_ns, 60U);
  EXPECT_DOUBLE_EQ(top[1].critical_path_share, 60.0 / 160.0);
}

TEST(BottleneckSummaryTest, QuantilesAreWithinTheRelativeError) {
  BottleneckSummary summary;
  for (std::uint64_t i = 1; i <= 1001; ++i) {
    ASSERT_TRUE(summary.AddTrace(Spans{MakeSpan(1, 0, 5, 5 + i * 1000)}).ok());
  }
  const Bottleneck shown = summary.Top(1).at(0);
  for (const auto& [quantile_ns, exact_ns] :
       {std::pair(shown.p50_ns, 501'000.0), std::pair(shown.p95_ns, 951'000.0),
        std::pair(shown.p99_ns, 991'000.0)}) {
    EXPECT_NEAR(static_cast<double>(quantile_ns), exact_ns, exact_ns * kSummaryRelativeError);
  }
}

TEST(BottleneckSummaryTest, SpansWithoutDurationHaveQuantilesAndNoShare) {
  BottleneckSummary summary;
  ASSERT_TRUE(summary.AddTrace(Spans{MakeSpan(1, 0, 5, 5)}).ok());
  const Bottleneck shown = summary.Top(1).at(0);
  EXPECT_EQ(shown.count, 1U);
  EXPECT_EQ(shown.p99_ns, 0U);
  EXPECT_EQ(shown.critical_path_share, 0.0);
}

TEST(BottleneckSummaryTest, ShowsTheWorstFirstAndNoMoreThanAskedFor) {
  BottleneckSummary summary;
  ASSERT_TRUE(summary
                  .AddTrace(Spans{MakeSpan(1, 0, 0, 100, "root"), MakeSpan(2, 1, 0, 50, "half"),
                                  MakeSpan(3, 1, 50, 90, "less"), MakeSpan(4, 1, 0, 20, "beside"),
                                  MakeSpan(5, 1, 0, 30, "longer")})
                  .ok());
  const auto name_is = [](std::string_view name) { return Field(&Bottleneck::name, name); };
  EXPECT_THAT(summary.Top(10), ElementsAre(name_is("half"), name_is("less"), name_is("root"),
                                           name_is("longer"), name_is("beside")));
  EXPECT_THAT(summary.Top(2), ElementsAre(name_is("half"), name_is("less")));
  EXPECT_THAT(summary.Top(0), IsEmpty());
}

TEST(BottleneckSummaryTest, CountsNamesBeyondItsBoundAsOne) {
  BottleneckSummary summary(2);
  ASSERT_TRUE(summary
                  .AddTrace(Spans{MakeSpan(1, 0, 0, 10, "a"), MakeSpan(2, 1, 0, 5, "b"),
                                  MakeSpan(3, 1, 5, 8, "c"), MakeSpan(4, 1, 8, 10, "d"),
                                  MakeSpan(5, 1, 0, 1, "a")})
                  .ok());
  const std::vector<Bottleneck> top = summary.Top(10);
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[0].component, "");
  EXPECT_EQ(top[0].name, kTooManyNames);
  EXPECT_EQ(top[0].count, 2U);
  EXPECT_EQ(top[0].critical_path_ns, 5U);
  EXPECT_EQ(top[1].name, "b");
  EXPECT_EQ(top[2].name, "a");
  EXPECT_EQ(top[2].count, 2U);
}

TEST(BottleneckSummaryTest, CountsSpansWithOneIdOnce) {
  BottleneckSummary summary;
  ASSERT_TRUE(summary.AddTrace(Spans{MakeSpan(1, 0, 0, 10), MakeSpan(1, 0, 0, 30)}).ok());
  EXPECT_EQ(summary.Top(1).at(0).count, 1U);
}

TEST(BottleneckSummaryTest, Moves) {
  BottleneckSummary summary;
  ASSERT_TRUE(summary.AddTrace(Spans{MakeSpan(1, 0, 0, 10)}).ok());
  BottleneckSummary moved = std::move(summary);
  EXPECT_EQ(moved.trace_count(), 1U);
  moved = BottleneckSummary();
  EXPECT_EQ(moved.trace_count(), 0U);
}

}  // namespace
}  // namespace vitals
