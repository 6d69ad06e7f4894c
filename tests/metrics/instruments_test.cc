#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"
#include "vitals/metrics/scoped_timer.h"

namespace vitals {
namespace {

using metrics::DroppedRecords;
using metrics::DropReason;
using testing::Value;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(CounterTest, CountsFromZero) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  EXPECT_EQ(Value(registry, "jobs_total"), "0");
  counter.Increment();
  counter.Increment(41);
  EXPECT_EQ(Value(registry, "jobs_total"), "42");
}

TEST(CounterTest, IsExactBeyondWhatADoubleHolds) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "bytes_total"}).value();
  counter.Increment((std::uint64_t{1} << 53) + 1);
  EXPECT_EQ(Value(registry, "bytes_total"), "9007199254740993");
}

TEST(CounterTest, SumsOverThreadsThatEnded) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  for (int i = 0; i < 10; ++i) {
    std::thread([counter] { counter.Increment(7); }).join();
  }
  EXPECT_EQ(Value(registry, "jobs_total"), "70");
}

TEST(CounterTest, DefaultHandleDropsAndCounts) {
  const std::uint64_t before = DroppedRecords(DropReason::kRemovedSeries);
  Counter().Increment();
  UpDownCounter().Increment();
  UpDownCounter().Decrement();
  DoubleCounter().Increment(1.5);
  Gauge().Set(1);
  Gauge().Add(1);
  Histogram().Observe(1);
  Histogram().Observe(-1);
  EXPECT_EQ(DroppedRecords(DropReason::kRemovedSeries), before + 8);
}

TEST(DoubleCounterTest, AddsFractions) {
  Registry registry;
  const DoubleCounter counter = registry.AddDoubleCounter({.name = "busy_seconds_total"}).value();
  counter.Increment(0.5);
  counter.Increment(0.25);
  counter.Increment(0);
  EXPECT_EQ(Value(registry, "busy_seconds_total"), "0.75");
}

TEST(DoubleCounterTest, RefusesNegativeAmountsAndNaN) {
  Registry registry({.show_dropped_records = true});
  const DoubleCounter counter = registry.AddDoubleCounter({.name = "busy_seconds_total"}).value();
  const std::uint64_t negative = DroppedRecords(DropReason::kNegative);
  const std::uint64_t nan = DroppedRecords(DropReason::kNotANumber);
  counter.Increment(2);
  counter.Increment(-1);
  counter.Increment(kNaN);
  EXPECT_EQ(Value(registry, "busy_seconds_total"), "2");
  EXPECT_EQ(DroppedRecords(DropReason::kNegative), negative + 1);
  EXPECT_EQ(DroppedRecords(DropReason::kNotANumber), nan + 1);
  EXPECT_EQ(Value(registry, R"(vitals_dropped_records_total{reason="negative"})"),
            std::to_string(negative + 1));
}

TEST(UpDownCounterTest, GoesBothWaysAndBelowZero) {
  Registry registry;
  const UpDownCounter counter = registry.AddUpDownCounter({.name = "connections"}).value();
  counter.Increment(5);
  counter.Decrement(2);
  EXPECT_EQ(Value(registry, "connections"), "3");
  counter.Decrement(10);
  EXPECT_EQ(Value(registry, "connections"), "-7");
}

TEST(GaugeTest, ShowsTheLastValueSetByAnyThread) {
  Registry registry;
  const Gauge gauge = registry.AddGauge({.name = "temperature_celsius"}).value();
  EXPECT_EQ(Value(registry, "temperature_celsius"), "0");
  gauge.Set(36.6);
  std::thread([gauge] { gauge.Set(-0.5); }).join();
  EXPECT_EQ(Value(registry, "temperature_celsius"), "-0.5");
  gauge.Add(2);
  gauge.Add(-0.25);
  EXPECT_EQ(Value(registry, "temperature_celsius"), "1.25");
}

TEST(GaugeTest, ShowsWhatIsNoNumber) {
  Registry registry;
  const Gauge gauge = registry.AddGauge({.name = "ratio"}).value();
  gauge.Set(kNaN);
  EXPECT_EQ(Value(registry, "ratio"), "NaN");
  gauge.Set(kInfinity);
  EXPECT_EQ(Value(registry, "ratio"), "+Inf");
  gauge.Set(-kInfinity);
  EXPECT_EQ(Value(registry, "ratio"), "-Inf");
  gauge.Set(-0.0);
  EXPECT_EQ(Value(registry, "ratio"), "-0");
}

TEST(GaugeTest, SetsTheTime) {
  Registry registry;
  const Gauge gauge = registry.AddGauge({.name = "last_success_timestamp_seconds"}).value();
  const auto seconds = [] {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const double before = seconds();
  gauge.SetToCurrentTime();
  const double shown = std::stod(Value(registry, "last_success_timestamp_seconds"));
  EXPECT_GE(shown, before);
  EXPECT_LE(shown, seconds());
}

TEST(InFlightGuardTest, RaisesForItsScope) {
  Registry registry;
  const Gauge gauge = registry.AddGauge({.name = "active"}).value();
  {
    const InFlightGuard outer(gauge);
    const InFlightGuard inner(gauge);
    EXPECT_EQ(Value(registry, "active"), "2");
  }
  EXPECT_EQ(Value(registry, "active"), "0");
}

TEST(ScopedTimerTest, ObservesItsScopeOnce) {
  Registry registry;
  const Histogram ok = registry.AddHistogram({.name = "ok_seconds", .bounds = {60}}).value();
  const Histogram failed =
      registry.AddHistogram({.name = "failed_seconds", .bounds = {60}}).value();
  { const ScopedTimer timer(ok); }
  {
    ScopedTimer timer(ok);
    timer.SetTarget(failed);
  }
  {
    ScopedTimer timer(ok);
    timer.Cancel();
    EXPECT_GE(timer.ElapsedSeconds(), 0.0);
  }
  EXPECT_EQ(Value(registry, "ok_seconds_count"), "1");
  EXPECT_EQ(Value(registry, "failed_seconds_count"), "1");
  EXPECT_EQ(Value(registry, R"(failed_seconds_bucket{le="60"})"), "1");
}

}  // namespace
}  // namespace vitals
