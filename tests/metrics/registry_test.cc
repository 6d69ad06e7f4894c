#include "vitals/metrics/registry.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/base/log.h"

namespace vitals {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Page;
using testing::Value;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(RegistryTest, SameDefinitionIsTheSameFamily) {
  Registry registry;
  registry.AddCounter({.name = "x_total", .help = "X."}).value().Increment();
  registry.AddCounter({.name = "x_total", .help = "X."}).value().Increment();
  EXPECT_EQ(Value(registry, "x_total"), "2");
  registry.AddHistogram({.name = "h", .bounds = {1, 2}}, {"a"}).value().With("1").Observe(1);
  registry.AddHistogram({.name = "h", .bounds = {1, 2}}, {"a"}).value().With("1").Observe(1);
  EXPECT_EQ(Value(registry, R"(h_count{a="1"})"), "2");
}

TEST(RegistryTest, ConflictNamesBothDefinitions) {
  Registry registry;
  ASSERT_TRUE(registry.AddCounter({.name = "x_total"}, {"a", "b"}).ok());
  ASSERT_TRUE(registry.AddHistogram({.name = "h", .bounds = {1, 2}}).ok());
  const struct {
    absl::Status status;
    const char* wanted;
    const char* existing;
  } kCases[] = {
      {registry.AddGauge({.name = "x_total"}, {"a", "b"}).status(), "Gauge x_total{a,b}",
       "Counter x_total{a,b} is registered"},
      {registry.AddCounter({.name = "x_total"}, {"a"}).status(), "Counter x_total{a}",
       "Counter x_total{a,b} is registered"},
      {registry.AddCounter({.name = "x_total"}, {"b", "a"}).status(), "Counter x_total{b,a}",
       "Counter x_total{a,b} is registered"},
      {registry.AddDoubleCounter({.name = "x_total"}, {"a", "b"}).status(), "DoubleCounter x_total",
       "Counter x_total{a,b} is registered"},
      {registry.AddCounter({.name = "x_total", .const_labels = {{"c", "1"}}}, {"a", "b"}).status(),
       "Counter x_total{a,b} with constant labels c=\"1\"", "Counter x_total{a,b} is registered"},
      {registry.AddHistogram({.name = "h", .bounds = {1, 3}}).status(),
       "Histogram h with bounds 1,3", "Histogram h with bounds 1,2 is registered"},
      {registry.AddCounter({.name = "h_count"}).status(), "Counter h_count",
       "Histogram h with bounds 1,2 is registered"},
      {registry.AddGauge({.name = "h_bucket"}).status(), "Gauge h_bucket", "Histogram h"},
      {registry.AddGauge({.name = "h_sum"}).status(), "Gauge h_sum", "Histogram h"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(test.status.code(), absl::StatusCode::kAlreadyExists);
    EXPECT_THAT(Message(test.status), AllOf(HasSubstr(test.wanted), HasSubstr(test.existing)));
  }
}

TEST(RegistryTest, HistogramOverATakenNameIsAConflict) {
  Registry registry;
  ASSERT_TRUE(registry.AddCounter({.name = "h_count"}).ok());
  const auto histogram = registry.AddHistogram({.name = "h", .bounds = {1}});
  EXPECT_EQ(histogram.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(registry.AddGauge({.name = "h"}).ok()) << "nothing half-done is left";
}

TEST(RegistryTest, RefusesWhatTheDataModelRefuses) {
  Registry registry;
  const struct {
    absl::Status status;
    const char* message;
  } kCases[] = {
      {registry.AddCounter({.name = ""}).status(), "metric name is empty"},
      {registry.AddCounter({.name = "1x"}).status(), "metric name \"1x\" has \"1\" at position 1"},
      {registry.AddCounter({.name = "a-b"}).status(), "has \"-\" at position 2"},
      {registry.AddCounter({.name = "a\nb"}).status(), "\"a\\x0ab\" has \"\\x0a\""},
      {registry.AddCounter({.name = "caf\xC3\xA9"}).status(), "\"caf\\xc3\\xa9\""},
      {registry.AddCounter({.name = "x", .help = "\xFF"}).status(), "help text is not valid UTF-8"},
      {registry.AddCounter({.name = "x"}, {"a:b"}).status(), "label name \"a:b\" has \":\""},
      {registry.AddCounter({.name = "x"}, {""}).status(), "label name is empty"},
      {registry.AddCounter({.name = "x"}, {"__name__"}).status(), "\"__name__\" is reserved"},
      {registry.AddCounter({.name = "x"}, {"a", "a"}).status(), "label \"a\" is given twice"},
      {registry.AddCounter({.name = "x", .const_labels = {{"a", "1"}}}, {"a"}).status(),
       "\"a\" is a constant label already"},
      {registry.AddCounter({.name = "x", .const_labels = {{"a", "1"}, {"a", "2"}}}).status(),
       "label \"a\" is given twice"},
      {registry.AddCounter({.name = "x", .const_labels = {{"a", "\xFF"}}}).status(),
       "value of label \"a\" is not valid UTF-8"},
      {registry.AddCounter({.name = "x", .const_labels = {{"__a", "1"}}}).status(), "reserved"},
      {registry.AddCounter({.name = "x", .max_series = 0}, {"a"}).status(), "max_series is 0"},
      {registry.AddHistogram({.name = "x"}, {"le"}).status(), "\"le\" is reserved"},
      {registry.AddHistogram({.name = "x", .const_labels = {{"le", "1"}}}).status(),
       "\"le\" is reserved"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(test.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(test.status), HasSubstr(test.message));
  }
  EXPECT_TRUE(registry.AddCounter({.name = "x"}, {"le"}).ok()) << "le is free outside histograms";
  EXPECT_EQ(Page(registry), "");
}

TEST(RegistryTest, ConstantLabelsAreOnEverySeries) {
  Registry registry({.const_labels = {{"zone", "b"}, {"env", "pro\"d"}}});
  registry.AddCounter({.name = "x_total", .const_labels = {{"shard", "3"}}}, {"a"})
      .value()
      .With("1")
      .Increment();
  registry.AddGauge({.name = "y"}).value().Set(2);
  registry.AddHistogram({.name = "z", .bounds = {1}}).value().Observe(1);
  const std::string page = Page(registry);
  EXPECT_THAT(page, HasSubstr("x_total{env=\"pro\\\"d\",shard=\"3\",zone=\"b\",a=\"1\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("y{env=\"pro\\\"d\",zone=\"b\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("z_bucket{env=\"pro\\\"d\",zone=\"b\",le=\"1\"} 1\n"));
  Snapshot snapshot;
  registry.Gather(snapshot);
  EXPECT_EQ(snapshot.Find("x_total")->labels(0),
            (Labels{{"a", "1"}, {"env", "pro\"d"}, {"shard", "3"}, {"zone", "b"}}));
}

TEST(RegistryTest, FamiliesAreSortedByName) {
  Registry registry;
  for (const char* const name : {"b", "c", "a"}) registry.AddGauge({.name = name}).value().Set(1);
  EXPECT_EQ(Page(registry), "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE c gauge\nc 1\n");
}

TEST(RegistryTest, RemovesAFamily) {
  Registry registry;
  const Histogram histogram = registry.AddHistogram({.name = "h", .bounds = {1}}).value();
  EXPECT_TRUE(registry.RemoveFamily("h"));
  EXPECT_FALSE(registry.RemoveFamily("h"));
  histogram.Observe(1);
  EXPECT_EQ(Page(registry).find("h_count"), std::string::npos);
  EXPECT_TRUE(registry.AddCounter({.name = "h_count"}).ok()) << "its names are free again";
}

TEST(RegistryTest, HandlesAndFamiliesOutliveTheirRegistry) {
  Counter counter;
  Gauge gauge;
  auto registry = std::make_unique<Registry>();
  auto family = registry->AddCounter({.name = "x_total"}, {"a"}).value();
  counter = family.With("1");
  gauge = registry->AddGauge({.name = "g"}).value();
  registry.reset();
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kRemovedSeries);
  counter.Increment();
  gauge.Set(1);
  gauge.Add(1);
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kRemovedSeries), before + 3);
  family.With("2").Increment();
  EXPECT_EQ(family.size(), 1u);
}

// A collector made of a function.
class FunctionCollector : public Collector {
 public:
  explicit FunctionCollector(std::function<std::vector<CollectedFamily>()> collect)
      : collect_(std::move(collect)) {}
  std::vector<CollectedFamily> Collect() override { return collect_(); }

 private:
  std::function<std::vector<CollectedFamily>()> collect_;
};

CollectedFamily GaugeFamily(std::string name, std::vector<CollectedSample> samples) {
  CollectedFamily family;
  family.name = std::move(name);
  family.type = MetricType::kGauge;
  family.samples = std::move(samples);
  return family;
}

std::shared_ptr<Collector> CollectorOf(std::vector<CollectedFamily> families) {
  return std::make_shared<FunctionCollector>([families] { return families; });
}

TEST(CollectorTest, ShowsWhatItFinds) {
  Registry registry({.const_labels = {{"env", "prod"}}});
  registry.AddGauge({.name = "m"}).value().Set(1);
  CollectedFamily histogram;
  histogram.name = "z";
  histogram.help = "A\nB";
  histogram.type = MetricType::kHistogram;
  histogram.bounds = {1, 2};
  histogram.histograms = {{{{"a", "1"}}, 4.5, {1, 2, 3}}};
  const auto collector = CollectorOf({GaugeFamily("b", {{{{"x", "1"}}, 0.5}, {{}, 2}}), histogram});
  ASSERT_TRUE(registry.AddCollector(collector).ok());
  EXPECT_EQ(Page(registry),
            "# TYPE b gauge\n"
            "b{env=\"prod\",x=\"1\"} 0.5\n"
            "b{env=\"prod\"} 2\n"
            "# TYPE m gauge\n"
            "m{env=\"prod\"} 1\n"
            "# HELP z A\\nB\n"
            "# TYPE z histogram\n"
            "z_bucket{env=\"prod\",a=\"1\",le=\"1\"} 1\n"
            "z_bucket{env=\"prod\",a=\"1\",le=\"2\"} 3\n"
            "z_bucket{env=\"prod\",a=\"1\",le=\"+Inf\"} 6\n"
            "z_sum{env=\"prod\",a=\"1\"} 4.5\n"
            "z_count{env=\"prod\",a=\"1\"} 6\n");
  EXPECT_TRUE(registry.RemoveCollector(collector.get()));
  EXPECT_FALSE(registry.RemoveCollector(collector.get()));
  EXPECT_EQ(Page(registry), "# TYPE m gauge\nm{env=\"prod\"} 1\n");
  EXPECT_EQ(registry.AddCollector(nullptr).code(), absl::StatusCode::kInvalidArgument);
}

TEST(CollectorTest, WhatBreaksTheDataModelIsLeftOutCountedAndLogged) {
  std::vector<std::string> logged;
  SetLogSink([&](LogSeverity, std::string_view message) { logged.emplace_back(message); });
  CollectedFamily mixed = GaugeFamily("mixed", {{{}, 1}});
  mixed.type = MetricType::kHistogram;
  CollectedFamily short_bins;
  short_bins.name = "short_bins";
  short_bins.type = MetricType::kHistogram;
  short_bins.bounds = {1};
  short_bins.histograms = {{{}, 0, {1}}};
  CollectedFamily endless_bins = short_bins;
  endless_bins.name = "endless_bins";
  endless_bins.histograms = {{{}, 0, {2, std::numeric_limits<std::uint64_t>::max()}}};
  CollectedFamily bad_help = GaugeFamily("bad_help", {});
  bad_help.help = "\xFF";
  const std::vector<std::pair<CollectedFamily, const char*>> cases = {
      {GaugeFamily("bad-name", {{{}, 1}}), "has \"-\""},
      {GaugeFamily("own", {{{}, 1}}), "the page has own already"},
      {GaugeFamily("own_h_sum", {{{}, 1}}), "the page has own_h_sum already"},
      {GaugeFamily("x", {{{{"__a", "1"}}, 1}}), "reserved"},
      {GaugeFamily("x", {{{{"a", "\xFF"}}, 1}}), "not valid UTF-8"},
      {GaugeFamily("x", {{{{"env", "1"}}, 1}}), "constant label of the registry"},
      {GaugeFamily("x", {{{{"a", "1"}}, 1}, {{{"a", "1"}}, 2}}), "series {a=\"1\"} is there twice"},
      {mixed, "values and type differ"},
      {short_bins, "1 bins for 1 bounds"},
      {endless_bins, "more than 64 bits hold"},
      {bad_help, "help text is not valid UTF-8"},
  };
  for (const auto& [family, reason] : cases) {
    Registry registry({.const_labels = {{"env", "prod"}}});
    registry.AddGauge({.name = "own"}).value().Set(1);
    registry.AddHistogram({.name = "own_h", .bounds = {1}}).value().Observe(1);
    ASSERT_TRUE(registry.AddCollector(CollectorOf({family, GaugeFamily("good", {{{}, 7}})})).ok());
    logged.clear();
    Snapshot snapshot;
    registry.Gather(snapshot);
    EXPECT_THAT(snapshot.errors(), ElementsAre(HasSubstr(reason)));
    EXPECT_THAT(logged, ElementsAre(HasSubstr(reason)));
    EXPECT_EQ(Value(registry, R"(good{env="prod"})"), "7");
    EXPECT_EQ(Value(registry, R"(own{env="prod"})"), "1");
    EXPECT_EQ(Value(registry, R"(vitals_collector_errors_total{env="prod"})"), "4");
    EXPECT_EQ(logged.size(), 1u) << "the same text is logged once";
  }
  SetLogSink({});
}

TEST(CollectorTest, TwoCollectorsMayNotShareAName) {
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(CollectorOf({GaugeFamily("x", {{{}, 1}})})).ok());
  ASSERT_TRUE(registry.AddCollector(CollectorOf({GaugeFamily("x", {{{}, 2}})})).ok());
  SetLogSink([](LogSeverity, std::string_view) {});
  EXPECT_EQ(Value(registry, "x"), "1");
  EXPECT_EQ(Value(registry, "vitals_collector_errors_total"), "2");
  SetLogSink({});
}

TEST(CollectorTest, OneThatThrowsIsLeftOut) {
  std::vector<std::string> logged;
  SetLogSink([&](LogSeverity, std::string_view message) { logged.emplace_back(message); });
  Registry registry;
  registry.AddGauge({.name = "own"}).value().Set(1);
  const auto throws = [](auto error) {
    return std::make_shared<FunctionCollector>(
        [error]() -> std::vector<CollectedFamily> { throw error; });
  };
  ASSERT_TRUE(registry.AddCollector(throws(std::runtime_error("no disk"))).ok());
  ASSERT_TRUE(registry.AddCollector(throws(42)).ok());
  EXPECT_EQ(Value(registry, "own"), "1");
  EXPECT_THAT(logged, ElementsAre(HasSubstr("no disk"), HasSubstr("no std::exception")));
  SetLogSink({});
}

TEST(CollectorTest, MayUseTheRegistryItIsIn) {
  Registry registry;
  ASSERT_TRUE(registry
                  .AddCollector(std::make_shared<FunctionCollector>([&] {
                    registry.AddCounter({.name = "asked_total"}).value().Increment();
                    return std::vector<CollectedFamily>();
                  }))
                  .ok());
  Page(registry);
  EXPECT_EQ(Value(registry, "asked_total"), "1");
}

}  // namespace
}  // namespace vitals
