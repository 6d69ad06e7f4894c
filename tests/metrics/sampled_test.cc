#include "vitals/metrics/sampled.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/histogram_batch.h"
#include "vitals/metrics/registry.h"

/// \file
/// Records that are sampled, and records that come together.

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Gathered;

constexpr std::uint64_t kSeed = 42;

TEST(SampledTest, EveryEventOfOneInOne) {
  EventSampler sampler(1, kSeed);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(sampler.Next());
  EventSampler zero(0, kSeed);
  EXPECT_TRUE(zero.Next());
  EXPECT_EQ(zero.weight(), 1U);
}

// Gaps of a geometric distribution have the mean N and the variance N (N - 1).
TEST(SampledTest, GapsAreGeometric) {
  constexpr double kN = 100;
  constexpr int kGaps = 20'000;
  EventSampler sampler(100, kSeed);
  double sum = 0;
  double squares = 0;
  int shortest = std::numeric_limits<int>::max();
  for (int i = 0; i < kGaps; ++i) {
    int gap = 1;
    while (!sampler.Next()) ++gap;
    sum += gap;
    squares += double(gap) * gap;
    shortest = std::min(shortest, gap);
  }
  const double mean = sum / kGaps;
  const double variance = squares / kGaps - mean * mean;
  // Four standard deviations of each estimate.
  EXPECT_NEAR(mean, kN, 4 * kN / std::sqrt(kGaps));
  EXPECT_NEAR(variance, kN * (kN - 1), 4 * kN * kN * std::sqrt(8.0 / kGaps));
  EXPECT_EQ(shortest, 1);
}

TEST(SampledTest, CountsAreUnbiased) {
  Registry registry;
  constexpr int kEvents = 1'000'000;
  SampledCounter counter(registry.AddCounter({.name = "events_total"}).value(),
                         EventSampler(100, kSeed));
  for (int i = 0; i < kEvents; ++i) counter.Increment();
  const auto counted = double(Gathered(registry, "events_total")->Unsigned(0));
  EXPECT_NEAR(counted, kEvents, 4 * std::sqrt(kEvents * 99.0));
}

// Events that alternate with a period would fool a recorder that takes every Nth.
TEST(SampledTest, PeriodicEventsAreNotBiased) {
  Registry registry;
  constexpr int kEvents = 1'000'000;
  SampledHistogram histogram(registry.AddHistogram({.name = "seconds", .bounds = {1, 3}}).value(),
                             EventSampler(10, kSeed));
  for (int i = 0; i < kEvents; ++i) histogram.Observe(i % 10 == 0 ? 2.0 : 0.5);
  const Gathered family(registry, "seconds");
  const HistogramValue value = family->Histogram(0);
  EXPECT_NEAR(double(value.bins[1]), kEvents / 10.0, 4 * std::sqrt(kEvents / 10.0 * 9));
  EXPECT_NEAR(double(value.count()), kEvents, 4 * std::sqrt(kEvents * 9.0));
  EXPECT_NEAR(value.sum, kEvents * 0.65, 4 * std::sqrt(kEvents * 9.0) * 0.8);
}

TEST(SampledTest, MeasuresOnlyWhatIsChosen) {
  Registry registry;
  SampledHistogram histogram(registry.AddHistogram({.name = "seconds"}).value(),
                             EventSampler(50, kSeed));
  std::uint64_t measured = 0;
  for (int i = 0; i < 10'000; ++i) {
    histogram.ObserveResult([&] {
      ++measured;
      return 0.1;
    });
  }
  EXPECT_EQ(Gathered(registry, "seconds")->Histogram(0).count(), measured * 50);
  EXPECT_NEAR(double(measured), 200, 60);
}

TEST(SampledTest, SamplersDrawDifferently) {
  EventSampler first(1000);
  EventSampler second(1000);
  int equal = 0;
  for (int i = 0; i < 100'000; ++i) equal += first.Next() && second.Next() ? 1 : 0;
  EXPECT_LT(equal, 10);
}

class ManyTest : public ::testing::Test {
 protected:
  std::vector<std::uint64_t> Bins() {
    const Gathered family(registry_, "size");
    const auto bins = family->Histogram(0).bins;
    sum_ = family->Histogram(0).sum;
    return {bins.begin(), bins.end()};
  }

  Registry registry_;
  Histogram histogram_ = registry_.AddHistogram({.name = "size", .bounds = {1, 10}}).value();
  double sum_ = 0;
};

TEST_F(ManyTest, ObserveManyIsObserveOneByOne) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  histogram_.ObserveMany(std::vector<double>{0.5, 1, 2, nan, -3, 20});
  EXPECT_THAT(Bins(), ElementsAre(3, 1, 1));
  EXPECT_EQ(sum_, 20.5);
  histogram_.ObserveMany({});
  EXPECT_THAT(Bins(), ElementsAre(3, 1, 1));
}

TEST_F(ManyTest, ObserveRepeatedCountsAsOften) {
  histogram_.ObserveRepeated(2.5, 4);
  EXPECT_THAT(Bins(), ElementsAre(0, 4, 0));
  EXPECT_EQ(sum_, 10.0);
}

TEST_F(ManyTest, BatchIsAddedAtOnce) {
  {
    HistogramBatch batch(histogram_);
    for (const double value : {0.5, 5.0, -2.0, 50.0}) batch.Observe(value);
    EXPECT_THAT(Bins(), ElementsAre(0, 0, 0));
    batch.Flush();
    EXPECT_THAT(Bins(), ElementsAre(2, 1, 1));
    EXPECT_EQ(sum_, 53.5);
    batch.Observe(1);
  }
  EXPECT_THAT(Bins(), ElementsAre(3, 1, 1));
}

TEST_F(ManyTest, BatchThatIsDiscardedIsNot) {
  HistogramBatch batch(histogram_);
  batch.Observe(5);
  batch.Discard();
  batch.Flush();
  EXPECT_THAT(Bins(), ElementsAre(0, 0, 0));
}

TEST_F(ManyTest, BatchOfNoHistogramCountsItsDrops) {
  const auto dropped = [] { return metrics::DroppedRecords(metrics::DropReason::kRemovedSeries); };
  const std::uint64_t before = dropped();
  {
    HistogramBatch batch{Histogram()};
    batch.Observe(1);
  }
  Histogram().ObserveMany(std::vector<double>{1, 2});
  Histogram().ObserveRepeated(1, 5);
  EXPECT_EQ(dropped(), before + 4);
}

}  // namespace
}  // namespace vitals
