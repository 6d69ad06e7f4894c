#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/registry.h"

/// \file
/// StateSet, Info, exponential histograms: instruments that are others in another guise.

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Gathered;
using ::testing::HasSubstr;

enum class Phase { kIdle, kRunning, kStopping };

std::vector<bool> States(Registry& registry, std::string_view name) {
  const Gathered family(registry, name);
  std::vector<bool> states;
  for (std::size_t i = 0; i < family->description().states.size(); ++i) {
    states.push_back(family->HasState(0, i));
  }
  return states;
}

TEST(StateSetTest, OneStateReplacesAnother) {
  Registry registry;
  const StateSet phase =
      registry.AddStateSet({.name = "phase", .states = {"idle", "running", "stopping"}}).value();
  EXPECT_THAT(States(registry, "phase"), ElementsAre(false, false, false));
  phase.Set(Phase::kRunning);
  EXPECT_THAT(States(registry, "phase"), ElementsAre(false, true, false));
  phase.Set(2);
  EXPECT_THAT(States(registry, "phase"), ElementsAre(false, false, true));
}

TEST(StateSetTest, StatesMayHoldTogether) {
  Registry registry;
  const auto features =
      registry.AddStateSet({.name = "features", .states = {"a", "b", "c"}}, {"plugin"}).value();
  const StateSet set = features.With("json");
  set.Set(0, true);
  set.Set(2, true);
  EXPECT_THAT(States(registry, "features"), ElementsAre(true, false, true));
  set.Set(0, false);
  EXPECT_THAT(States(registry, "features"), ElementsAre(false, false, true));
}

TEST(StateSetTest, StateItDoesNotHaveIsDropped) {
  Registry registry;
  const StateSet set = registry.AddStateSet({.name = "state", .states = {"on"}}).value();
  set.Set(0);
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kUnknownState);
  set.Set(1);
  set.Set(64, true);
  set.Set(-1);
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kUnknownState), before + 3);
  EXPECT_THAT(States(registry, "state"), ElementsAre(true));
}

TEST(StateSetTest, RefusesOptionsThatCannotBe) {
  Registry registry;
  const auto error = [&](const StateSetOptions& options) {
    return std::string(registry.AddStateSet(options).status().message());
  };
  EXPECT_THAT(error({.name = "x"}), HasSubstr("it has 0 states"));
  EXPECT_THAT(error({.name = "x", .states = std::vector<std::string>(65, "a")}),
              HasSubstr("it has 65 states"));
  EXPECT_THAT(error({.name = "x", .states = {"a", "a"}}), HasSubstr("given twice"));
  EXPECT_THAT(error({.name = "x", .states = {"\xff"}}), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(error({.name = "job:x", .states = {"a"}}), HasSubstr("label name"));
  const auto taken = registry.AddStateSet({.name = "x", .states = {"a"}}, {"x"});
  EXPECT_THAT(std::string(taken.status().message()), HasSubstr("label \"x\" is reserved"));
}

TEST(InfoTest, IsOneForAsLongAsItIsThere) {
  Registry registry;
  const auto plugins = registry.AddInfo({.name = "plugin_info"}, {"name", "version"}).value();
  plugins.With("json", "1.2");
  plugins.With("yaml", "0.9");
  {
    const Gathered family(registry, "plugin_info");
    ASSERT_EQ(family->size(), 2U);
    EXPECT_EQ(family->Number(0), 1.0);
    EXPECT_EQ(family->label_text(0), "name=\"json\",version=\"1.2\"");
    EXPECT_EQ(family->description().type, MetricType::kInfo);
  }
  EXPECT_TRUE(plugins.Remove("json", "1.2"));
  EXPECT_EQ(Gathered(registry, "plugin_info")->size(), 1U);
}

TEST(InfoTest, NameEndsInInfo) {
  Registry registry;
  EXPECT_THAT(std::string(registry.AddInfo({.name = "build"}).status().message()),
              HasSubstr("call it build_info"));
}

TEST(ExponentialHistogramTest, BoundsArePowersOfTwoAndTheirRoots) {
  Registry registry;
  const Histogram histogram =
      registry
          .AddExponentialHistogram({.name = "bytes", .schema = 1, .min_value = 1, .max_value = 16})
          .value();
  for (const double value : {0.5, 1.0, 1.1, 2.0, 15.0, 100.0}) histogram.Observe(value);
  const Gathered family(registry, "bytes");
  EXPECT_TRUE(family->description().hides_empty_buckets);
  const std::vector<double>& bounds = family->description().bounds;
  ASSERT_EQ(bounds.size(), 9U);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    EXPECT_DOUBLE_EQ(bounds[i], std::exp2(static_cast<double>(i) / 2));
  }
  EXPECT_THAT(family->Histogram(0).bins, ElementsAre(2, 1, 1, 0, 0, 0, 0, 0, 1, 1));
  EXPECT_EQ(family->Histogram(0).count(), 6U);
}

TEST(ExponentialHistogramTest, EveryValueIsWithinItsBucketAtEverySchema) {
  for (int schema = 0; schema <= 8; ++schema) {
    Registry registry;
    const double max = std::exp2(240 / std::exp2(schema));
    const auto added = registry.AddExponentialHistogram(
        {.name = "x", .schema = schema, .min_value = 1 / max, .max_value = max});
    ASSERT_TRUE(added.ok()) << added.status();
    const std::vector<double> bounds = Gathered(registry, "x")->description().bounds;
    for (std::size_t i = 1; i < bounds.size(); ++i) {
      EXPECT_EQ(added->bins()->Find(bounds[i]), i);
      EXPECT_EQ(added->bins()->Find(std::nextafter(bounds[i], max * 2)), i + 1);
    }
  }
}

TEST(ExponentialHistogramTest, RefusesRangesThatCannotBe) {
  Registry registry;
  const auto error = [&](ExponentialHistogramOptions options) {
    options.name = "x";
    return std::string(registry.AddExponentialHistogram(options).status().message());
  };
  EXPECT_THAT(error({.name = "", .schema = 9}), HasSubstr("schema is 9"));
  EXPECT_THAT(error({.name = "", .min_value = 0}), HasSubstr("the range from 0"));
  EXPECT_THAT(error({.name = "", .min_value = 2, .max_value = 1}), HasSubstr("the range"));
  EXPECT_THAT(error({.name = "", .schema = 8}), HasSubstr("choose a smaller range or schema"));
}

TEST(UnitTest, NameEndsInTheUnit) {
  Registry registry;
  EXPECT_TRUE(registry.AddCounter({.name = "read_bytes_total", .unit = "bytes"}).ok());
  EXPECT_TRUE(registry.AddHistogram({.name = "wait_seconds", .unit = "seconds"}).ok());
  const auto wrong = registry.AddGauge({.name = "wait", .unit = "seconds"});
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("call it wait_seconds"));
  EXPECT_FALSE(registry.AddGauge({.name = "_seconds", .unit = "seconds"}).ok());
}

}  // namespace
}  // namespace vitals
