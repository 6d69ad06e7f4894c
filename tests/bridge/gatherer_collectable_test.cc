#include "vitals/bridge/gatherer_collectable.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"
#include "vitals/bridge/collectable_collector.h"
#include "vitals/metrics/collector.h"
#include "vitals/metrics/registry.h"

namespace vitals::bridge {
namespace {

using ::testing::IsEmpty;

// What prometheus-cpp writes of a gatherer.
std::string ClientPage(std::shared_ptr<Gatherer> gatherer) {
  return prometheus::TextSerializer().Serialize(GathererCollectable(std::move(gatherer)).Collect());
}

class FakeCollector : public Collector {
 public:
  explicit FakeCollector(CollectedFamily family) : family_(std::move(family)) {}
  std::vector<CollectedFamily> Collect() override { return {family_}; }

 private:
  CollectedFamily family_;
};

std::string ClientPageOf(CollectedFamily family) {
  auto registry = std::make_shared<Registry>();
  EXPECT_TRUE(registry->AddCollector(std::make_shared<FakeCollector>(std::move(family))).ok());
  return ClientPage(registry);
}

TEST(GathererCollectableTest, Numbers) {
  auto registry = std::make_shared<Registry>(RegistryOptions{.const_labels = {{"host", "h1"}}});
  auto jobs = registry->AddCounter({.name = "a_total", .help = "A."}, {"status"}).value();
  jobs.With("done").Increment(3);
  jobs.With("a \"b\"\\\n").Increment();
  registry->AddDoubleCounter({.name = "b_seconds_total"}).value().Increment(0.25);
  registry->AddGauge({.name = "c", .const_labels = {{"shard", "3"}}}).value().Set(-1.5);
  registry->AddUpDownCounter({.name = "d"}).value().Decrement(2);
  registry->AddInfo({.name = "e_info"}, {"version"})->With("1.2");
  EXPECT_EQ(ClientPage(registry), R"(# HELP a_total A.
# TYPE a_total counter
a_total{host="h1",status="done"} 3
a_total{host="h1",status="a \"b\"\\\n"} 1
# TYPE b_seconds_total counter
b_seconds_total{host="h1"} 0.25
# TYPE c gauge
c{host="h1",shard="3"} -1.5
# TYPE d gauge
d{host="h1"} -2
# TYPE e_info gauge
e_info{host="h1",version="1.2"} 1
)");
}

TEST(GathererCollectableTest, Histograms) {
  auto registry = std::make_shared<Registry>();
  auto seconds = registry->AddHistogram({.name = "x_seconds", .bounds = {0.5, 1, 2}}, {"a"});
  seconds->With("1").Observe(0.5);
  seconds->With("1").Observe(0.75);
  seconds->With("1").Observe(9);
  EXPECT_EQ(ClientPage(registry), R"(# TYPE x_seconds histogram
x_seconds_count{a="1"} 3
x_seconds_sum{a="1"} 10.25
x_seconds_bucket{a="1",le="0.5"} 1
x_seconds_bucket{a="1",le="1"} 2
x_seconds_bucket{a="1",le="2"} 2
x_seconds_bucket{a="1",le="+Inf"} 3
)");
}

TEST(GathererCollectableTest, ExponentialHistogramsHideTheirEmptyEnds) {
  auto registry = std::make_shared<Registry>();
  auto sizes = registry->AddExponentialHistogram(
      {.name = "x", .schema = 0, .min_value = 1, .max_value = 64}, {"a"});
  ASSERT_TRUE(sizes.ok()) << sizes.status();
  sizes->With("empty");
  sizes->With("two").Observe(4);
  sizes->With("two").Observe(16);
  sizes->With("large").Observe(32);
  sizes->With("large").Observe(100);
  EXPECT_EQ(ClientPage(registry), R"(# TYPE x histogram
x_count{a="empty"} 0
x_sum{a="empty"} 0
x_bucket{a="empty",le="+Inf"} 0
x_count{a="two"} 2
x_sum{a="two"} 20
x_bucket{a="two",le="2"} 0
x_bucket{a="two",le="4"} 1
x_bucket{a="two",le="8"} 1
x_bucket{a="two",le="16"} 2
x_bucket{a="two",le="+Inf"} 2
x_count{a="large"} 2
x_sum{a="large"} 132
x_bucket{a="large",le="16"} 0
x_bucket{a="large",le="32"} 1
x_bucket{a="large",le="64"} 1
x_bucket{a="large",le="+Inf"} 2
)");
}

TEST(GathererCollectableTest, Summaries) {
  CollectedFamily family;
  family.name = "x";
  family.type = MetricType::kSummary;
  CollectedSummary& summary = family.summaries.emplace_back();
  summary.labels = {{"a", "1"}};
  summary.sum = 7.5;
  summary.count = 4;
  summary.quantiles = {{0.5, 2}, {0.99, std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_EQ(ClientPageOf(family), R"(# TYPE x summary
x_count{a="1"} 4
x_sum{a="1"} 7.5
x{a="1",quantile="0.5"} 2
x{a="1",quantile="0.99"} Nan
)");
}

TEST(GathererCollectableTest, StateSets) {
  auto registry = std::make_shared<Registry>(RegistryOptions{.const_labels = {{"host", "h1"}}});
  auto states =
      registry->AddStateSet({.name = "worker_state", .states = {"idle", "busy"}}, {"worker"});
  ASSERT_TRUE(states.ok()) << states.status();
  states->With("w1").Set(1);
  EXPECT_EQ(ClientPage(registry), R"(# TYPE worker_state gauge
worker_state{host="h1",worker="w1",worker_state="idle"} 0
worker_state{host="h1",worker="w1",worker_state="busy"} 1
)");
}

TEST(GathererCollectableTest, UntypedValuesAndTimestamps) {
  CollectedFamily family;
  family.name = "x";
  family.samples = {{{{"a", "1"}}, 1}, {{{"a", "2"}}, 2}};
  family.samples[1].timestamp_ms = 1'700'000'000'123;
  EXPECT_EQ(ClientPageOf(family), R"(# TYPE x untyped
x{a="1"} 1
x{a="2"} 2 1700000000123
)");
}

TEST(GathererCollectableTest, PartsOfAFamilyHaveOneHeader) {
  CollectedFamily family;
  family.name = "x";
  family.type = MetricType::kHistogram;
  family.histograms = {{{{"a", "1"}}, 1, {1, 0}}, {{{"a", "2"}}, 2, {0, 1, 0}}};
  family.histograms[0].bounds = {1};
  family.histograms[1].bounds = {1, 2};
  EXPECT_EQ(ClientPageOf(family), R"(# TYPE x histogram
x_count{a="1"} 1
x_sum{a="1"} 1
x_bucket{a="1",le="1"} 1
x_bucket{a="1",le="+Inf"} 1
x_count{a="2"} 1
x_sum{a="2"} 2
x_bucket{a="2",le="1"} 0
x_bucket{a="2",le="2"} 1
x_bucket{a="2",le="+Inf"} 1
)");
}

TEST(GathererCollectableTest, HelpTextsAreOneLine) {
  CollectedFamily family;
  family.name = "x";
  family.help = "one\ntwo";
  family.samples = {{{}, 1}};
  EXPECT_EQ(ClientPageOf(family), "# HELP x one two\n# TYPE x untyped\nx 1\n");
}

TEST(GathererCollectableTest, NothingFromNothing) {
  EXPECT_THAT(GathererCollectable(nullptr).Collect(), IsEmpty());
  EXPECT_THAT(GathererCollectable(std::make_shared<Registry>()).Collect(), IsEmpty());
}

TEST(GathererCollectableTest, KeepsItsGatherer) {
  auto registry = std::make_shared<Registry>();
  registry->AddGauge({.name = "x"}).value().Set(1);
  const GathererCollectable collectable(std::move(registry));
  EXPECT_EQ(collectable.Collect().size(), 1U);
}

// Over and back: what prometheus-cpp can hold comes through unchanged.
TEST(GathererCollectableTest, RoundTrip) {
  auto registry = std::make_shared<Registry>();
  registry->AddGauge({.name = "a"}, {"l"}).value().With("1").Set(0.1 + 0.2);
  registry->AddHistogram({.name = "b", .bounds = {0.1, 1}}).value().Observe(0.7);
  auto over = std::make_shared<GathererCollectable>(registry);
  auto back = std::make_shared<Registry>();
  ASSERT_TRUE(back->AddCollector(std::make_shared<CollectableCollector>(over)).ok());
  EXPECT_EQ(ClientPage(back), ClientPage(registry));
  Snapshot snapshot;
  back->Gather(snapshot);
  EXPECT_EQ(snapshot.Find("a")->Number(0), 0.1 + 0.2);
}

}  // namespace
}  // namespace vitals::bridge
