#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/base/log.h"
#include "vitals/metrics/collector.h"
#include "vitals/metrics/registry.h"

/// \file
/// What a registry makes of families of every type that a collector finds, and which it refuses.

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OneFamily final : public Collector {
 public:
  explicit OneFamily(CollectedFamily family) : family_(std::move(family)) {}
  std::vector<CollectedFamily> Collect() override { return {family_}; }

 private:
  const CollectedFamily family_;
};

// The snapshot of a registry whose collector finds this family.
void Gather(const CollectedFamily& family, Snapshot& snapshot) {
  SetLogSink([](LogSeverity, std::string_view) {});
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<OneFamily>(family)).ok());
  registry.Gather(snapshot);
  SetLogSink({});
}

// Why this family is refused.
std::string Refusal(const CollectedFamily& family) {
  Snapshot snapshot;
  Gather(family, snapshot);
  return snapshot.errors().empty() ? "" : snapshot.errors()[0];
}

CollectedFamily Samples(MetricType type, std::vector<CollectedSample> samples) {
  return {.name = "x", .type = type, .samples = std::move(samples)};
}

CollectedHistogram WithBounds(Labels labels, std::vector<double> bounds,
                              std::vector<std::uint64_t> bins) {
  CollectedHistogram histogram(std::move(labels), 1, std::move(bins));
  histogram.bounds = std::move(bounds);
  return histogram;
}

TEST(CollectedTest, HistogramsOfDifferentBoundsArePartsOfOneFamily) {
  Snapshot snapshot;
  Gather({.name = "x",
          .type = MetricType::kHistogram,
          .bounds = {5},
          .histograms = {WithBounds({{"a", "1"}}, {}, {1, 2}), WithBounds({{"a", "2"}}, {}, {3, 4}),
                         WithBounds({{"a", "3"}}, {1, 2}, {1, 1, 1})}},
         snapshot);
  EXPECT_THAT(snapshot.errors(), ElementsAre());
  ASSERT_EQ(snapshot.families().size(), 2U);
  EXPECT_THAT(snapshot.families()[0].description().bounds, ElementsAre(5));
  EXPECT_EQ(snapshot.families()[0].size(), 2U);
  EXPECT_THAT(snapshot.families()[1].description().bounds, ElementsAre(1, 2));
  EXPECT_THAT(snapshot.families()[1].Histogram(0).bins, ElementsAre(1, 1, 1));
}

TEST(CollectedTest, SummariesKeepTheirQuantiles) {
  CollectedSummary summary;
  summary.sum = 10;
  summary.count = 4;
  summary.quantiles = {{0.5, 2.0}, {1.0, 3.0}};
  Snapshot snapshot;
  Gather({.name = "x", .type = MetricType::kSummary, .summaries = {summary}}, snapshot);
  const SummaryValue value = snapshot.Find("x")->Summary(0);
  EXPECT_EQ(value.sum, 10);
  EXPECT_EQ(value.count, 4U);
  EXPECT_EQ(value.quantile(0), 2.0);
  EXPECT_EQ(value.quantile(1), 3.0);
  EXPECT_THAT(snapshot.Find("x")->description().quantiles, ElementsAre(0.5, 1.0));
}

TEST(CollectedTest, TimestampsTimesOfCreationAndExemplarsAreKept) {
  CollectedSample first({{"a", "1"}}, 1);
  CollectedSample second({{"a", "2"}}, 2);
  second.timestamp_ms = 1700000000123;
  second.created_ms = 1600000000000;
  second.exemplar = CollectedExemplar{.labels = {{"trace_id", "abc"}}, .value = 0.5};
  Snapshot snapshot;
  Gather(Samples(MetricType::kCounter, {first, second}), snapshot);
  const MetricFamily& family = *snapshot.Find("x");
  EXPECT_EQ(family.timestamp_ms(0), std::nullopt);
  EXPECT_EQ(family.timestamp_ms(1), 1700000000123);
  EXPECT_EQ(family.created_ms(1), 1600000000000);
  ASSERT_EQ(family.exemplars().size(), 1U);
  EXPECT_EQ(family.exemplars()[0].series, 1U);
  EXPECT_EQ(family.exemplars()[0].label_text(), "trace_id=\"abc\"");
}

TEST(CollectedTest, ExemplarsOfAHistogramGoToTheBinOfTheirValue) {
  CollectedHistogram histogram = WithBounds({}, {1, 2}, {1, 1, 1});
  for (const double value : {2.0, 0.5, 99.0, 0.7}) {
    histogram.exemplars.push_back({.labels = {}, .value = value});
  }
  Snapshot snapshot;
  Gather({.name = "x", .type = MetricType::kHistogram, .histograms = {histogram}}, snapshot);
  std::vector<std::pair<std::uint32_t, double>> found;
  for (const Exemplar& exemplar : snapshot.Find("x")->exemplars()) {
    found.emplace_back(exemplar.bin, exemplar.value);
  }
  EXPECT_THAT(found, ElementsAre(std::pair(0, 0.7), std::pair(1, 2.0), std::pair(2, 99.0)));
}

TEST(CollectedTest, ValuesThatTheirTypeDoesNotHaveAreRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Refusal(Samples(MetricType::kCounter, {{{}, -1}})), HasSubstr("at least 0"));
  EXPECT_THAT(Refusal(Samples(MetricType::kCounter, {{{}, nan}})), HasSubstr("at least 0"));
  EXPECT_THAT(Refusal(Samples(MetricType::kInfo, {{{}, 2}})), HasSubstr("an Info is 1"));
  EXPECT_THAT(Refusal(Samples(MetricType::kStateSet, {{{{"x", "on"}}, 0.5}})),
              HasSubstr("a state is 0 or 1"));
  EXPECT_THAT(Refusal(Samples(MetricType::kStateSet, {{{}, 1}})),
              HasSubstr("label \"x\" must tell the state"));
  EXPECT_THAT(Refusal(Samples(MetricType::kGaugeHistogram, {})), HasSubstr("GaugeHistogram"));
  EXPECT_EQ(Refusal(Samples(MetricType::kGauge, {{{}, nan}})), "");
}

TEST(CollectedTest, PartsThatCannotBeAreRefused) {
  CollectedSummary summary;
  summary.quantiles = {{0.9, 1}, {0.5, 1}};
  EXPECT_THAT(Refusal({.name = "x", .type = MetricType::kSummary, .summaries = {summary}}),
              HasSubstr("quantile 0.5 is out of place"));
  summary.quantiles.clear();
  summary.labels = {{"quantile", "1"}};
  EXPECT_THAT(Refusal({.name = "x", .type = MetricType::kSummary, .summaries = {summary}}),
              HasSubstr("\"quantile\" is reserved"));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Refusal({.name = "x",
                       .type = MetricType::kHistogram,
                       .histograms = {WithBounds({}, {1, infinity}, {0, 0, 0})}}),
              HasSubstr("+Inf is there by itself"));
  CollectedFamily seconds = Samples(MetricType::kGauge, {{{}, 1}});
  seconds.unit = "seconds";
  EXPECT_THAT(Refusal(seconds), HasSubstr("call it x_seconds"));
}

TEST(CollectedTest, ExemplarsThatCannotBeAreRefused) {
  CollectedSample sample({}, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  sample.exemplar = CollectedExemplar{.labels = {}, .timestamp_seconds = nan};
  EXPECT_THAT(Refusal(Samples(MetricType::kCounter, {sample})), HasSubstr("not finite"));
  sample.exemplar = CollectedExemplar{.labels = {{"__a", "x"}}};
  EXPECT_THAT(Refusal(Samples(MetricType::kCounter, {sample})), HasSubstr("reserved"));
  sample.exemplar = CollectedExemplar{};
  EXPECT_THAT(Refusal(Samples(MetricType::kGauge, {sample})), HasSubstr("for counters"));
}

TEST(CollectedTest, ExemplarsThatAreTooLongAreDroppedAlone) {
  CollectedSample sample({}, 1);
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kExemplar);
  sample.exemplar = CollectedExemplar{.labels = {{"trace_id", std::string(121, 'x')}}};
  Snapshot snapshot;
  Gather(Samples(MetricType::kCounter, {sample}), snapshot);
  EXPECT_TRUE(snapshot.Find("x")->exemplars().empty());
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kExemplar), before + 1);
}

TEST(CollectedTest, ConstantLabelsOfTheRegistryAreChecked) {
  SetLogSink([](LogSeverity, std::string_view) {});
  for (const Labels& labels : {Labels{{"a b", "x"}}, Labels{{"quantile", "x"}}}) {
    Registry registry({.const_labels = labels});
    CollectedSummary summary;
    ASSERT_TRUE(registry
                    .AddCollector(std::make_shared<OneFamily>(CollectedFamily{
                        .name = "x", .type = MetricType::kSummary, .summaries = {summary}}))
                    .ok());
    Snapshot snapshot;
    registry.Gather(snapshot);
    EXPECT_EQ(snapshot.Find("x"), nullptr);
    EXPECT_EQ(snapshot.errors().size(), 1U);
  }
  SetLogSink({});
}

TEST(CollectedTest, FamiliesWithoutSeriesShowNothing) {
  Snapshot snapshot;
  Gather(Samples(MetricType::kGauge, {}), snapshot);
  EXPECT_TRUE(snapshot.families().empty());
}

}  // namespace
}  // namespace vitals
