#include "vitals/metrics/family.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Page;
using testing::Value;

template <typename FamilyType, typename... Values>
concept AcceptsWith = requires(FamilyType family, Values... values) {
  family.With(values...);
};

static_assert(AcceptsWith<Family<Counter, 2>, const char*, std::string>);
static_assert(!AcceptsWith<Family<Counter, 2>, const char*>, "too few values must not compile");
static_assert(!AcceptsWith<Family<Counter, 1>, const char*, const char*>, "nor too many");
static_assert(!AcceptsWith<Family<Counter, 1>, int>, "nor what is no text");

TEST(FamilyTest, KeepsSeriesApartByEveryValue) {
  Registry registry;
  auto family = registry.AddCounter({.name = "requests_total"}, {"method", "status"}).value();
  family.With("GET", "200").Increment(1);
  family.With("GET", "500").Increment(2);
  family.With("POST", "200").Increment(4);
  family.With(std::string("GET"), std::string_view("200")).Increment(8);
  EXPECT_EQ(family.size(), 3u);
  EXPECT_EQ(Page(registry),
            "# TYPE requests_total counter\n"
            "requests_total{method=\"GET\",status=\"200\"} 9\n"
            "requests_total{method=\"GET\",status=\"500\"} 2\n"
            "requests_total{method=\"POST\",status=\"200\"} 4\n");
}

TEST(FamilyTest, EveryInstrumentHasFamilies) {
  Registry registry;
  registry.AddDoubleCounter({.name = "a_total"}, {"x"}).value().With("1").Increment(0.5);
  registry.AddUpDownCounter({.name = "b"}, {"x"}).value().With("1").Decrement();
  registry.AddGauge({.name = "c"}, {"x"}).value().With("1").Set(7);
  registry.AddHistogram({.name = "d", .bounds = {1}}, {"x"}).value().With("1").Observe(0.5);
  EXPECT_EQ(Value(registry, R"(a_total{x="1"})"), "0.5");
  EXPECT_EQ(Value(registry, R"(b{x="1"})"), "-1");
  EXPECT_EQ(Value(registry, R"(c{x="1"})"), "7");
  EXPECT_EQ(Value(registry, R"(d_bucket{x="1",le="1"})"), "1");
}

TEST(FamilyTest, WithoutSeriesShowsNothing) {
  Registry registry;
  registry.AddCounter({.name = "requests_total"}, {"method"}).value();
  EXPECT_EQ(Page(registry), "");
}

TEST(FamilyTest, EscapesValuesAndFindsThemAgain) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a", "b"}).value();
  const std::vector<std::string> values = {
      "",    "plain", "quo\"te",  "back\\slash", "new\nline",   "\\",      "\"",   "\n",
      "\\n", "\\\"",  "a\",b=\"", "\\\\",        "caf\xC3\xA9", "\",b=\"", "\"\"", "a\\\"b"};
  std::uint64_t n = 0;
  for (const std::string& a : values) {
    for (const std::string& b : values) family.With(a, b).Increment(++n);
  }
  EXPECT_EQ(family.size(), values.size() * values.size());

  Snapshot snapshot;
  registry.Gather(snapshot);
  const MetricFamily& gathered = *snapshot.Find("x_total");
  n = 0;
  for (const std::string& a : values) {
    for (const std::string& b : values) {
      EXPECT_EQ(gathered.labels(n), (Labels{{"a", a}, {"b", b}}));
      EXPECT_EQ(gathered.Unsigned(n), n + 1);
      ++n;
    }
  }
  EXPECT_EQ(Value(registry, R"(x_total{a="quo\"te",b="new\nline"})"), "37");
}

TEST(FamilyTest, ValuesThatLookLikeOtherSeriesStayApart) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a", "b", "longname"}).value();
  family.With("p", "q", "XXXXXXXXXXXr").Increment(1);
  family.With("p\",b=\"q", "gname=", "r").Increment(2);
  family.With("p\\", "q", "r").Increment(4);
  EXPECT_EQ(family.size(), 3u);
}

TEST(FamilyTest, ReplacesWhatIsNotUtf8) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a"}).value();
  family.With("\xFF").Increment(1);
  family.With("\xFE").Increment(2);
  family.With("\xEF\xBF\xBD").Increment(4);
  family.With("ok\xE2\x82").Increment(8);  // a truncated sequence is replaced as one
  EXPECT_EQ(Value(registry, "x_total{a=\"\xEF\xBF\xBD\"}"), "7");
  EXPECT_EQ(Value(registry, "x_total{a=\"ok\xEF\xBF\xBD\"}"), "8");
  EXPECT_TRUE(family.Remove("\xFF"));
  EXPECT_EQ(family.size(), 1u);
}

TEST(FamilyTest, RemovesOneSeries) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a", "b"}).value();
  const Counter removed = family.With("1", "1");
  removed.Increment(5);
  family.With("1", "2").Increment(6);
  EXPECT_TRUE(family.Remove("1", "1"));
  EXPECT_FALSE(family.Remove("1", "1"));
  EXPECT_EQ(Page(registry), "# TYPE x_total counter\nx_total{a=\"1\",b=\"2\"} 6\n");

  removed.Increment(7);
  family.With("1", "1").Increment();
  removed.Increment(7);
  EXPECT_EQ(Value(registry, R"(x_total{a="1",b="1"})"), "1");
}

TEST(FamilyTest, RemovesByPartialMatch) {
  Registry registry;
  auto family = registry.AddGauge({.name = "depth"}, {"worker", "queue"}).value();
  for (const char* const worker : {"1", "2", "3"}) {
    for (const char* const queue : {"a", "b\"c"}) family.With(worker, queue).Set(1);
  }
  EXPECT_EQ(family.RemoveMatching({{"worker", "2"}}), 2u);
  EXPECT_EQ(family.RemoveMatching({{"worker", "1"}, {"queue", "b\"c"}}), 1u);
  EXPECT_EQ(family.RemoveMatching({{"nonesuch", "1"}}), 0u);
  EXPECT_EQ(family.RemoveMatching({{"queue", "z"}}), 0u);
  EXPECT_EQ(family.size(), 3u);
  EXPECT_EQ(family.RemoveMatching({}), 3u);
}

TEST(FamilyTest, RecordsBeyondTheBoundGoToOneSeries) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total", .max_series = 2}, {"a", "b"}).value();
  family.With("1", "1").Increment();
  family.With("2", "1").Increment();
  family.With("3", "1").Increment(10);
  family.With("4", "1").Increment(20);
  family.With("1", "1").Increment();
  EXPECT_EQ(family.size(), 3u);
  EXPECT_EQ(Value(registry, R"(x_total{a="__overflow__",b="__overflow__"})"), "30");
  EXPECT_EQ(Value(registry, R"(x_total{a="1",b="1"})"), "2");
  EXPECT_EQ(Value(registry, R"(vitals_series_overflow_total{family="x_total"})"), "2");

  // A removal makes room for exactly one.
  EXPECT_TRUE(family.Remove("1", "1"));
  family.With("3", "1").Increment(3);
  family.With("5", "1").Increment(5);
  EXPECT_EQ(Value(registry, R"(x_total{a="3",b="1"})"), "3");
  EXPECT_EQ(Value(registry, R"(x_total{a="__overflow__",b="__overflow__"})"), "35");
}

TEST(FamilyTest, AValueTooLongGoesToTheOverflowSeriesAlone) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a"}).value();
  family.With(std::string(1024, 'x')).Increment(1);
  family.With(std::string(1025, 'x')).Increment(2);
  family.With("new").Increment(4);
  EXPECT_EQ(family.size(), 3u);
  EXPECT_EQ(Value(registry, R"(x_total{a="__overflow__"})"), "2");
  EXPECT_EQ(Value(registry, R"(x_total{a="new"})"), "4");
}

TEST(FamilyTest, OverflowSeriesCanBeRemovedAndComesBack) {
  Registry registry;
  auto family = registry.AddGauge({.name = "x", .max_series = 1}, {"a"}).value();
  family.With("1").Set(1);
  family.With("2").Set(2);
  EXPECT_TRUE(family.Remove("__overflow__"));
  EXPECT_EQ(Value(registry, R"(x{a="__overflow__"})"), "none");
  family.With("3").Set(3);
  EXPECT_EQ(Value(registry, R"(x{a="__overflow__"})"), "3");
}

TEST(DynamicFamilyTest, TakesAsManyValuesAsNames) {
  Registry registry;
  const std::vector<std::string> names = {"a", "b"};
  auto family = registry.AddCounter({.name = "x_total"}, DynamicLabels{names}).value();
  EXPECT_EQ(family.label_count(), 2u);
  const std::vector<std::string_view> values = {"1", "2"};
  family.With(values).Increment(3);
  EXPECT_EQ(Value(registry, R"(x_total{a="1",b="2"})"), "3");

  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kRemovedSeries);
  const std::vector<std::string_view> too_few = {"1"};
  family.With(too_few).Increment();
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kRemovedSeries), before + 1);
  EXPECT_FALSE(family.Remove(too_few));
  EXPECT_TRUE(family.Remove(values));
}

TEST(DynamicFamilyTest, IsTheFamilyOfFixedLabels) {
  Registry registry;
  auto fixed = registry.AddCounter({.name = "x_total"}, {"a"}).value();
  auto dynamic = registry.AddCounter({.name = "x_total"}, DynamicLabels{{"a"}}).value();
  fixed.With("1").Increment();
  const std::string_view value = "1";
  dynamic.With({&value, 1}).Increment();
  EXPECT_EQ(Value(registry, R"(x_total{a="1"})"), "2");
}

}  // namespace
}  // namespace vitals
