#include "vitals/metrics/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::HasSubstr;
using testing::Page;
using testing::Value;
using testing::ValueOn;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::uint64_t> Bins(Registry& registry, std::string_view name) {
  Snapshot snapshot;
  registry.Gather(snapshot);
  const std::span<const std::uint64_t> bins = snapshot.Find(name)->Histogram(0).bins;
  return {bins.begin(), bins.end()};
}

TEST(HistogramTest, ShowsCumulativeBucketsSumAndCount) {
  Registry registry;
  const Histogram histogram =
      registry.AddHistogram({.name = "size", .bounds = {1, 2.5, 10}}).value();
  for (const double value : {0.5, 1.0, 1.5, 2.5, 10.0, 11.0}) histogram.Observe(value);
  EXPECT_EQ(Page(registry),
            "# TYPE size histogram\n"
            "size_bucket{le=\"1\"} 2\n"
            "size_bucket{le=\"2.5\"} 4\n"
            "size_bucket{le=\"10\"} 5\n"
            "size_bucket{le=\"+Inf\"} 6\n"
            "size_sum 26.5\n"
            "size_count 6\n");
}

TEST(HistogramTest, DropsNaNAndTakesInfinities) {
  Registry registry;
  const Histogram histogram = registry.AddHistogram({.name = "size", .bounds = {1}}).value();
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kNotANumber);
  histogram.Observe(kNaN);
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kNotANumber), before + 1);
  EXPECT_EQ(Value(registry, "size_count"), "0");
  histogram.Observe(kInfinity);
  EXPECT_EQ(Value(registry, R"(size_bucket{le="1"})"), "0");
  EXPECT_EQ(Value(registry, "size_count"), "1");
  EXPECT_EQ(Value(registry, "size_sum"), "+Inf");
}

TEST(HistogramTest, SumsNegativeValues) {
  Registry registry;
  const Histogram histogram =
      registry.AddHistogram({.name = "drift", .bounds = {-1, 0, 1}}).value();
  for (const double value : {-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 3.0}) histogram.Observe(value);
  EXPECT_EQ(Bins(registry, "drift"), (std::vector<std::uint64_t>{2, 3, 1, 1}));
  EXPECT_EQ(Value(registry, "drift_sum"), "0");
  histogram.Observe(-kInfinity);
  EXPECT_EQ(Bins(registry, "drift")[0], 3u);
}

// Values that are hard on a search by leading bits: the bounds themselves, their neighbours, what
// lies between, and the edges of the type.
std::vector<double> ProbesFor(const std::vector<double>& bounds) {
  std::vector<double> probes = {0.0,
                                -0.0,
                                std::numeric_limits<double>::denorm_min(),
                                std::numeric_limits<double>::min(),
                                std::numeric_limits<double>::max(),
                                -std::numeric_limits<double>::max(),
                                kInfinity,
                                -kInfinity};
  for (const double bound : bounds) {
    probes.insert(probes.end(), {bound, std::nextafter(bound, kInfinity),
                                 std::nextafter(bound, -kInfinity), bound * 1.01, -bound});
  }
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> lognormal(0, 5);
  for (int i = 0; i < 2000; ++i) probes.push_back(lognormal(random));
  return probes;
}

TEST(HistogramTest, FindsTheBinThatALinearSearchFinds) {
  std::vector<double> dense;
  for (int i = 0; i < 400; ++i) dense.push_back(1.0 + i * 1e-9);
  const std::vector<std::vector<double>> cases = {
      Bounds::RequestSeconds().values(),
      Bounds::JobSeconds().values(),
      Bounds::EnvoyMilliseconds().values(),
      Bounds::Linear(0, 5, 100).values(),
      Bounds::Linear(-50, 7, 30).values(),
      Bounds::Linear(1e9, 1, 50).values(),
      Bounds::Exponential(1e-300, 1e3, 200).values(),
      Bounds::Exponential(0.001, 1.05, 400).values(),
      dense,
      {-5, -1},
      {-1, 0},
      {0},
      {0, std::numeric_limits<double>::denorm_min(), 1},
      {std::numeric_limits<double>::max()},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Registry registry;
    const Histogram histogram =
        registry.AddHistogram({.name = "h", .bounds = Bounds(cases[i])}).value();
    std::vector<std::uint64_t> expected(cases[i].size() + 1, 0);
    for (const double probe : ProbesFor(cases[i])) {
      histogram.Observe(probe);
      const auto bound =
          std::find_if(cases[i].begin(), cases[i].end(), [probe](double b) { return probe <= b; });
      ++expected[static_cast<std::size_t>(bound - cases[i].begin())];
    }
    EXPECT_EQ(Bins(registry, "h"), expected) << "case " << i;
  }
}

TEST(BoundsTest, Presets) {
  EXPECT_EQ(Bounds::JobSeconds().values(),
            (std::vector<double>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}));
  EXPECT_EQ(Bounds::EnvoyMilliseconds().values().size(), 19u);
  EXPECT_EQ(Bounds::EnvoyMilliseconds().values().front(), 0.5);
  EXPECT_EQ(Bounds::EnvoyMilliseconds().values().back(), 3'600'000);
  EXPECT_EQ(Bounds::Linear(1, 2, 3).values(), (std::vector<double>{1, 3, 5}));
  EXPECT_EQ(Bounds::Exponential(1, 10, 3).values(), (std::vector<double>{1, 10, 100}));
}

TEST(BoundsTest, RefusesWhatIsNoListOfBounds) {
  const struct {
    Bounds bounds;
    const char* message;
  } kCases[] = {
      {Bounds(std::vector<double>()), "bounds are empty"},
      {{kInfinity}, "bounds are empty"},
      {{1, 1}, "bound 2 (1) is not above bound 1 (1)"},
      {{2, 1}, "bound 2 (1) is not above bound 1 (2)"},
      {{1, kNaN}, "bound 2 is nan"},
      {{kNaN, 1}, "bound 1 is nan"},
      {{1, kInfinity, 2}, "bound 2 is inf"},
      {{-kInfinity, 1}, "bound 1 is -inf"},
      {Bounds::Linear(0, 0, 5), "is not above"},
      {Bounds::Exponential(0, 2, 5), "is not above"},
      {Bounds::Exponential(1, 1, 5), "is not above"},
      {Bounds::Linear(0, 1, 501), "more than 500"},
      {Bounds::Linear(0, 1, std::size_t{1} << 60), "more than 500"},
  };
  Registry registry;
  for (const auto& test : kCases) {
    const auto histogram = registry.AddHistogram({.name = "h", .bounds = test.bounds});
    EXPECT_EQ(histogram.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(histogram.status().message()), HasSubstr(test.message));
  }
  EXPECT_EQ(Page(registry), "");
}

TEST(BoundsTest, AllowsInfinityAtTheEnd) {
  Registry registry;
  const Histogram histogram =
      registry.AddHistogram({.name = "h", .bounds = {1, kInfinity}}).value();
  histogram.Observe(5);
  EXPECT_EQ(Bins(registry, "h"), (std::vector<std::uint64_t>{0, 1}));
}

}  // namespace
}  // namespace vitals
