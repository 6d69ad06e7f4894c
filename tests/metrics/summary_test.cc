#include "vitals/metrics/summary.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/fake_clock.h"

namespace vitals {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::Gathered;
using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The value of rank q (n - 1), as the summary has it, of values that are all known.
double ExactQuantile(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
}

class SummaryTest : public ::testing::Test {
 protected:
  Summary Add(std::vector<double> quantiles = {0.5, 0.9, 0.99}) {
    return registry_.AddSummary({.name = "seconds", .quantiles = std::move(quantiles)}).value();
  }

  SummaryValue Read() {
    gathered_ = std::make_unique<Gathered>(registry_, "seconds");
    return (*gathered_)->Summary(0);
  }

  void Tick(std::chrono::nanoseconds duration) {
    clock_->Advance(duration);
    registry_.RunMaintenance();
  }

  // Observes the values and compares every quantile with the exact one.
  void ExpectWithinBound(const std::vector<double>& values) {
    const std::vector<double> quantiles = {0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};
    const Summary summary = Add(quantiles);
    for (const double value : values) summary.Observe(value);
    // As they are, and as a part of the window that has ended.
    for (int tick = 0; tick < 2; ++tick) {
      const SummaryValue read = Read();
      for (std::size_t i = 0; i < quantiles.size(); ++i) {
        const double exact = ExactQuantile(values, quantiles[i]);
        EXPECT_NEAR(read.quantile(i), exact, exact * kSummaryRelativeError + 1e-12)
            << "quantile " << quantiles[i] << ", tick " << tick;
      }
      Tick(seconds(12));
    }
  }

  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  Registry registry_{{.clock = clock_}};
  std::unique_ptr<Gathered> gathered_;
};

TEST_F(SummaryTest, BinsAreThePowersOfTheThirtySecondRootOfTwo) {
  const metrics::SketchBins& bins = metrics::sketch_bins;
  for (std::uint32_t i = 0; i < metrics::SketchBins::kBinsPerOctave; ++i) {
    const double upper = std::exp2((i + 1) / 32.0);
    EXPECT_EQ(bins.upper[i], static_cast<std::uint64_t>(std::llround((upper - 1) * 0x1p52)));
  }
  for (int exponent = -40; exponent < 54; ++exponent) {
    for (std::uint32_t i = 0; i < 32; ++i) {
      const std::uint32_t bin = 1 + static_cast<std::uint32_t>(exponent + 40) * 32 + i;
      const double low =
          std::ldexp(1 + (i == 0 ? 0 : static_cast<double>(bins.upper[i - 1])) * 0x1p-52, exponent);
      EXPECT_EQ(bins.Find(low), bin);
      EXPECT_EQ(bins.Find(std::nextafter(low, 0)), bin - 1);
    }
  }
  EXPECT_EQ(bins.Find(0.0), 0U);
  EXPECT_EQ(bins.Find(std::numeric_limits<double>::denorm_min()), 0U);
  EXPECT_EQ(bins.Find(1e300), metrics::SketchBins::kCount - 1);
  EXPECT_EQ(bins.Find(kInfinity), metrics::SketchBins::kCount - 1);
}

TEST_F(SummaryTest, ShowsQuantilesSumAndCount) {
  const Summary summary = Add();
  for (int i = 1; i <= 1000; ++i) summary.Observe(i);
  const SummaryValue value = Read();
  EXPECT_EQ(value.count, 1000U);
  EXPECT_EQ(value.sum, 500500.0);
  EXPECT_NEAR(value.quantile(0), 500, 500 * kSummaryRelativeError);
  EXPECT_NEAR(value.quantile(1), 900, 900 * kSummaryRelativeError);
  EXPECT_NEAR(value.quantile(2), 990, 990 * kSummaryRelativeError);
}

TEST_F(SummaryTest, HasNoQuantilesBeforeTheFirstObservation) {
  Add();
  const SummaryValue value = Read();
  EXPECT_EQ(value.count, 0U);
  EXPECT_TRUE(std::isnan(value.quantile(0)));
}

TEST_F(SummaryTest, ErrorOfLognormalValues) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> distribution(-4, 2);
  std::vector<double> values(20'000);
  for (double& value : values) value = distribution(random);
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, ErrorOfAHeavyTail) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> values(20'000);
  for (double& value : values) value = std::pow(1 - uniform(random), -2.0);
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, ErrorOfTwoPeaksFarApart) {
  std::vector<double> values(500, 3e-9);
  values.insert(values.end(), 500, 7e12);
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, ErrorAtTheEdgesOfBins) {
  std::vector<double> values;
  for (int i = -500; i < 500; ++i) {
    const double edge = std::exp2(i / 32.0);
    values.insert(values.end(), {std::nextafter(edge, 0), edge, std::nextafter(edge, kInfinity)});
  }
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, ErrorOfEqualValuesAndZeros) {
  std::vector<double> values(100, 0.0);
  values.insert(values.end(), 900, 42.0);
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, RefusesNegativeValuesAndNotANumber) {
  const Summary summary = Add();
  const std::uint64_t negative = metrics::DroppedRecords(metrics::DropReason::kNegative);
  const std::uint64_t nan = metrics::DroppedRecords(metrics::DropReason::kNotANumber);
  summary.Observe(-1);
  summary.Observe(kNaN);
  EXPECT_EQ(Read().count, 0U);
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kNegative), negative + 1);
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kNotANumber), nan + 1);
}

TEST_F(SummaryTest, WindowMovesOnWithTheTicks) {
  const Summary summary = Add({0.5});
  summary.Observe(100);
  for (int tick = 0; tick < 4; ++tick) Tick(seconds(12));
  summary.Observe(1);
  summary.Observe(1);
  EXPECT_NEAR(Read().quantile(0), 1, 0.02) << "2 of 3 values are 1";
  Tick(seconds(12));
  EXPECT_NEAR(Read().quantile(0), 1, 0.02);
  Tick(seconds(12));
  // 100 was observed 72 s ago; the two values 24 s ago, or up to 12 s less.
  summary.Observe(7);
  EXPECT_NEAR(Read().quantile(0), 1, 0.02);
  for (int tick = 0; tick < 4; ++tick) Tick(seconds(12));
  EXPECT_NEAR(Read().quantile(0), 7, 0.1);
  for (int tick = 0; tick < 2; ++tick) Tick(seconds(12));
  EXPECT_TRUE(std::isnan(Read().quantile(0))) << "nothing for a minute";
  EXPECT_EQ(Read().count, 4U) << "counts are of all time";
  EXPECT_EQ(Read().sum, 109.0);
}

TEST_F(SummaryTest, TicksThatComeTooEarlyChangeNothing) {
  const Summary summary = Add({0.5});
  summary.Observe(5);
  for (int tick = 0; tick < 59; ++tick) Tick(seconds(1));
  EXPECT_NEAR(Read().quantile(0), 5, 0.1);
  for (int tick = 0; tick < 13; ++tick) Tick(seconds(1));
  EXPECT_TRUE(std::isnan(Read().quantile(0)));
}

TEST_F(SummaryTest, LateTickForgetsAll) {
  const Summary summary = Add({0.5});
  summary.Observe(5);
  Tick(seconds(12));
  Tick(std::chrono::hours(1));
  EXPECT_TRUE(std::isnan(Read().quantile(0)));
}

// No scraper, two, or one a thousand times: the window is the same.
TEST_F(SummaryTest, ScrapesDoNotMoveTheWindow) {
  const Summary summary = Add({0.5});
  summary.Observe(5);
  for (int i = 0; i < 1000; ++i) EXPECT_NEAR(Read().quantile(0), 5, 0.1);
  Tick(seconds(12));
  summary.Observe(5);
  Snapshot first;
  Snapshot second;
  registry_.Gather(first);
  registry_.Gather(second);
  EXPECT_EQ(first.Find("seconds")->Summary(0).quantile(0),
            second.Find("seconds")->Summary(0).quantile(0));
  EXPECT_EQ(second.Find("seconds")->Summary(0).count, 2U);
}

TEST_F(SummaryTest, ErrorOfLatenciesThatMostlyHitACache) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponent(-20, 0);
  std::vector<double> values(19'000, 1e-6);
  for (int i = 0; i < 1000; ++i) values.push_back(std::exp2(exponent(random)));
  ExpectWithinBound(values);
}

TEST_F(SummaryTest, PartsWithManyBinsKeepTheirUpperQuantiles) {
  const Summary summary = Add({0.5, 0.9, 0.99});
  std::vector<double> values;
  for (int i = -1200; i < 1200; ++i) values.push_back(std::exp2((i + 0.5) / 32));
  for (const double value : values) summary.Observe(value);
  Tick(seconds(12));
  const SummaryValue value = Read();
  EXPECT_NEAR(value.quantile(0) / ExactQuantile(values, 0.5), 1, kSummaryRelativeError);
  EXPECT_NEAR(value.quantile(1) / ExactQuantile(values, 0.9), 1, kSummaryRelativeError);
  EXPECT_NEAR(value.quantile(2) / ExactQuantile(values, 0.99), 1, kSummaryRelativeError);
}

TEST_F(SummaryTest, AddsUpThreadsThatLiveAndThatEnded) {
  const Summary summary = Add({0.5, 1});
  std::thread([&] {
    for (int i = 0; i < 100; ++i) summary.Observe(1);
  }).join();
  Tick(seconds(12));
  std::thread([&] {
    for (int i = 0; i < 100; ++i) summary.Observe(2);
  }).join();
  for (int i = 0; i < 100; ++i) summary.Observe(4);
  const SummaryValue value = Read();
  EXPECT_EQ(value.count, 300U);
  EXPECT_EQ(value.sum, 700.0);
  EXPECT_NEAR(value.quantile(0), 2, 0.05);
  EXPECT_NEAR(value.quantile(1), 4, 0.1);
}

TEST_F(SummaryTest, SeriesThatComesAgainStartsAnew) {
  const auto family =
      registry_.AddSummary({.name = "seconds", .quantiles = {0.5}}, {"path"}).value();
  family.With("/a").Observe(100);
  Tick(seconds(12));
  EXPECT_TRUE(family.Remove("/a"));
  family.With("/a").Observe(1);
  const SummaryValue value = Read();
  EXPECT_EQ(value.count, 1U);
  EXPECT_NEAR(value.quantile(0), 1, 0.02);
}

TEST_F(SummaryTest, ObservesWhileTicksAndScrapesGoOn) {
  const Summary summary = Add({0, 1});
  constexpr int kThreads = 2;
  constexpr int kObservations = 20'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kObservations; ++i) summary.Observe(10);
    });
  }
  for (int i = 0; i < 50; ++i) {
    Tick(std::chrono::milliseconds(1300));
    const SummaryValue value = Read();
    if (!std::isnan(value.quantile(0))) {
      EXPECT_NEAR(value.quantile(0), 10, 0.2);
      EXPECT_NEAR(value.quantile(1), 10, 0.2);
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read().count, kThreads * kObservations);
}

TEST_F(SummaryTest, RefusesOptionsThatCannotBe) {
  const auto error = [&](SummaryOptions options) {
    options.name = "refused";
    return std::string(registry_.AddSummary(options).status().message());
  };
  EXPECT_THAT(error({.name = "", .quantiles = {0.9, 0.5}}),
              HasSubstr("quantile 0.5 is out of place"));
  EXPECT_THAT(error({.name = "", .quantiles = {1.5}}), HasSubstr("quantile 1.5"));
  EXPECT_THAT(error({.name = "", .quantiles = {kNaN}}), HasSubstr("quantile nan"));
  EXPECT_THAT(error({.name = "", .window = seconds(0)}), HasSubstr("window is out of range"));
  EXPECT_THAT(error({.name = "", .window_parts = 0}), HasSubstr("window_parts is 0"));
  const auto reserved = registry_.AddSummary({.name = "refused"}, {"quantile"});
  EXPECT_THAT(std::string(reserved.status().message()), HasSubstr("\"quantile\" is reserved"));
}

}  // namespace
}  // namespace vitals
