#include "vitals/trace/trace_analysis.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/trace_builder.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeSpan;

using Spans = std::vector<SpanData>;

TraceAnalysis AnalysisOf(const Spans& spans) {
  auto analysis = AnalyzeTrace(spans);
  EXPECT_TRUE(analysis.ok()) << analysis.status();
  return *std::move(analysis);
}

TEST(TraceAnalysisTest, OfNoSpansIsEmpty) {
  const TraceAnalysis analysis = AnalysisOf({});
  EXPECT_FALSE(analysis.critical_path.root.has_value());
  EXPECT_THAT(analysis.self_ns, IsEmpty());
  EXPECT_THAT(analysis.names, IsEmpty());
}

TEST(TraceAnalysisTest, SelfTimeIsWithoutTheTimeOfChildrenCountedOnce) {
  // Overlapping, one within another, apart, and beyond both ends.
  const Spans spans = {MakeSpan(1, 0, 100, 200), MakeSpan(2, 1, 110, 130), MakeSpan(3, 1, 120, 140),
                       MakeSpan(4, 1, 122, 125), MakeSpan(5, 1, 150, 160), MakeSpan(6, 1, 0, 105),
                       MakeSpan(7, 1, 190, 300)};
  EXPECT_THAT(AnalysisOf(spans).self_ns, ElementsAre(45, 20, 20, 3, 10, 105, 110));
}

TEST(TraceAnalysisTest, SelfTimeIgnoresChildrenOutside) {
  const Spans spans = {MakeSpan(1, 0, 100, 200), MakeSpan(2, 1, 0, 90), MakeSpan(3, 1, 210, 220),
                       MakeSpan(4, 1, 150, 150)};
  EXPECT_THAT(AnalysisOf(spans).self_ns, ElementsAre(100, 90, 10, 0));
}

TEST(TraceAnalysisTest, SelfTimeOfAProducerHasThatOfItsConsumers) {
  const Spans spans = {MakeSpan(1, 0, 0, 100, SpanKind::kProducer),
                       MakeSpan(2, 1, 10, 90, SpanKind::kConsumer), MakeSpan(3, 2, 20, 80)};
  EXPECT_THAT(AnalysisOf(spans).self_ns, ElementsAre(100, 20, 60));
}

TEST(TraceAnalysisTest, LeavesOutSpansWhoseIdWasThereBefore) {
  const Spans spans = {MakeSpan(1, 0, 0, 10), MakeSpan(1, 0, 0, 50)};
  const TraceAnalysis analysis = AnalysisOf(spans);
  EXPECT_THAT(analysis.self_ns, ElementsAre(10, 0));
  EXPECT_EQ(analysis.names.at(0).count, 1U);
}

TEST(TraceAnalysisTest, AddsUpByComponentAndNameTheWorstFirst) {
  Spans spans = {MakeSpan(1, 0, 0, 100, "request"), MakeSpan(2, 1, 0, 30, "read"),
                 MakeSpan(3, 1, 30, 50, "read"),    MakeSpan(4, 1, 40, 95, "write"),
                 MakeSpan(5, 1, 30, 40, "read"),    MakeSpan(6, 9, 0, 7, "lost")};
  spans[2].status = SpanStatus::kError;
  spans[4].component = "disk";
  EXPECT_THAT(AnalysisOf(spans).names,
              ElementsAre(SpanNameTimes{"test", "write", 1, 0, 55, 55, 55},
                          SpanNameTimes{"test", "read", 2, 1, 50, 50, 30},
                          SpanNameTimes{"disk", "read", 1, 0, 10, 10, 10},
                          SpanNameTimes{"test", "request", 1, 0, 100, 5, 5},
                          SpanNameTimes{"test", "lost", 1, 0, 7, 7, 0}));
}

TEST(TraceAnalysisTest, OrdersEqualNamesByText) {
  Spans spans = {MakeSpan(1, 0, 0, 0, "b"), MakeSpan(2, 0, 0, 0, "a"), MakeSpan(3, 0, 0, 0, "c")};
  spans[2].component = "early";
  const TraceAnalysis analysis = AnalysisOf(spans);
  ASSERT_EQ(analysis.names.size(), 3U);
  EXPECT_EQ(analysis.names[0].name, "c");
  EXPECT_EQ(analysis.names[1].name, "a");
  EXPECT_EQ(analysis.names[2].name, "b");
}

}  // namespace
}  // namespace vitals
