#include <chrono>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "vitals/health/health_monitor.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Monitored;

constexpr HealthStatus kUnknown = HealthStatus::kUnknown;
constexpr HealthStatus kHealthy = HealthStatus::kHealthy;
constexpr HealthStatus kDegraded = HealthStatus::kDegraded;
constexpr HealthStatus kUnhealthy = HealthStatus::kUnhealthy;

// A component whose results the test gives one by one.
class RulesTest : public ::testing::Test {
 protected:
  void Add(HealthReporterOptions options) {
    reporter_ = monitored_.monitor->AddReporter("x", options).value();
  }

  // The status after each of these results.
  std::vector<HealthStatus> After(const std::vector<HealthStatus>& results) {
    std::vector<HealthStatus> statuses;
    statuses.reserve(results.size());
    for (const HealthStatus result : results) {
      reporter_.Report(result);
      statuses.push_back(Status());
    }
    return statuses;
  }

  HealthStatus Status() { return monitored_.Of("x").status; }

  Monitored monitored_;
  HealthReporter reporter_;
};

TEST_F(RulesTest, WhatWasNotCheckedIsNotKnown) {
  Add({});
  const ComponentReport report = monitored_.Of("x");
  EXPECT_EQ(report.status, kUnknown);
  EXPECT_FALSE(report.last_result.has_value());
  EXPECT_EQ(monitored_.monitor->status(), kUnknown);
}

TEST_F(RulesTest, OneResultThatIsNoFailureMakesItKnown) {
  Add({.rules = {.failure_threshold = 3, .success_threshold = 2}});
  EXPECT_THAT(After({kHealthy}), ElementsAre(kHealthy));
}

TEST_F(RulesTest, OneDegradedResultMakesItKnownToo) {
  Add({.rules = {.failure_threshold = 3, .success_threshold = 2}});
  EXPECT_THAT(After({kUnhealthy, kDegraded}), ElementsAre(kUnknown, kDegraded));
}

TEST_F(RulesTest, FailuresInARowMakeItUnhealthy) {
  Add({.rules = {.failure_threshold = 3, .success_threshold = 2}});
  EXPECT_THAT(After({kUnhealthy, kUnhealthy, kUnhealthy}),
              ElementsAre(kUnknown, kUnknown, kUnhealthy));
}

TEST_F(RulesTest, AFailureThatIsAloneChangesNothing) {
  Add({.rules = {.failure_threshold = 3, .success_threshold = 2}});
  EXPECT_THAT(After({kHealthy, kUnhealthy, kUnhealthy, kHealthy, kUnhealthy, kUnhealthy}),
              ElementsAre(kHealthy, kHealthy, kHealthy, kHealthy, kHealthy, kHealthy));
  EXPECT_EQ(monitored_.Of("x").consecutive_failures, 2u);
}

TEST_F(RulesTest, SuccessesInARowMakeItHealthyAgain) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 2}});
  EXPECT_THAT(After({kUnhealthy, kHealthy, kUnhealthy, kHealthy, kHealthy}),
              ElementsAre(kUnhealthy, kUnhealthy, kUnhealthy, kUnhealthy, kHealthy));
}

TEST_F(RulesTest, ARowThatIsMixedCountsAsTheBestOfWorseAndTheWorstOfBetterResults) {
  Add({.rules = {.failure_threshold = 3, .success_threshold = 2}});
  EXPECT_THAT(After({kHealthy, kUnhealthy, kDegraded, kUnhealthy}),
              ElementsAre(kHealthy, kHealthy, kHealthy, kDegraded));
  EXPECT_THAT(After({kUnhealthy, kUnhealthy}), ElementsAre(kDegraded, kUnhealthy));
  EXPECT_THAT(After({kHealthy, kDegraded, kHealthy, kHealthy}),
              ElementsAre(kUnhealthy, kDegraded, kDegraded, kHealthy));
}

TEST_F(RulesTest, ThresholdsOfOneFollowEachResult) {
  Add({});
  EXPECT_THAT(After({kUnhealthy, kDegraded, kHealthy, kDegraded, kUnhealthy, kHealthy}),
              ElementsAre(kUnhealthy, kDegraded, kHealthy, kDegraded, kUnhealthy, kHealthy));
}

TEST_F(RulesTest, AReportOfUnknownIsAFailure) {
  Add({});
  EXPECT_THAT(After({kUnknown}), ElementsAre(kUnhealthy));
  EXPECT_EQ(monitored_.Of("x").last_result->outcome, HealthOutcome::kFailed);
}

TEST_F(RulesTest, WithinTheStartGraceFailuresDoNotCount) {
  Add({.rules = {.failure_threshold = 1, .start_grace = seconds(10)}});
  EXPECT_THAT(After({kUnhealthy, kUnhealthy}), ElementsAre(kUnknown, kUnknown));
  EXPECT_EQ(monitored_.Of("x").consecutive_failures, 0u);
  monitored_.clock->Advance(seconds(10) - nanoseconds(1));
  EXPECT_THAT(After({kUnhealthy}), ElementsAre(kUnknown));
  monitored_.clock->Advance(nanoseconds(1));
  EXPECT_THAT(After({kUnhealthy}), ElementsAre(kUnhealthy));
}

TEST_F(RulesTest, TheFirstSuccessEndsTheStartGrace) {
  Add({.rules = {.failure_threshold = 1, .start_grace = seconds(10)}});
  EXPECT_THAT(After({kUnhealthy, kHealthy, kUnhealthy}),
              ElementsAre(kUnknown, kHealthy, kUnhealthy));
}

TEST_F(RulesTest, AStatusThatBecameWorseDwells) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 1, .min_dwell = seconds(10)}});
  EXPECT_THAT(After({kHealthy, kUnhealthy, kHealthy}),
              ElementsAre(kHealthy, kUnhealthy, kUnhealthy));
  monitored_.clock->Advance(seconds(10) - nanoseconds(1));
  EXPECT_EQ(Status(), kUnhealthy);
  monitored_.clock->Advance(nanoseconds(1));
  EXPECT_EQ(Status(), kHealthy);
}

TEST_F(RulesTest, TheEndOfTheDwellTimeIsSeenWithoutAResult) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 1, .min_dwell = seconds(10)}});
  After({kHealthy, kUnhealthy, kHealthy});
  monitored_.monitor->Poll();
  EXPECT_EQ(monitored_.monitor->Poll(), monitored_.clock->MonotonicNow() + seconds(10));
  monitored_.Advance(seconds(10));
  EXPECT_THAT(monitored_.Transitions("x"),
              ElementsAre("unknown > healthy", "healthy > unhealthy", "unhealthy > healthy"));
}

TEST_F(RulesTest, WhatIsWorseDoesNotWaitForTheDwellTime) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 1, .min_dwell = seconds(10)}});
  EXPECT_THAT(After({kHealthy, kDegraded, kUnhealthy}),
              ElementsAre(kHealthy, kDegraded, kUnhealthy));
}

TEST_F(RulesTest, AStatusThatIsBetterDoesNotDwell) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 1, .min_dwell = seconds(10)}});
  After({kHealthy, kUnhealthy, kHealthy});
  monitored_.clock->Advance(seconds(10));
  EXPECT_THAT(After({kHealthy, kUnhealthy}), ElementsAre(kHealthy, kUnhealthy));
}

TEST_F(RulesTest, ChangesWithinTheWindowFlap) {
  Add({.rules = {.failure_threshold = 1,
                 .success_threshold = 1,
                 .flap_changes = 4,
                 .flap_window = seconds(60)}});
  // The first result changes nothing: the status was not known before.
  EXPECT_THAT(After({kHealthy, kUnhealthy, kHealthy, kUnhealthy}),
              ElementsAre(kHealthy, kUnhealthy, kHealthy, kUnhealthy));
  EXPECT_FALSE(monitored_.Of("x").flapping);
  EXPECT_THAT(After({kHealthy}), ElementsAre(kDegraded));
  const ComponentReport report = monitored_.Of("x");
  EXPECT_TRUE(report.flapping);
  EXPECT_EQ(report.counts.flaps, 1u);
  EXPECT_EQ(report.reason, "flapping: 4 changes within 60 s, now healthy");
}

TEST_F(RulesTest, WhatFlapsIsReportedOnceUntilItNoLongerDoes) {
  Add({.max_age = nanoseconds(0),
       .rules = {.failure_threshold = 1,
                 .success_threshold = 1,
                 .flap_changes = 3,
                 .flap_window = seconds(60)}});
  After({kHealthy, kUnhealthy});
  monitored_.clock->Advance(seconds(20));
  After({kHealthy});
  monitored_.clock->Advance(seconds(20));
  EXPECT_THAT(After({kUnhealthy, kHealthy, kUnhealthy}),
              ElementsAre(kDegraded, kDegraded, kDegraded));
  EXPECT_EQ(monitored_.Of("x").counts.flaps, 1u);
  // Of the latest three changes the oldest is 60 s old.
  monitored_.clock->Advance(seconds(60) - nanoseconds(1));
  EXPECT_EQ(Status(), kDegraded);
  monitored_.clock->Advance(nanoseconds(1));
  EXPECT_EQ(Status(), kUnhealthy);
  EXPECT_THAT(monitored_.Transitions("x"),
              ElementsAre("unknown > healthy", "healthy > unhealthy", "unhealthy > healthy",
                          "healthy > degraded (flapping: 3 changes within 60 s, now unhealthy)",
                          "degraded > unhealthy"));
}

TEST_F(RulesTest, ThatItBeganToFlapIsToldAlsoWhereTheStatusStays) {
  Add({.max_age = nanoseconds(0),
       .rules = {.failure_threshold = 1,
                 .success_threshold = 1,
                 .flap_changes = 2,
                 .flap_window = seconds(60)}});
  After({kHealthy, kUnhealthy, kDegraded});
  monitored_.clock->Advance(seconds(60));
  EXPECT_EQ(Status(), kDegraded);
  EXPECT_THAT(monitored_.Transitions("x"),
              ElementsAre("unknown > healthy", "healthy > unhealthy",
                          "unhealthy > degraded (flapping: 2 changes within 60 s, now degraded)",
                          "degraded > degraded"));
}

TEST_F(RulesTest, ChangesThatAreFarApartDoNotFlap) {
  Add({.max_age = nanoseconds(0),
       .rules = {.failure_threshold = 1,
                 .success_threshold = 1,
                 .flap_changes = 3,
                 .flap_window = seconds(60)}});
  After({kHealthy});
  for (int i = 0; i < 10; ++i) {
    monitored_.clock->Advance(seconds(30));
    EXPECT_THAT(After({i % 2 == 0 ? kUnhealthy : kHealthy}),
                ElementsAre(i % 2 == 0 ? kUnhealthy : kHealthy));
  }
}

TEST_F(RulesTest, FlapDetectionCanBeTurnedOff) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 1, .flap_changes = 0}});
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(After({kUnhealthy, kHealthy}), ElementsAre(kUnhealthy, kHealthy));
  }
}

TEST_F(RulesTest, ResultsBecomeStale) {
  Add({.max_age = seconds(30)});
  After({kHealthy});
  monitored_.clock->Advance(seconds(30) - nanoseconds(1));
  EXPECT_EQ(Status(), kHealthy);
  monitored_.clock->Advance(nanoseconds(1));
  const ComponentReport report = monitored_.Of("x");
  EXPECT_EQ(report.status, kUnhealthy);
  EXPECT_EQ(report.reason, "stale");
  EXPECT_EQ(report.age, seconds(30));
  EXPECT_EQ(report.last_result->outcome, HealthOutcome::kStale);
}

TEST_F(RulesTest, StaleIsSeenByThePollAlone) {
  Add({.max_age = seconds(30)});
  monitored_.monitor->Poll();
  monitored_.Advance(seconds(10));
  After({kHealthy});
  monitored_.Advance(seconds(30));
  EXPECT_THAT(monitored_.Transitions("x"),
              ElementsAre("unknown > healthy", "healthy > unhealthy (stale)"));
}

TEST_F(RulesTest, WhatNeverReportedBecomesStaleAfterTheGraceAndTheAge) {
  Add({.max_age = seconds(30), .rules = {.start_grace = seconds(5)}});
  monitored_.clock->Advance(seconds(35) - nanoseconds(1));
  EXPECT_EQ(Status(), kUnknown);
  monitored_.clock->Advance(nanoseconds(1));
  EXPECT_EQ(Status(), kUnhealthy);
}

TEST_F(RulesTest, WhatIsStaleRecoversByItsResults) {
  Add({.max_age = seconds(30), .rules = {.success_threshold = 2}});
  After({kHealthy});
  monitored_.clock->Advance(seconds(30));
  EXPECT_EQ(Status(), kUnhealthy);
  EXPECT_THAT(After({kHealthy, kHealthy}), ElementsAre(kUnhealthy, kHealthy));
}

TEST_F(RulesTest, ReportsWithoutAnAgeAreGoodForEver) {
  Add({.max_age = nanoseconds(0)});
  After({kHealthy});
  monitored_.clock->Advance(std::chrono::hours(10'000));
  EXPECT_EQ(Status(), kHealthy);
}

TEST_F(RulesTest, ItMayBeTakenForHealthyAtFirst) {
  Add({.initial_status = kHealthy});
  EXPECT_EQ(Status(), kHealthy);
  EXPECT_THAT(After({kUnhealthy}), ElementsAre(kUnhealthy));
}

TEST_F(RulesTest, TheReasonIsThatOfTheLatestResultWithThisStatus) {
  Add({.rules = {.failure_threshold = 1, .success_threshold = 2}});
  reporter_.Report(kUnhealthy, "no disk");
  EXPECT_EQ(monitored_.Of("x").reason, "no disk");
  reporter_.Report(kUnhealthy, "no disk and no network");
  EXPECT_EQ(monitored_.Of("x").reason, "no disk and no network");
  reporter_.Report(kHealthy, "fine");
  EXPECT_EQ(monitored_.Of("x").reason, "no disk and no network");
  EXPECT_EQ(monitored_.Of("x").last_result->reason, "fine");
  reporter_.Report(kHealthy, "all fine");
  EXPECT_EQ(monitored_.Of("x").reason, "all fine");
}

TEST_F(RulesTest, ALongReasonIsCutBetweenCharacters) {
  Add({});
  std::string reason(HealthResult::kMaxReasonBytes - 1, 'a');
  reason += "\u00e4";
  reporter_.Report(kUnhealthy, reason);
  EXPECT_EQ(monitored_.Of("x").reason, std::string(HealthResult::kMaxReasonBytes - 1, 'a'));
}

TEST_F(RulesTest, EachResultAndTransitionIsCounted) {
  Add({.max_age = seconds(30)});
  After({kHealthy, kDegraded, kUnhealthy});
  monitored_.clock->Advance(seconds(30));
  After({kHealthy});
  const HealthCounts counts = monitored_.Of("x").counts;
  EXPECT_EQ(counts.results, 5u);
  EXPECT_THAT(counts.by_outcome, ElementsAre(3, 1, 0, 0, 0, 1));
  EXPECT_EQ(counts.transitions, 4u);
  EXPECT_EQ(counts.runs, 0u);
}

TEST_F(RulesTest, AReportTellsSinceWhenAndHowOld) {
  Add({});
  const auto start = monitored_.clock->Now();
  After({kHealthy});
  monitored_.clock->Advance(seconds(7));
  After({kHealthy});
  monitored_.clock->Advance(seconds(5));
  const ComponentReport report = monitored_.Of("x");
  EXPECT_EQ(report.since, start);
  EXPECT_EQ(report.age, seconds(5));
  EXPECT_EQ(report.last_result->time, start + seconds(7));
}

TEST_F(RulesTest, NothingChangesWithoutResults) {
  Add({.max_age = nanoseconds(0)});
  monitored_.Advance(minutes(10));
  EXPECT_THAT(monitored_.Transitions("x"), IsEmpty());
}

}  // namespace
}  // namespace vitals
