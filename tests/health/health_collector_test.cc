#include "vitals/health/health_collector.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"
#include "vitals/testing/compare.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::CollectAndCompare;
using testing::CollectAndLint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Monitored;
using ::testing::Not;
using testing::Page;
using testing::Value;

/// A monitor that the test drives, and the page that shows it.
struct Shown : Monitored {
  explicit Shown(std::size_t max_components = HealthCollector::kDefaultMaxComponents) {
    const absl::Status added =
        registry.AddCollector(std::make_shared<HealthCollector>(monitor, max_components));
    EXPECT_TRUE(added.ok()) << added;
  }

  void Report(const std::string& component, HealthStatus status) const {
    const auto reporter = monitor->AddReporter(component);
    ASSERT_TRUE(reporter.ok()) << reporter.status();
    reporter->Report(status);
  }

  Registry registry;
};

TEST(HealthCollectorTest, WithoutComponentsShowsTheMonitor) {
  Shown shown;
  const absl::Status same = CollectAndCompare(shown.registry, R"(
      # HELP vitals_health_components Components of the monitor.
      # TYPE vitals_health_components gauge
      vitals_health_components 0
      # HELP vitals_health_dropped_transitions_total Transitions that subscribers were too slow for.
      # TYPE vitals_health_dropped_transitions_total counter
      vitals_health_dropped_transitions_total 0
      # HELP vitals_health_hung_checks Checks that have timed out and not returned.
      # TYPE vitals_health_hung_checks gauge
      vitals_health_hung_checks 0
      # HELP vitals_health_late_starts_total Checks that started more than 100 ms after their turn.
      # TYPE vitals_health_late_starts_total counter
      vitals_health_late_starts_total 0
      # HELP vitals_health_max_start_delay_seconds Longest time from the turn of a check to its start.
      # TYPE vitals_health_max_start_delay_seconds gauge
      vitals_health_max_start_delay_seconds 0
      # HELP vitals_health_omitted_components Components that have no lines of their own, for their number.
      # TYPE vitals_health_omitted_components gauge
      vitals_health_omitted_components 0
      # HELP vitals_health_status How all components are together, as each one's status.
      # TYPE vitals_health_status gauge
      vitals_health_status 1
      # HELP vitals_health_threads Threads that run checks, or wait for one.
      # TYPE vitals_health_threads gauge
      vitals_health_threads 0
      # HELP vitals_health_waiting_checks Checks that wait for a thread.
      # TYPE vitals_health_waiting_checks gauge
      vitals_health_waiting_checks 0
  )");
  EXPECT_TRUE(same.ok()) << same;
}

TEST(HealthCollectorTest, ShowsEachComponent) {
  Shown shown;
  // Three runs of 250 ms each, of which the latter two fail.
  int runs = 0;
  const auto check = [&] {
    shown.clock->Advance(milliseconds(250));
    return ++runs == 1;
  };
  ASSERT_TRUE(shown.monitor->AddCheck("wal", check, {.rules = {.failure_threshold = 2}}).ok());
  ASSERT_TRUE(shown.monitor->AddReporter("never").ok());
  shown.monitor->Poll();
  shown.Advance(seconds(20));
  ASSERT_EQ(runs, 3);

  const absl::Status same =
      CollectAndCompare(shown.registry, R"(
      # HELP component_health_status How a component is: 1 healthy, 0.5 degraded, 0 unhealthy.
      # TYPE component_health_status gauge
      component_health_status{component="wal"} 0
      # HELP component_health_state Which of the statuses a component has.
      # TYPE component_health_state gauge
      component_health_state{component="never",component_health_state="unknown"} 1
      component_health_state{component="never",component_health_state="healthy"} 0
      component_health_state{component="never",component_health_state="degraded"} 0
      component_health_state{component="never",component_health_state="unhealthy"} 0
      component_health_state{component="wal",component_health_state="unknown"} 0
      component_health_state{component="wal",component_health_state="healthy"} 0
      component_health_state{component="wal",component_health_state="degraded"} 0
      component_health_state{component="wal",component_health_state="unhealthy"} 1
      # HELP component_health_check_duration_seconds Time that runs of a component's check took.
      # TYPE component_health_check_duration_seconds summary
      component_health_check_duration_seconds_sum{component="wal"} 0.75
      component_health_check_duration_seconds_count{component="wal"} 3
      # HELP component_health_failures_total Results of a component that say it is unhealthy, and why.
      # TYPE component_health_failures_total counter
      component_health_failures_total{component="never",kind="failed"} 0
      component_health_failures_total{component="never",kind="timeout"} 0
      component_health_failures_total{component="never",kind="exception"} 0
      component_health_failures_total{component="never",kind="not_run"} 0
      component_health_failures_total{component="never",kind="stale"} 0
      component_health_failures_total{component="wal",kind="failed"} 2
      component_health_failures_total{component="wal",kind="timeout"} 0
      component_health_failures_total{component="wal",kind="exception"} 0
      component_health_failures_total{component="wal",kind="not_run"} 0
      component_health_failures_total{component="wal",kind="stale"} 0
      # HELP component_health_transitions_total Changes of a component's status.
      # TYPE component_health_transitions_total counter
      component_health_transitions_total{component="never"} 0
      component_health_transitions_total{component="wal"} 2
      # HELP component_health_flaps_total How often a component's status began to flap.
      # TYPE component_health_flaps_total counter
      component_health_flaps_total{component="never"} 0
      component_health_flaps_total{component="wal"} 0
      # HELP vitals_health_status How all components are together, as each one's status.
      # TYPE vitals_health_status gauge
      vitals_health_status 0
  )",
                        {"component_health_status", "component_health_state",
                         "component_health_check_duration_seconds",
                         "component_health_failures_total", "component_health_transitions_total",
                         "component_health_flaps_total", "vitals_health_status"});
  EXPECT_TRUE(same.ok()) << same;
}

TEST(HealthCollectorTest, WhatIsNotKnownHasNoStatus) {
  Shown shown;
  ASSERT_TRUE(shown.monitor->AddReporter("never").ok());
  EXPECT_EQ(Value(shown.registry, "component_health_status{component=\"never\"}"), "none");
  EXPECT_EQ(Value(shown.registry, "vitals_health_status"), "none");
  EXPECT_EQ(Value(shown.registry,
                  "component_health_state{component=\"never\",component_health_state=\"unknown\"}"),
            "1");
}

TEST(HealthCollectorTest, HasAValueForEachStatus) {
  Shown shown;
  shown.Report("a", HealthStatus::kHealthy);
  EXPECT_EQ(Value(shown.registry, "vitals_health_status"), "1");
  shown.Report("b", HealthStatus::kDegraded);
  EXPECT_EQ(Value(shown.registry, "vitals_health_status"), "0.5");
  shown.Report("c", HealthStatus::kUnhealthy);
  EXPECT_EQ(Value(shown.registry, "vitals_health_status"), "0");
  const std::string page = Page(shown.registry);
  EXPECT_THAT(page, HasSubstr("\ncomponent_health_status{component=\"a\"} 1\n"
                              "component_health_status{component=\"b\"} 0.5\n"
                              "component_health_status{component=\"c\"} 0\n"));
}

TEST(HealthCollectorTest, CountsFailuresByTheirKind) {
  Shown shown;
  const HealthCheckOptions options = {.interval = seconds(10), .timeout = seconds(1)};
  ASSERT_TRUE(shown.monitor
                  ->AddCheck(
                      "fails", [] { return false; }, options)
                  .ok());
  ASSERT_TRUE(shown.monitor
                  ->AddCheck(
                      "throws", []() -> bool { throw std::runtime_error("bug"); }, options)
                  .ok());
  const auto reporter = shown.monitor->AddReporter("late", {.max_age = seconds(5)});
  ASSERT_TRUE(reporter.ok());
  reporter->Report(HealthStatus::kHealthy);
  shown.monitor->Poll();
  shown.Advance(seconds(10));
  const auto count = [&](const std::string& component, const std::string& kind) {
    return Value(shown.registry, "component_health_failures_total{component=\"" + component +
                                     "\",kind=\"" + kind + "\"}");
  };
  EXPECT_EQ(count("fails", "failed"), "2");
  EXPECT_EQ(count("throws", "exception"), "2");
  EXPECT_EQ(count("throws", "failed"), "0");
  EXPECT_EQ(count("late", "stale"), "1");
  EXPECT_EQ(count("late", "failed"), "0");
}

TEST(HealthCollectorTest, BeyondItsBoundShowsThoseThatAreNotHealthy) {
  Shown shown(2);
  for (const char* const name : {"a", "b", "c"}) shown.Report(name, HealthStatus::kHealthy);
  EXPECT_EQ(Value(shown.registry, "vitals_health_omitted_components"), "1");
  shown.Report("d", HealthStatus::kDegraded);
  shown.Report("e", HealthStatus::kUnhealthy);
  const std::string page = Page(shown.registry);
  EXPECT_THAT(page, HasSubstr("\ncomponent_health_status{component=\"d\"} 0.5\n"
                              "component_health_status{component=\"e\"} 0\n"));
  EXPECT_THAT(page, Not(HasSubstr("component=\"a\"")));
  EXPECT_THAT(page, HasSubstr("\nvitals_health_omitted_components 3\n"));
  EXPECT_THAT(page, HasSubstr("\nvitals_health_components 5\n"));
  EXPECT_THAT(page, HasSubstr("\nvitals_health_status 0\n"));
}

TEST(HealthCollectorTest, WithABoundOfNoneShowsTheMonitorAlone) {
  Shown shown(0);
  shown.Report("a", HealthStatus::kUnhealthy);
  const std::string page = Page(shown.registry);
  EXPECT_THAT(page, Not(HasSubstr("component_health_status{")));
  EXPECT_THAT(page, HasSubstr("\nvitals_health_omitted_components 1\n"));
  EXPECT_THAT(page, HasSubstr("\nvitals_health_status 0\n"));
}

TEST(HealthCollectorTest, EndsWithTheMonitor) {
  Shown shown;
  shown.Report("a", HealthStatus::kHealthy);
  EXPECT_THAT(Page(shown.registry), HasSubstr("component_health_status"));
  shown.monitor.reset();
  EXPECT_EQ(Page(shown.registry), "");
}

TEST(HealthCollectorTest, LintHasNothingToSay) {
  Shown shown;
  shown.Report("a", HealthStatus::kHealthy);
  const absl::Status clean = CollectAndLint(shown.registry);
  EXPECT_TRUE(clean.ok()) << clean;
}

}  // namespace
}  // namespace vitals
