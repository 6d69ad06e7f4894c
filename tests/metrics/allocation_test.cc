#include <cstddef>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/allocation_count.h"
#include "vitals/exposition/openmetrics_encoder.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/gatherer_group.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using vitals_test::AllocationCount;

TEST(AllocationTest, AWarmScrapeAllocatesNothing) {
  Registry registry;
  auto counters = registry.AddCounter({.name = "c_total"}, {"a"}).value();
  auto histograms = registry.AddHistogram({.name = "h"}, {"a"}).value();
  registry.AddGauge({.name = "g"}).value().Set(0.5);
  for (int i = 0; i < 100; ++i) {
    counters.With(std::to_string(i)).Increment();
    histograms.With(std::to_string(i)).Observe(1);
  }
  Snapshot snapshot;
  std::string page;
  std::string openmetrics_page;
  const auto scrape = [&] {
    registry.Gather(snapshot);
    page.clear();
    EncodeText(snapshot, page);
    openmetrics_page.clear();
    EncodeOpenMetrics(snapshot, {.created_samples = true}, openmetrics_page);
    snapshot.Clear();
  };
  scrape();
  const std::size_t before = AllocationCount();
  scrape();
  EXPECT_EQ(AllocationCount(), before);
  EXPECT_GT(page.size(), 10'000u);
  EXPECT_GT(openmetrics_page.size(), page.size());
}

TEST(AllocationTest, AWarmGatherOfAGroupAllocatesNothing) {
  GathererGroup group;
  for (const char* const shard : {"1", "2"}) {
    auto registry = std::make_shared<Registry>();
    registry->AddCounter({.name = "c_total"}, {"a"}).value().With("x").Increment();
    registry->AddHistogram({.name = "h"}).value().Observe(1);
    ASSERT_TRUE(group.Add(registry, {.prefix = "app_", .const_labels = {{"shard", shard}}}).ok());
  }
  Snapshot snapshot;
  const auto gather = [&] {
    group.Gather(snapshot);
    EXPECT_EQ(snapshot.families().size(), 4u);
    snapshot.Clear();
  };
  gather();
  gather();
  const std::size_t before = AllocationCount();
  gather();
  EXPECT_EQ(AllocationCount(), before);
}

TEST(AllocationTest, RecordingAllocatesNothing) {
  Registry registry;
  auto counters = registry.AddCounter({.name = "c_total"}, {"a", "b"}).value();
  const Histogram histogram = registry.AddHistogram({.name = "h"}).value();
  const Gauge gauge = registry.AddGauge({.name = "g"}).value();
  const auto record = [&] {
    counters.With("a label value that fits no small string", "x").Increment();
    histogram.Observe(1);
    histogram.Observe(-1);
    gauge.Set(1);
    gauge.Add(1);
  };
  record();
  const std::size_t before = AllocationCount();
  for (int i = 0; i < 100; ++i) record();
  EXPECT_EQ(AllocationCount(), before);
}

}  // namespace
}  // namespace vitals
