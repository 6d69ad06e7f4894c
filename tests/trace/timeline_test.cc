#include "trace/timeline.h"

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/tick_clock.h"
#include "gtest/gtest.h"
#include "vitals/testing/fake_clock.h"

namespace vitals::trace {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class TimelineTest : public ::testing::Test {
 protected:
  std::uint64_t Told() const { return timeline_.UnixNanoseconds(ticks_.Now()); }

  // The time that is told less that of the wall.
  std::int64_t Ahead() const {
    return static_cast<std::int64_t>(Told() - ticks_.UnixNanoseconds());
  }

  void StepWall(nanoseconds step) { clock_.SetNow(clock_.Now() + step); }

  testing::FakeClock clock_;
  const base::TickClock ticks_{&clock_};
  Timeline timeline_{ticks_};
};

TEST_F(TimelineTest, TellsTheWallTime) {
  EXPECT_TRUE(ticks_.counts_nanoseconds());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Ahead(), 0);
    clock_.Advance(milliseconds(77));
    EXPECT_EQ(Ahead(), 0);
    timeline_.Advance();
  }
}

TEST_F(TimelineTest, TellsWhatWasBeforeItsFirstReading) {
  const std::uint64_t first_ticks = ticks_.Now();
  EXPECT_EQ(timeline_.UnixNanoseconds(first_ticks - 1000), Told() - 1000);
  clock_.Advance(seconds(10));
  timeline_.Advance();
  EXPECT_EQ(timeline_.UnixNanoseconds(first_ticks - 1000), Told() - 10'000'001'000);
}

TEST_F(TimelineTest, FollowsAStepForward) {
  clock_.Advance(seconds(2));
  const std::uint64_t before_ticks = ticks_.Now();
  const std::uint64_t before = Told();
  StepWall(seconds(5));
  clock_.Advance(seconds(1));
  timeline_.Advance();
  EXPECT_EQ(Ahead(), 0);
  EXPECT_EQ(timeline_.UnixNanoseconds(before_ticks), before) << "what was told stays true";
}

TEST_F(TimelineTest, ASmallStepForwardIsCaughtUpWithinSeconds) {
  clock_.Advance(seconds(2));
  timeline_.Advance();
  StepWall(milliseconds(1));
  clock_.Advance(seconds(2));
  timeline_.Advance();
  EXPECT_EQ(Ahead(), -1'000'000) << "no jump";
  clock_.Advance(seconds(2));
  timeline_.Advance();
  EXPECT_NEAR(static_cast<double>(Ahead()), 0, 1000);
}

TEST_F(TimelineTest, AStepBackIsCaughtUpAtHalfAMillisecondASecond) {
  clock_.Advance(seconds(2));
  timeline_.Advance();
  StepWall(-milliseconds(3));
  clock_.Advance(seconds(2));
  timeline_.Advance();
  EXPECT_EQ(Ahead(), 3'000'000);
  for (int second = 1; second <= 4; ++second) {
    clock_.Advance(seconds(1) + nanoseconds(1));
    timeline_.Advance();
    EXPECT_NEAR(static_cast<double>(Ahead()), 3'000'000 - 500'000 * second, 10) << second;
  }
  for (int second = 5; second <= 12; ++second) {
    clock_.Advance(seconds(1) + nanoseconds(1));
    timeline_.Advance();
  }
  EXPECT_NEAR(static_cast<double>(Ahead()), 0, 100);
}

TEST_F(TimelineTest, SettlesHoweverSeldomItIsAsked) {
  clock_.Advance(seconds(2));
  timeline_.Advance();
  StepWall(-milliseconds(1));
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(60));
    timeline_.Advance();
  }
  EXPECT_NEAR(static_cast<double>(Ahead()), 0, 1000);
}

TEST_F(TimelineTest, NeverGoesBackAndNeverChangesWhatItTold) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  std::uint64_t last = 0;
  for (int i = 0; i < 2000; ++i) {
    if (i % 97 == 0) StepWall(milliseconds(i % 2 == 0 ? -400 : 300));
    clock_.Advance(milliseconds(i % 50) + nanoseconds(i));
    timeline_.Advance();
    ASSERT_GE(Told(), last) << i;
    last = Told();
    told.emplace_back(ticks_.Now(), last);
  }
  for (const auto& [ticks, unix_ns] : told) {
    ASSERT_EQ(timeline_.UnixNanoseconds(ticks), unix_ns);
  }
}

TEST_F(TimelineTest, ForgetsWhatIsLongAgo) {
  const std::uint64_t first_ticks = ticks_.Now();
  const std::uint64_t first = Told();
  for (int i = 0; i < 10'000; ++i) {
    clock_.Advance(seconds(2));
    timeline_.Advance();
  }
  EXPECT_EQ(Ahead(), 0);
  EXPECT_EQ(timeline_.UnixNanoseconds(first_ticks), first) << "told by the oldest line";
}

TEST(TimelineOfTicksTest, LearnsTheLengthOfATick) {
  const base::TickClock ticks(nullptr);
  Timeline timeline(ticks);
  std::uint64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t told = timeline.UnixNanoseconds(ticks.Now());
    ASSERT_GE(told, last);
    last = told;
    if (i % 100 == 0) timeline.Advance();
  }
  // Generous: the machine may be busy between the two.
  const auto ahead =
      static_cast<std::int64_t>(timeline.UnixNanoseconds(ticks.Now()) - ticks.UnixNanoseconds());
  EXPECT_LE(std::abs(ahead), 50'000'000);
}

}  // namespace
}  // namespace vitals::trace
