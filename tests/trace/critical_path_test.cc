#include "vitals/trace/critical_path.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/trace_builder.h"
#include "vitals/trace/bottleneck_summary.h"
#include "vitals/trace/trace_analysis.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeSpan;

using Section = CriticalPathSection;
using Spans = std::vector<SpanData>;

CriticalPath PathOf(const Spans& spans) {
  auto path = ComputeCriticalPath(spans);
  EXPECT_TRUE(path.ok()) << path.status();
  return *std::move(path);
}

// Whether the sections are the time of the root without gap or overlap, and agree with the sums.
void ExpectTilesRoot(const Spans& spans, const CriticalPath& path) {
  ASSERT_TRUE(path.root.has_value());
  std::uint64_t reached = spans[*path.root].end_unix_ns;
  std::vector<std::uint64_t> sums(spans.size());
  for (const Section& section : path.sections) {
    EXPECT_EQ(section.end_unix_ns, reached);
    EXPECT_LT(section.start_unix_ns, section.end_unix_ns);
    EXPECT_GE(section.start_unix_ns, spans[section.span_index].start_unix_ns);
    EXPECT_LE(section.end_unix_ns, spans[section.span_index].end_unix_ns);
    reached = section.start_unix_ns;
    sums[section.span_index] += section.duration_ns();
  }
  EXPECT_EQ(reached, spans[*path.root].start_unix_ns);
  EXPECT_EQ(path.exclusive_ns, sums);
}

TEST(CriticalPathTest, OfNoSpansIsEmpty) {
  const CriticalPath path = PathOf({});
  EXPECT_FALSE(path.root.has_value());
  EXPECT_THAT(path.sections, IsEmpty());
  EXPECT_THAT(path.exclusive_ns, IsEmpty());
}

TEST(CriticalPathTest, GoesBackThroughTheChildrenThatFinishedLast) {
  const Spans spans = {MakeSpan(1, 0, 0, 100), MakeSpan(2, 1, 10, 30), MakeSpan(3, 1, 40, 80),
                       MakeSpan(4, 1, 70, 90)};
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.root, 0U);
  EXPECT_THAT(path.sections,
              ElementsAre(Section{0, 90, 100}, Section{3, 70, 90}, Section{0, 30, 70},
                          Section{1, 10, 30}, Section{0, 0, 10}));
  EXPECT_THAT(path.exclusive_ns, ElementsAre(60, 20, 0, 20));
}

TEST(CriticalPathTest, CountsASiblingThatEndsWhereTheNextStarts) {
  const Spans spans = {MakeSpan(1, 0, 0, 30), MakeSpan(2, 1, 0, 10), MakeSpan(3, 1, 10, 20),
                       MakeSpan(4, 1, 20, 30)};
  EXPECT_THAT(PathOf(spans).sections,
              ElementsAre(Section{3, 20, 30}, Section{2, 10, 20}, Section{1, 0, 10}));
}

TEST(CriticalPathTest, TakesTheLaterStartOfChildrenThatEndTogether) {
  const Spans spans = {MakeSpan(1, 0, 0, 100), MakeSpan(2, 1, 10, 80), MakeSpan(3, 1, 50, 80),
                       MakeSpan(4, 1, 20, 50)};
  EXPECT_THAT(PathOf(spans).sections, ElementsAre(Section{0, 80, 100}, Section{2, 50, 80},
                                                  Section{3, 20, 50}, Section{0, 0, 20}));
}

TEST(CriticalPathTest, TakesTheFirstOfChildrenWithTheSameTime) {
  const Spans spans = {MakeSpan(1, 0, 0, 10), MakeSpan(3, 1, 2, 8), MakeSpan(2, 1, 2, 8)};
  EXPECT_THAT(PathOf(spans).sections,
              ElementsAre(Section{0, 8, 10}, Section{1, 2, 8}, Section{0, 0, 2}));
}

TEST(CriticalPathTest, ComparesChildrenAsTheyAreCut) {
  // Both end with the root once they are cut: the later start decides.
  const Spans spans = {MakeSpan(1, 0, 10, 50), MakeSpan(2, 1, 20, 90), MakeSpan(3, 1, 30, 60)};
  EXPECT_THAT(PathOf(spans).sections, ElementsAre(Section{2, 30, 50}, Section{0, 10, 30}));
}

TEST(CriticalPathTest, CutsGrandchildrenToWhatIsLeftOfTheirParents) {
  const Spans spans = {MakeSpan(1, 0, 10, 50), MakeSpan(2, 1, 0, 90), MakeSpan(3, 2, 5, 20),
                       MakeSpan(4, 2, 45, 70)};
  EXPECT_THAT(PathOf(spans).sections,
              ElementsAre(Section{3, 45, 50}, Section{1, 20, 45}, Section{2, 10, 20}));
}

TEST(CriticalPathTest, LeavesOutWhatIsOutsideTheParentWithItsDescendants) {
  const Spans spans = {MakeSpan(1, 0, 100, 200), MakeSpan(2, 1, 200, 300), MakeSpan(3, 2, 150, 180),
                       MakeSpan(4, 1, 50, 100), MakeSpan(5, 4, 110, 120)};
  EXPECT_THAT(PathOf(spans).sections, ElementsAre(Section{0, 100, 200}));
}

TEST(CriticalPathTest, IgnoresChildrenWithoutDuration) {
  const Spans spans = {MakeSpan(1, 0, 0, 100), MakeSpan(2, 1, 0, 0),     MakeSpan(3, 1, 50, 50),
                       MakeSpan(4, 1, 50, 50), MakeSpan(5, 1, 100, 100), MakeSpan(6, 3, 50, 50)};
  EXPECT_THAT(PathOf(spans).sections, ElementsAre(Section{0, 0, 100}));
}

TEST(CriticalPathTest, OfARootWithoutDurationHasNoSections) {
  const Spans spans = {MakeSpan(1, 0, 5, 5), MakeSpan(2, 1, 0, 10)};
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.root, 0U);
  EXPECT_THAT(path.sections, IsEmpty());
  EXPECT_THAT(path.exclusive_ns, ElementsAre(0, 0));
}

TEST(CriticalPathTest, DoesNotWaitForConsumersBelowAProducer) {
  const Spans spans = {MakeSpan(1, 0, 0, 100, SpanKind::kProducer),
                       MakeSpan(2, 1, 10, 90, SpanKind::kConsumer), MakeSpan(3, 2, 20, 80)};
  EXPECT_THAT(PathOf(spans).sections, ElementsAre(Section{0, 0, 100}));
}

TEST(CriticalPathTest, WaitsForProducersAndConsumersElsewhere) {
  const Spans below_internal = {MakeSpan(1, 0, 0, 100),
                                MakeSpan(2, 1, 10, 90, SpanKind::kConsumer)};
  EXPECT_THAT(PathOf(below_internal).exclusive_ns, ElementsAre(20, 80));
  const Spans below_producer = {MakeSpan(1, 0, 0, 100, SpanKind::kProducer),
                                MakeSpan(2, 1, 10, 90, SpanKind::kInternal)};
  EXPECT_THAT(PathOf(below_producer).exclusive_ns, ElementsAre(20, 80));
  const Spans below_consumer = {MakeSpan(1, 0, 0, 100, SpanKind::kConsumer),
                                MakeSpan(2, 1, 10, 90, SpanKind::kProducer)};
  EXPECT_THAT(PathOf(below_consumer).exclusive_ns, ElementsAre(20, 80));
}

TEST(CriticalPathTest, PrefersARootWithoutParentThenOneOfAnotherProcess) {
  Spans spans = {MakeSpan(1, 77, 0, 10), MakeSpan(2, 78, 5, 10), MakeSpan(3, 0, 20, 30)};
  spans[1].parent_is_remote = true;
  EXPECT_EQ(PathOf(spans).root, 2U);
  spans.pop_back();
  EXPECT_EQ(PathOf(spans).root, 1U);
  spans.pop_back();
  EXPECT_EQ(PathOf(spans).root, 0U);
}

TEST(CriticalPathTest, OfSeveralRootsTakesTheEarliestThenTheLongestThenTheFirst) {
  EXPECT_EQ(PathOf({MakeSpan(1, 0, 6, 10), MakeSpan(2, 0, 5, 7), MakeSpan(3, 0, 5, 9),
                    MakeSpan(4, 0, 5, 9)})
                .root,
            2U);
}

TEST(CriticalPathTest, FollowsAParentOfAnotherProcessThatIsThere) {
  Spans spans = {MakeSpan(1, 0, 0, 10, SpanKind::kClient), MakeSpan(2, 1, 2, 8, SpanKind::kServer)};
  spans[1].parent_is_remote = true;
  EXPECT_THAT(PathOf(spans).exclusive_ns, ElementsAre(4, 6));
}

TEST(CriticalPathTest, ASpanThatIsItsOwnParentHasNone) {
  const Spans spans = {MakeSpan(1, 1, 0, 10), MakeSpan(2, 1, 4, 10)};
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.root, 0U);
  EXPECT_THAT(path.exclusive_ns, ElementsAre(4, 6));
}

TEST(CriticalPathTest, CutsACircleAboveItsEarliestSpan) {
  const Spans spans = {MakeSpan(4, 3, 3, 7), MakeSpan(3, 2, 2, 8), MakeSpan(2, 1, 1, 9),
                       MakeSpan(1, 3, 0, 10)};
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.root, 3U);
  EXPECT_THAT(path.exclusive_ns, ElementsAre(4, 2, 2, 2));
}

TEST(CriticalPathTest, KeepsCirclesOffThePathOfARealRoot) {
  const Spans spans = {MakeSpan(1, 2, 0, 10), MakeSpan(2, 1, 0, 10), MakeSpan(3, 0, 5, 10)};
  EXPECT_THAT(PathOf(spans).exclusive_ns, ElementsAre(0, 0, 5));
}

TEST(CriticalPathTest, TakesTheFirstSpanOfAnId) {
  const Spans spans = {MakeSpan(1, 0, 0, 10), MakeSpan(2, 1, 2, 4), MakeSpan(2, 1, 5, 9),
                       MakeSpan(1, 0, 0, 50)};
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.root, 0U);
  EXPECT_THAT(path.exclusive_ns, ElementsAre(8, 2, 0, 0));
}

TEST(CriticalPathTest, TakesSpansWithoutIdAsLeaves) {
  const Spans spans = {MakeSpan(1, 0, 0, 10), MakeSpan(0, 1, 2, 4), MakeSpan(0, 1, 5, 9)};
  EXPECT_THAT(PathOf(spans).exclusive_ns, ElementsAre(4, 2, 4));
}

TEST(CriticalPathTest, RefusesMoreSpansThanItsLimit) {
  const Spans spans(kMaxAnalyzedSpans + 1);
  EXPECT_EQ(ComputeCriticalPath(spans).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(AnalyzeTrace(spans).status().code(), absl::StatusCode::kResourceExhausted);
  BottleneckSummary summary;
  EXPECT_EQ(summary.AddTrace(spans).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(summary.trace_count(), 0U);
}

TEST(CriticalPathTest, GoesDownAChainOfAHundredThousand) {
  constexpr std::uint64_t kDepth = 100'000;
  Spans spans;
  for (std::uint64_t i = 0; i < kDepth; ++i) {
    spans.push_back(MakeSpan(i + 1, i, i, 3 * kDepth - i));
  }
  std::reverse(spans.begin(), spans.end());
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.sections.size(), 2 * kDepth - 1);
  ExpectTilesRoot(spans, path);
}

TEST(CriticalPathTest, GoesThroughAHundredThousandSiblings) {
  constexpr std::uint64_t kSiblings = 100'000;
  Spans spans = {MakeSpan(1, 0, 0, 2 * kSiblings)};
  for (std::uint64_t i = 0; i < kSiblings; ++i) {
    spans.push_back(MakeSpan(i + 2, 1, 2 * i, 2 * i + 1));
  }
  const CriticalPath path = PathOf(spans);
  EXPECT_EQ(path.sections.size(), 2 * kSiblings);
  ExpectTilesRoot(spans, path);
}

// The rule as its definition says it, without any order of children prepared.
void WalkSlowly(const Spans& spans, std::size_t span, std::uint64_t start, std::uint64_t end,
                std::vector<Section>& sections) {
  for (std::uint64_t reached = end;;) {
    std::size_t last = spans.size();
    std::uint64_t last_start = 0;
    std::uint64_t last_end = 0;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (spans[i].parent_span_id != spans[span].span_id) continue;
      const std::uint64_t child_start = std::max(start, spans[i].start_unix_ns);
      const std::uint64_t child_end = std::min(end, spans[i].end_unix_ns);
      if (child_start >= child_end || child_end > reached) continue;
      if (last != spans.size() &&
          std::pair(child_end, child_start) <= std::pair(last_end, last_start)) {
        continue;
      }
      last = i;
      last_start = child_start;
      last_end = child_end;
    }
    if (last == spans.size()) {
      if (start < reached) sections.push_back({span, start, reached});
      return;
    }
    if (last_end < reached) sections.push_back({span, last_end, reached});
    WalkSlowly(spans, last, last_start, last_end, sections);
    reached = last_start;
  }
}

TEST(CriticalPathTest, AgreesWithTheDefinitionInAnyOrderOfSpans) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    Spans spans = {MakeSpan(1, 0, 0, 40)};
    for (std::uint64_t id = 2; id < 20; ++id) {
      const std::uint64_t start = random() % 40;
      spans.push_back(MakeSpan(id, 1 + random() % (id - 1), start, start + random() % 20));
    }
    std::shuffle(spans.begin(), spans.end(), random);
    const CriticalPath path = PathOf(spans);
    ExpectTilesRoot(spans, path);
    std::vector<Section> expected;
    WalkSlowly(spans, *path.root, 0, 40, expected);
    EXPECT_EQ(path.sections, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace vitals
