#include <chrono>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/fake_clock.h"

/// \file
/// What a registry does by its clock: when series began, which ones go.

namespace vitals {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::Gathered;

class MaintenanceTest : public ::testing::Test {
 protected:
  // Whether a series of the family is alive 60 s from now, when `record` is called after 30.
  template <typename Record>
  bool Survives(std::string_view family, const Record& record) {
    registry_.RunMaintenance();
    Advance(seconds(30));
    record();
    Advance(seconds(30));
    return static_cast<bool>(Gathered(registry_, family));
  }

  void Advance(std::chrono::nanoseconds duration) {
    clock_->Advance(duration);
    registry_.RunMaintenance();
  }

  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  Registry registry_{{.clock = clock_}};
};

TEST_F(MaintenanceTest, SeriesKnowWhenTheyBegan) {
  const auto jobs = registry_.AddCounter({.name = "jobs_total"}, {"worker"}).value();
  jobs.With("1");
  clock_->Advance(seconds(90));
  jobs.With("2");
  const Gathered family(registry_, "jobs_total");
  EXPECT_EQ(family->created_ms(0), 946684800000);
  EXPECT_EQ(family->created_ms(1), 946684890000);
}

TEST_F(MaintenanceTest, IdleSeriesGo) {
  const auto jobs =
      registry_.AddCounter({.name = "jobs_total", .expire_after = seconds(60)}, {"worker"}).value();
  jobs.With("idle").Increment();
  jobs.With("busy").Increment();
  registry_.RunMaintenance();
  for (int i = 0; i < 10; ++i) {
    jobs.With("busy").Increment();
    Advance(seconds(10));
  }
  const Gathered family(registry_, "jobs_total");
  ASSERT_EQ(family->size(), 1U);
  EXPECT_EQ(family->label_text(0), "worker=\"busy\"");
}

TEST_F(MaintenanceTest, EveryRecordKeepsItsSeries) {
  constexpr auto kAfter = seconds(50);
  const auto counter = registry_.AddCounter({.name = "a", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("a", [&] { counter.Increment(); }));
  const auto seconds_total =
      registry_.AddDoubleCounter({.name = "b", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("b", [&] { seconds_total.Increment(0.5); }));
  const auto up_down = registry_.AddUpDownCounter({.name = "c", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("c", [&] {
    up_down.Increment();
    up_down.Decrement();
  }));
  const auto gauge = registry_.AddGauge({.name = "d", .expire_after = kAfter}).value();
  gauge.Set(5);
  EXPECT_TRUE(Survives("d", [&] { gauge.Set(5); })) << "the same value is a record";
  const auto added = registry_.AddGauge({.name = "e", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("e", [&] { added.Add(0); }));
  const auto histogram = registry_.AddHistogram({.name = "f", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("f", [&] { histogram.Observe(0); }));
  const auto summary = registry_.AddSummary({.name = "g", .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("g", [&] { summary.Observe(0); }));
  const auto states =
      registry_.AddStateSet({.name = "h", .states = {"x"}, .expire_after = kAfter}).value();
  EXPECT_TRUE(Survives("h", [&] { states.Set(0); }));
}

TEST_F(MaintenanceTest, WithoutARecordEachKindGoes) {
  constexpr auto kAfter = seconds(50);
  ASSERT_TRUE(registry_.AddCounter({.name = "a", .expire_after = kAfter}).ok());
  ASSERT_TRUE(registry_.AddGauge({.name = "b", .expire_after = kAfter}).ok());
  ASSERT_TRUE(registry_.AddHistogram({.name = "c", .expire_after = kAfter}).ok());
  ASSERT_TRUE(registry_.AddSummary({.name = "d", .expire_after = kAfter}).ok());
  ASSERT_TRUE(registry_.AddCounter({.name = "stays"}).ok());
  for (const char* const name : {"a", "b", "c", "d"}) EXPECT_TRUE(Gathered(registry_, name));
  registry_.RunMaintenance();
  Advance(seconds(50));
  for (const char* const name : {"a", "b", "c", "d"}) EXPECT_FALSE(Gathered(registry_, name));
  EXPECT_TRUE(Gathered(registry_, "stays"));
}

TEST_F(MaintenanceTest, SeriesThatComesBackBeginsAnew) {
  const auto jobs =
      registry_.AddCounter({.name = "jobs_total", .expire_after = seconds(60)}, {"worker"}).value();
  jobs.With("1").Increment(10);
  registry_.RunMaintenance();
  Advance(seconds(60));
  jobs.With("1").Increment(2);
  const Gathered family(registry_, "jobs_total");
  EXPECT_EQ(family->Unsigned(0), 2U);
  EXPECT_EQ(family->created_ms(0), 946684860000);
}

TEST_F(MaintenanceTest, NegativeExpiryIsRefused) {
  EXPECT_FALSE(registry_.AddCounter({.name = "a", .expire_after = seconds(-1)}).ok());
}

}  // namespace
}  // namespace vitals
