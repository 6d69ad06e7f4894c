#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/spans.h"
#include "vitals/trace/trace_store.h"

namespace vitals {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::Everything;
using ::testing::HasSubstr;
using testing::Id;
using ::testing::IsEmpty;
using testing::SpanBuilder;
using testing::StoreWithClock;

// The same searches among pending traces and kept ones, which are found in different ways.
class TraceStoreSearchTest : public ::testing::TestWithParam<bool> {
 protected:
  TraceStoreSearchTest() : store_({.keeping = Everything()}) {}

  void Add(const std::vector<SpanBuilder>& spans) {
    store_.End(spans);
    if (GetParam()) store_.Pass(seconds(1));
  }

  std::vector<std::uint64_t> Search(const TraceQuery& query) {
    std::vector<std::uint64_t> found;
    const std::vector<TraceSummary> summaries = store_->Search(query).value();
    for (const TraceSummary& summary : summaries) {
      EXPECT_EQ((summary.marks & kTraceMarkPending) == 0, GetParam());
      found.push_back(summary.trace_id.low);
    }
    return found;
  }

  StoreWithClock store_;
};

INSTANTIATE_TEST_SUITE_P(PendingOrKept, TraceStoreSearchTest, ::testing::Bool());

TEST_P(TraceStoreSearchTest, FindsTheNewestFirst) {
  Add({SpanBuilder(1, 1).Times(100, 200)});
  Add({SpanBuilder(2, 1).Times(300, 400)});
  Add({SpanBuilder(3, 1).Times(200, 600)});
  EXPECT_THAT(Search({}), ElementsAre(2, 3, 1));
  EXPECT_THAT(Search({.limit = 2}), ElementsAre(2, 3));
}

TEST_P(TraceStoreSearchTest, LimitsAreIncluded) {
  Add({SpanBuilder(1, 1).Times(100, 200)});
  Add({SpanBuilder(2, 1).Times(200, 400)});
  Add({SpanBuilder(3, 1).Times(300, 600)});
  EXPECT_THAT(Search({.min_start_unix_ns = 200}), ElementsAre(3, 2));
  EXPECT_THAT(Search({.max_start_unix_ns = 200}), ElementsAre(2, 1));
  EXPECT_THAT(Search({.min_duration_ns = 200}), ElementsAre(3, 2));
  EXPECT_THAT(Search({.max_duration_ns = 200}), ElementsAre(2, 1));
  EXPECT_THAT(Search({.min_start_unix_ns = 201, .max_start_unix_ns = 299}), IsEmpty());
}

TEST_P(TraceStoreSearchTest, ByNameComponentAndStatusOfAnySpan) {
  Add({SpanBuilder(1, 2, 1).Name("read").Component("disk"), SpanBuilder(1, 1)});
  Add({SpanBuilder(2, 2, 1).Name("read").Component("net").Error(), SpanBuilder(2, 1)});
  Add({SpanBuilder(3, 2, 1).Name("write").Component("disk").Status(SpanStatus::kOk),
       SpanBuilder(3, 1).Error()});
  EXPECT_THAT(Search({.name = "read"}), ElementsAre(2, 1));
  EXPECT_THAT(Search({.component = "disk"}), ElementsAre(3, 1));
  EXPECT_THAT(Search({.name = "read", .component = "disk"}), ElementsAre(1));
  EXPECT_THAT(Search({.status = SpanStatus::kError}), ElementsAre(3, 2));
  EXPECT_THAT(Search({.status = SpanStatus::kOk}), ElementsAre(3));
  EXPECT_THAT(Search({.status = SpanStatus::kUnset}), ElementsAre(2, 1));
  EXPECT_THAT(Search({.name = "write", .status = SpanStatus::kError}), IsEmpty())
      << "another span of the trace failed";
  EXPECT_THAT(Search({.name = "rea"}), IsEmpty());
  EXPECT_THAT(Search({.component = ""}), IsEmpty());
}

TEST_P(TraceStoreSearchTest, ByAttributesAsTheyAreShown) {
  Add({SpanBuilder(1, 1).Attribute("id", std::int64_t{42}).Attribute("queue", std::string("a"))});
  Add({SpanBuilder(2, 1).Attribute("id", 42.0)});
  Add({SpanBuilder(3, 1).Attribute("id", std::string("42"))});
  Add({SpanBuilder(4, 1).Attribute("id", true).Attribute("half", 0.5)});
  Add({SpanBuilder(5, 1).Attribute("id", std::string("true")).Attribute("x", -0.0)});
  Add({SpanBuilder(6, 1).Attribute("x", std::numeric_limits<double>::quiet_NaN())});
  EXPECT_THAT(Search({.attributes = {{"id", "42"}}}), ElementsAre(3, 2, 1));
  EXPECT_THAT(Search({.attributes = {{"id", "true"}}}), ElementsAre(5, 4));
  EXPECT_THAT(Search({.attributes = {{"half", "0.5"}}}), ElementsAre(4));
  EXPECT_THAT(Search({.attributes = {{"half", "0.50"}}}), IsEmpty());
  EXPECT_THAT(Search({.attributes = {{"id", "042"}}}), IsEmpty());
  EXPECT_THAT(Search({.attributes = {{"id", "43"}}}), IsEmpty());
  EXPECT_THAT(Search({.attributes = {{"x", "-0"}}}), ElementsAre(5));
  EXPECT_THAT(Search({.attributes = {{"x", "0"}}}), IsEmpty());
  EXPECT_THAT(Search({.attributes = {{"x", "nan"}}}), ElementsAre(6));
  EXPECT_THAT(Search({.attributes = {{"queue", "a"}, {"id", "42"}}}), ElementsAre(1));
  EXPECT_THAT(Search({.attributes = {{"no such key", "a"}}}), IsEmpty());
  EXPECT_THAT(Search({.name = "root", .attributes = {{"queue", "a"}}}), ElementsAre(1));
}

TEST_P(TraceStoreSearchTest, AttributesAreOfOneSpan) {
  Add({SpanBuilder(1, 2, 1).Attribute("a", std::int64_t{1}),
       SpanBuilder(1, 1).Attribute("b", std::int64_t{2})});
  EXPECT_THAT(Search({.attributes = {{"a", "1"}, {"b", "2"}}}), IsEmpty());
  EXPECT_THAT(Search({.name = "root", .attributes = {{"a", "1"}}}), IsEmpty());
  EXPECT_THAT(Search({.name = "child", .attributes = {{"a", "1"}}}), ElementsAre(1));
}

TEST_P(TraceStoreSearchTest, FindsAnyPairOfManyAttributes) {
  constexpr std::string_view kKeys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
  SpanBuilder span(1, 1);
  for (const std::string_view key : kKeys) span.Attribute(key, std::string(key));
  Add({span});
  for (const std::string_view one : kKeys) {
    for (const std::string_view other : kKeys) {
      const TraceQuery query = {.attributes = {{std::string(one), std::string(one)},
                                               {std::string(other), std::string(other)}}};
      EXPECT_THAT(Search(query), ElementsAre(1)) << one << other;
    }
  }
}

TEST_P(TraceStoreSearchTest, FindsEachOfManyTraces) {
  constexpr std::uint64_t kTraces = 3'000;
  std::vector<SpanBuilder> spans;
  for (std::uint64_t i = 1; i <= kTraces; ++i) {
    spans.push_back(SpanBuilder(i, 2, 1).Attribute("id", static_cast<std::int64_t>(i)));
    spans.push_back(SpanBuilder(i, 1).Times(i, 2 * i));
  }
  Add(spans);
  for (std::uint64_t i = 1; i <= kTraces; i += 97) {
    EXPECT_THAT(Search({.name = "child", .attributes = {{"id", std::to_string(i)}}}),
                ElementsAre(i));
  }
  EXPECT_THAT(Search({.attributes = {{"id", "0"}}}), IsEmpty());
  EXPECT_EQ(Search({.name = "child", .limit = 1'000}).size(), 1'000u);
}

TEST_P(TraceStoreSearchTest, FindsInATraceThatFillsItsSignature) {
  std::vector<SpanBuilder> spans;
  for (std::int64_t i = 2; i < 5'000; ++i) {
    spans.push_back(
        SpanBuilder(1, static_cast<std::uint64_t>(i), 1).Attribute("id", i).Attribute("x", i % 2));
  }
  spans.emplace_back(1, 1);
  Add(spans);
  EXPECT_THAT(Search({.attributes = {{"id", "4000"}, {"x", "0"}}}), ElementsAre(1));
  EXPECT_THAT(Search({.attributes = {{"id", "4000"}, {"x", "1"}}}), IsEmpty());
}

TEST_P(TraceStoreSearchTest, ForEachTraceGivesThemWhole) {
  Add({SpanBuilder(1, 2, 1), SpanBuilder(1, 1).Times(100, 200)});
  Add({SpanBuilder(2, 1).Times(300, 400)});
  Add({SpanBuilder(3, 1).Times(500, 600)});
  std::vector<std::size_t> spans;
  const auto visit = [&](const StoredTrace& trace) {
    spans.push_back(trace.spans.size());
    return true;
  };
  EXPECT_TRUE(store_->ForEachTrace({}, visit).ok());
  EXPECT_THAT(spans, ElementsAre(1, 1, 2));

  spans.clear();
  const auto visit_one = [&](const StoredTrace& trace) { return !visit(trace); };
  EXPECT_TRUE(store_->ForEachTrace({}, visit_one).ok());
  EXPECT_THAT(spans, ElementsAre(1));
  EXPECT_FALSE(store_->ForEachTrace({.limit = 0}, visit).ok());
}

TEST(TraceStoreSearch, TellsPendingTracesFromKeptOnes) {
  StoreWithClock store({.keeping = Everything()});
  store.End({SpanBuilder(1, 1)});
  store.Pass(seconds(1));
  store.End({SpanBuilder(2, 1)});
  const auto found = [&](TraceStage stage) {
    std::vector<std::uint64_t> ids;
    const std::vector<TraceSummary> summaries = store->Search({.stage = stage}).value();
    for (const TraceSummary& summary : summaries) ids.push_back(summary.trace_id.low);
    return ids;
  };
  EXPECT_THAT(found(TraceStage::kPending), ElementsAre(2));
  EXPECT_THAT(found(TraceStage::kKept), ElementsAre(1));
  EXPECT_THAT(found(TraceStage::kAny), ::testing::UnorderedElementsAre(1, 2));
}

TEST(TraceStoreSearch, FindsWhatALateSpanBrought) {
  StoreWithClock store({.keeping = Everything()});
  store.End({SpanBuilder(1, 1)});
  store.Pass(seconds(1));
  store.End({SpanBuilder(1, 2, 1).Name("late one").Error().Attribute("id", std::int64_t{7})});
  for (const TraceQuery& query : {TraceQuery{.name = "late one", .status = SpanStatus::kError},
                                  TraceQuery{.attributes = {{"id", "7"}}}}) {
    const std::vector<TraceSummary> found = store->Search(query).value();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].marks, kTraceMarkLate);
  }
}

TEST(TraceStoreSearch, RefusesWhatHasNoLimit) {
  const StoreWithClock store;
  EXPECT_THAT(std::string(store->Search({.limit = 0}).status().message()),
              HasSubstr("limit is 0, must be from 1 to 1000"));
  EXPECT_FALSE(store->Search({.limit = 1'001}).ok());
  const TraceQuery query = {.attributes = std::vector<std::pair<std::string, std::string>>(17)};
  EXPECT_THAT(std::string(store->Search(query).status().message()), HasSubstr("attributes is 17"));
}

}  // namespace
}  // namespace vitals
