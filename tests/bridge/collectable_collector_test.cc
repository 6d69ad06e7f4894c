#include "vitals/bridge/collectable_collector.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/summary.h"
#include "tests/testing/page.h"
#include "vitals/base/log.h"
#include "vitals/metrics/registry.h"

namespace vitals::bridge {
namespace {

using prometheus::ClientMetric;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Page;
using ::testing::Pair;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Returns what a test tells it to, or throws.
class FakeCollectable : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    if (throws) throw std::runtime_error("disk is gone");
    return families;
  }

  prometheus::MetricFamily& Add(const std::string& name, prometheus::MetricType type) {
    families.push_back({name, "", type, {}});
    return families.back();
  }

  bool throws = false;
  std::vector<prometheus::MetricFamily> families;
};

ClientMetric GaugeMetric(const std::string& label_value, double value) {
  ClientMetric metric;
  metric.label = {{"a", label_value}};
  metric.gauge.value = value;
  return metric;
}

ClientMetric HistogramMetric(const std::string& label_value,
                             std::vector<ClientMetric::Bucket> buckets, std::uint64_t count) {
  ClientMetric metric;
  metric.label = {{"a", label_value}};
  metric.histogram.sample_count = count;
  metric.histogram.bucket = std::move(buckets);
  return metric;
}

class CollectableCollectorTest : public ::testing::Test {
 protected:
  CollectableCollectorTest() {
    SetLogSink([](LogSeverity, std::string_view) {});
    EXPECT_TRUE(registry_.AddCollector(std::make_shared<CollectableCollector>(fake_)).ok());
  }
  ~CollectableCollectorTest() override { SetLogSink({}); }

  const Snapshot& Gather() {
    registry_.Gather(snapshot_);
    return snapshot_;
  }

  std::shared_ptr<FakeCollectable> fake_ = std::make_shared<FakeCollectable>();
  Registry registry_;
  Snapshot snapshot_;
};

TEST(CollectableCollectorRegistryTest, AllTypesOfARegistry) {
  auto client = std::make_shared<prometheus::Registry>();
  auto& jobs = prometheus::BuildCounter()
                   .Name("jobs_total")
                   .Help("Jobs done.")
                   .Labels({{"shard", "3"}})
                   .Register(*client);
  jobs.Add({{"status", "completed"}}).Increment(9);
  prometheus::BuildGauge().Name("level").Register(*client).Add({}).Set(-0.1);
  auto& seconds = prometheus::BuildHistogram().Name("job_seconds").Register(*client);
  auto& histogram = seconds.Add({}, prometheus::Histogram::BucketBoundaries{0.5, 1});
  for (const double value : {0.25, 0.75, 0.75, 8.0}) histogram.Observe(value);
  prometheus::BuildGauge().Name("without_series").Register(*client);

  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<CollectableCollector>(client)).ok());
  EXPECT_EQ(Page(registry), R"(# TYPE job_seconds histogram
job_seconds_bucket{le="0.5"} 1
job_seconds_bucket{le="1"} 3
job_seconds_bucket{le="+Inf"} 4
job_seconds_sum 9.75
job_seconds_count 4
# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total{shard="3",status="completed"} 9
# TYPE level gauge
level -0.1
)");
}

TEST(CollectableCollectorRegistryTest, SummariesWithQuantilesInAnyOrder) {
  auto client = std::make_shared<prometheus::Registry>();
  auto& family = prometheus::BuildSummary().Name("x").Register(*client);
  auto& summary = family.Add({}, prometheus::Summary::Quantiles{{0.9, 0.001}, {0.5, 0.001}});
  for (int i = 1; i <= 100; ++i) summary.Observe(i);
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<CollectableCollector>(client)).ok());
  Snapshot snapshot;
  registry.Gather(snapshot);
  const MetricFamily* const found = snapshot.Find("x");
  ASSERT_NE(found, nullptr);
  EXPECT_THAT(found->description().quantiles, ElementsAre(0.5, 0.9));
  const SummaryValue value = found->Summary(0);
  EXPECT_EQ(value.count, 100U);
  EXPECT_EQ(value.sum, 5050);
  EXPECT_NEAR(value.quantile(0), 50, 2);
  EXPECT_NEAR(value.quantile(1), 90, 2);
}

TEST(CollectableCollectorRegistryTest, DoesNotKeepTheCollectable) {
  auto client = std::make_shared<prometheus::Registry>();
  prometheus::BuildGauge().Name("x").Register(*client).Add({}).Set(1);
  CollectableCollector collector(client);
  EXPECT_EQ(collector.Collect().size(), 1U);
  client.reset();
  EXPECT_THAT(collector.Collect(), IsEmpty());
  EXPECT_THAT(CollectableCollector({}).Collect(), IsEmpty());
}

TEST_F(CollectableCollectorTest, UntypedTimestampsAndNotANumber) {
  auto& family = fake_->Add("x", prometheus::MetricType::Untyped);
  family.metric.resize(3);
  family.metric[0].label = {{"b", "2"}, {"a", "1"}};
  family.metric[0].untyped.value = std::numeric_limits<double>::quiet_NaN();
  family.metric[1].label = {{"a", "2"}};
  family.metric[1].untyped.value = -kInfinity;
  family.metric[1].timestamp_ms = 1'700'000'000'123;
  family.metric[2].untyped.value = 0.1;
  const MetricFamily* const found = Gather().Find("x");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->description().type, MetricType::kUntyped);
  EXPECT_EQ(found->label_text(0), R"(a="1",b="2")");
  EXPECT_TRUE(std::isnan(found->Double(0)));
  EXPECT_EQ(found->timestamp_ms(0), std::nullopt);
  EXPECT_EQ(found->Double(1), -kInfinity);
  EXPECT_EQ(found->timestamp_ms(1), 1'700'000'000'123);
  EXPECT_EQ(found->label_text(2), "");
  EXPECT_EQ(found->Double(2), 0.1);
}

TEST_F(CollectableCollectorTest, HistogramsOfOneFamilyWithDifferentBounds) {
  auto& family = fake_->Add("x", prometheus::MetricType::Histogram);
  family.metric = {HistogramMetric("1", {{1, 0.5}, {4, 2.0}, {6, kInfinity}}, 6),
                   HistogramMetric("2", {{2, 1.0}}, 5),  // no bucket for +Inf
                   HistogramMetric("3", {{2, 1.0}}, 1),  // a count that lags behind
                   HistogramMetric("4", {}, 7),          // no bucket at all
                   HistogramMetric("5", {{3, kInfinity}}, 3)};
  std::vector<std::pair<std::vector<double>, std::vector<std::uint64_t>>> found;
  for (const MetricFamily& part : Gather().families()) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      const HistogramValue value = part.Histogram(i);
      found.push_back({part.description().bounds, {value.bins.begin(), value.bins.end()}});
    }
  }
  EXPECT_THAT(found, ElementsAre(Pair(ElementsAre(0.5, 2), ElementsAre(1, 3, 2)),
                                 Pair(ElementsAre(1), ElementsAre(2, 3)),
                                 Pair(ElementsAre(1), ElementsAre(2, 0)),
                                 Pair(IsEmpty(), ElementsAre(7)), Pair(IsEmpty(), ElementsAre(3))));
  EXPECT_THAT(snapshot_.errors(), IsEmpty());
}

TEST_F(CollectableCollectorTest, SummariesOfOneFamilyWithDifferentQuantiles) {
  auto& family = fake_->Add("x", prometheus::MetricType::Summary);
  family.metric.resize(3);
  for (std::size_t i = 0; i < 3; ++i) family.metric[i].label = {{"a", std::to_string(i)}};
  family.metric[0].summary.quantile = {{0.5, 1}};
  family.metric[1].summary.quantile = {{0.5, 1}, {0.9, 2}};
  family.metric[2].summary.sample_count = 3;
  std::vector<std::pair<std::string, std::vector<double>>> found;
  for (const MetricFamily& part : Gather().families()) {
    found.push_back({std::string(part.label_text(0)), part.description().quantiles});
  }
  EXPECT_THAT(found,
              ElementsAre(Pair(R"(a="0")", ElementsAre(0.5)),
                          Pair(R"(a="1")", ElementsAre(0.5, 0.9)), Pair(R"(a="2")", IsEmpty())));
}

TEST_F(CollectableCollectorTest, FamiliesOfOneNameArePutTogether) {
  fake_->Add("x", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1)};
  fake_->Add("y", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 2)};
  fake_->Add("x", prometheus::MetricType::Gauge).metric = {GaugeMetric("2", 3)};
  fake_->families[0].help = "The first.";
  fake_->families[2].help = "The second.";
  EXPECT_EQ(Page(registry_), R"(# HELP x The first.
# TYPE x gauge
x{a="1"} 1
x{a="2"} 3
# TYPE y gauge
y{a="1"} 2
)");
}

TEST_F(CollectableCollectorTest, FamiliesOfOneNameAndTwoTypesAreNot) {
  fake_->Add("x", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1)};
  fake_->Add("x", prometheus::MetricType::Counter).metric = {GaugeMetric("2", 2)};
  EXPECT_EQ(Gather().Find("x")->size(), 1U);
  EXPECT_THAT(snapshot_.errors(), ElementsAre(HasSubstr("the page has x already")));
}

TEST_F(CollectableCollectorTest, EmptyFamiliesShowNothing) {
  fake_->Add("x", prometheus::MetricType::Gauge);
  fake_->Add("x", prometheus::MetricType::Counter).metric = {GaugeMetric("1", 0)};
  fake_->Add("y", prometheus::MetricType::Histogram);
  EXPECT_EQ(Page(registry_), "# TYPE x counter\nx{a=\"1\"} 0\n");
  EXPECT_THAT(Gather().errors(), IsEmpty());
}

TEST_F(CollectableCollectorTest, WhatTheDataModelRefusesIsLeftOutAlone) {
  fake_->Add("good", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1)};
  fake_->Add("bad name", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1)};
  fake_->Add("bad_text", prometheus::MetricType::Gauge).metric = {GaugeMetric("\xff", 1)};
  fake_->Add("twice", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1),
                                                               GaugeMetric("1", 2)};
  fake_->Add("label_twice", prometheus::MetricType::Gauge).metric = {GaugeMetric("1", 1)};
  fake_->families.back().metric[0].label.push_back({"a", "2"});
  fake_->Add("falls", prometheus::MetricType::Histogram).metric = {
      HistogramMetric("1", {{5, 1.0}, {3, 2.0}, {6, kInfinity}}, 6)};
  fake_->Add("unsorted", prometheus::MetricType::Histogram).metric = {
      HistogramMetric("1", {{1, 2.0}, {3, 1.0}, {6, kInfinity}}, 6)};
  fake_->Add("nan_bound", prometheus::MetricType::Histogram).metric = {
      HistogramMetric("1", {{1, std::numeric_limits<double>::quiet_NaN()}}, 6)};
  fake_->Add("quantile", prometheus::MetricType::Summary).metric.resize(1);
  fake_->families.back().metric[0].summary.quantile = {
      {std::numeric_limits<double>::quiet_NaN(), 1}, {0.5, 1}};
  ASSERT_EQ(Gather().families().size(), 2U);
  EXPECT_EQ(snapshot_.Find("good")->Double(0), 1);
  EXPECT_EQ(snapshot_.Find("vitals_collector_errors_total")->Number(0), 8);
  EXPECT_THAT(snapshot_.errors(),
              ElementsAre(HasSubstr("bad name"), HasSubstr("bad_text"), HasSubstr("there twice"),
                          HasSubstr("given twice"), HasSubstr("counts that fall"),
                          HasSubstr("\"unsorted\""), HasSubstr("\"nan_bound\""),
                          HasSubstr("quantile nan is out of place")));
}

TEST_F(CollectableCollectorTest, ACollectableThatThrowsIsLeftOutAndCounted) {
  registry_.AddGauge({.name = "own"}).value().Set(1);
  fake_->throws = true;
  EXPECT_EQ(Page(registry_), R"(# TYPE own gauge
own 1
# HELP vitals_collector_errors_total Collectors and collected families that were left out of a page.
# TYPE vitals_collector_errors_total counter
vitals_collector_errors_total 1
)");
  EXPECT_THAT(Gather().errors(), ElementsAre(HasSubstr("disk is gone")));
}

}  // namespace
}  // namespace vitals::bridge
