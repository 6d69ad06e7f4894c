#include "vitals/health/health_monitor.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "tests/testing/child_process.h"

namespace vitals {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Monitored;
using vitals_test::ExpectInForkChild;

constexpr HealthStatus kUnknown = HealthStatus::kUnknown;
constexpr HealthStatus kHealthy = HealthStatus::kHealthy;
constexpr HealthStatus kDegraded = HealthStatus::kDegraded;
constexpr HealthStatus kUnhealthy = HealthStatus::kUnhealthy;

void Add(Monitored& monitored, const std::string& name, HealthStatus status,
         HealthReporterOptions options = {}) {
  const HealthReporter reporter = monitored.monitor->AddReporter(name, options).value();
  if (status != kUnknown) reporter.Report(status, "why " + name);
}

std::vector<std::string> Names(const HealthReport& report) {
  std::vector<std::string> names;
  for (const ComponentReport& component : report.components) names.push_back(component.component);
  return names;
}

TEST(HealthMonitorTest, WithoutComponentsAllIsHealthy) {
  const Monitored monitored;
  EXPECT_EQ(monitored.monitor->status(), kHealthy);
  EXPECT_EQ(monitored.monitor->Report().status, kHealthy);
  EXPECT_EQ(monitored.monitor->GroupReport("ready").status, kHealthy);
}

TEST(HealthMonitorTest, TheWorstOfTheCriticalComponentsCounts) {
  Monitored monitored;
  Add(monitored, "a", kHealthy);
  EXPECT_EQ(monitored.monitor->status(), kHealthy);
  Add(monitored, "b", kDegraded);
  EXPECT_EQ(monitored.monitor->status(), kDegraded);
  Add(monitored, "c", kUnknown);
  EXPECT_EQ(monitored.monitor->status(), kUnknown);
  Add(monitored, "d", kUnhealthy);
  EXPECT_EQ(monitored.monitor->status(), kUnhealthy);
  const HealthReport report = monitored.monitor->Report();
  EXPECT_EQ(report.status, kUnhealthy);
  EXPECT_EQ(report.reason, "d: why d");
  EXPECT_THAT(Names(report), ElementsAre("a", "b", "c", "d"));
}

TEST(HealthMonitorTest, WhatIsNotCriticalDegradesAtWorst) {
  for (const HealthStatus status : {kUnknown, kHealthy, kDegraded, kUnhealthy}) {
    Monitored monitored;
    Add(monitored, "a", kHealthy);
    Add(monitored, "b", status, {.critical = false});
    EXPECT_EQ(monitored.monitor->status(), status == kUnhealthy ? kDegraded : kHealthy);
  }
}

TEST(HealthMonitorTest, GroupsAreTakenTogether) {
  Monitored monitored;
  Add(monitored, "a", kHealthy);
  Add(monitored, "b", kUnhealthy, {.groups = {"live", "ready"}});
  Add(monitored, "c", kDegraded, {.groups = {}});
  EXPECT_THAT(Names(monitored.monitor->GroupReport(kReadyGroup)), ElementsAre("a", "b"));
  EXPECT_THAT(Names(monitored.monitor->GroupReport(kLiveGroup)), ElementsAre("b"));
  EXPECT_THAT(Names(monitored.monitor->GroupReport("other")), IsEmpty());
  EXPECT_THAT(Names(monitored.monitor->GroupReport("")), IsEmpty());
}

TEST(HealthMonitorTest, NamesMakeATree) {
  Monitored monitored;
  Add(monitored, "storage", kHealthy);
  Add(monitored, "storage-old", kUnhealthy);
  Add(monitored, "storage/wal", kDegraded);
  Add(monitored, "storage/wal/segment", kHealthy);
  const HealthReport storage = monitored.monitor->Report("storage").value();
  EXPECT_THAT(Names(storage), ElementsAre("storage", "storage/wal", "storage/wal/segment"));
  EXPECT_EQ(storage.status, kDegraded);
  EXPECT_THAT(Names(*monitored.monitor->Report("storage/wal")),
              ElementsAre("storage/wal", "storage/wal/segment"));
  EXPECT_EQ(monitored.monitor->Report("stor").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(monitored.monitor->Report("").status().code(), absl::StatusCode::kNotFound);
}

TEST(HealthMonitorTest, HistoryIsFoundByNameAndTime) {
  Monitored monitored;
  const auto start = monitored.clock->Now();
  const HealthReporter a = monitored.monitor->AddReporter("s/a").value();
  const HealthReporter b = monitored.monitor->AddReporter("b").value();
  a.Report(kHealthy);
  monitored.clock->Advance(seconds(10));
  b.Report(kUnhealthy, "gone");
  monitored.clock->Advance(seconds(10));
  a.Report(kDegraded, "slow");
  const auto sequences = [&](const HealthHistoryQuery& query) {
    std::vector<std::uint64_t> found;
    const auto history = monitored.monitor->History(query).value();
    for (const HealthTransition& transition : history) found.push_back(transition.sequence);
    return found;
  };
  EXPECT_THAT(sequences({}), ElementsAre(3, 2, 1));
  EXPECT_THAT(sequences({.under = "s"}), ElementsAre(3, 1));
  EXPECT_THAT(sequences({.under = "none"}), IsEmpty());
  EXPECT_THAT(sequences({.start = start + seconds(10)}), ElementsAre(3, 2));
  EXPECT_THAT(sequences({.end = start + seconds(10)}), ElementsAre(2, 1));
  EXPECT_THAT(sequences({.limit = 1}), ElementsAre(3));
  EXPECT_FALSE(monitored.monitor->History({.limit = 0}).ok());
  EXPECT_FALSE(monitored.monitor->History({.limit = 100'001}).ok());
}

TEST(HealthMonitorTest, HistoryIsBounded) {
  Monitored monitored({.kept_transitions = 3});
  const HealthReporter a =
      monitored.monitor
          ->AddReporter(
              "a", {.rules = {.failure_threshold = 1, .success_threshold = 1, .flap_changes = 0}})
          .value();
  for (int i = 0; i < 50; ++i) a.Report(i % 2 == 0 ? kHealthy : kUnhealthy);
  EXPECT_EQ(monitored.monitor->History()->size(), 3u);
  EXPECT_EQ(monitored.monitor->History()->front().sequence, 50u);
  EXPECT_EQ(monitored.monitor->Results("a")->size(), 10u);
  EXPECT_FALSE(monitored.monitor->Results("b").ok());
}

TEST(HealthMonitorTest, ManyTransitionsOfManyComponentsAreCutToTheNewest) {
  Monitored monitored;
  for (int i = 0; i < 100; ++i) Add(monitored, "c" + std::to_string(i), kHealthy);
  const auto history = monitored.monitor->History({.limit = 7}).value();
  ASSERT_EQ(history.size(), 7u);
  EXPECT_EQ(history.front().sequence, 100u);
  EXPECT_EQ(history.back().sequence, 94u);
}

// The message of the refusal of a check with these options.
std::string Refusal(const HealthCheckOptions& options) {
  const Monitored monitored;
  const absl::Status status = monitored.monitor->AddCheck(
      "x", [] { return true; }, options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(HealthMonitorTest, BadOptionsAreRefusedWithWhatWouldBeRight) {
  EXPECT_EQ(Refusal({.interval = nanoseconds(0)}),
            "interval is 0 s: choose from 0.001 s to 86400 s");
  EXPECT_THAT(Refusal({.jitter = 1}), HasSubstr("jitter is 1: choose from 0 to 0.9"));
  EXPECT_THAT(Refusal({.jitter = std::nan("")}), HasSubstr("jitter is nan"));
  EXPECT_THAT(Refusal({.timeout = nanoseconds(-1)}), HasSubstr("timeout"));
  EXPECT_THAT(Refusal({.interval = seconds(1), .timeout = seconds(2)}),
              HasSubstr("timeout is 2 s, which is above the interval of 1 s"));
  EXPECT_THAT(Refusal({.interval = seconds(10), .max_age = seconds(14)}),
              HasSubstr("max_age is 14 s: choose from 15 s"));
  EXPECT_THAT(Refusal({.rules = {.failure_threshold = 0}}), HasSubstr("rules.failure_threshold"));
  EXPECT_THAT(Refusal({.rules = {.success_threshold = 1001}}),
              HasSubstr("rules.success_threshold is 1001: choose from 1 to 1000"));
  EXPECT_THAT(Refusal({.rules = {.start_grace = hours(25)}}), HasSubstr("rules.start_grace"));
  EXPECT_THAT(Refusal({.rules = {.min_dwell = seconds(-1)}}), HasSubstr("rules.min_dwell"));
  EXPECT_THAT(Refusal({.rules = {.flap_changes = 1}}), HasSubstr("0 for no detection"));
  EXPECT_THAT(Refusal({.rules = {.flap_window = nanoseconds(0)}}), HasSubstr("flap_window"));
  EXPECT_THAT(Refusal({.groups = {"a/b"}}), HasSubstr("'a/b' is no group name"));
  EXPECT_THAT(Refusal({.groups = std::vector<std::string>(33, "g")}), HasSubstr("at most 32"));
}

TEST(HealthMonitorTest, ATimeoutAboveTheIntervalNeedsLeave) {
  const Monitored monitored;
  EXPECT_TRUE(
      monitored.monitor
          ->AddCheck(
              "x", [] { return true; },
              {.interval = seconds(1), .timeout = seconds(2), .allow_timeout_above_interval = true})
          .ok());
}

TEST(HealthMonitorTest, BadNamesAreRefused) {
  const Monitored monitored;
  for (const std::string name : {"", "/", "a/", "/a", "a//b", "a b", "a?b", "\u00e4", "a%b"}) {
    EXPECT_EQ(monitored.monitor->AddReporter(name).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
  EXPECT_TRUE(monitored.monitor->AddReporter("A-1.b:2/c_3").ok());
  EXPECT_TRUE(monitored.monitor->AddReporter(std::string(255, 'x')).ok());
  EXPECT_FALSE(monitored.monitor->AddReporter(std::string(256, 'x')).ok());
}

TEST(HealthMonitorTest, ANameIsTakenOnce) {
  Monitored monitored;
  Add(monitored, "x", kHealthy);
  const absl::Status status = monitored.monitor->AddCheck("x", [] { return false; });
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'x'"));
  EXPECT_EQ(monitored.Of("x").status, kHealthy);
}

TEST(HealthMonitorTest, ComponentsAreBounded) {
  Monitored monitored({.max_components = 1});
  Add(monitored, "x", kHealthy);
  EXPECT_EQ(monitored.monitor->AddReporter("y").status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(HealthMonitorTest, AnEmptyCheckIsRefused) {
  const Monitored monitored;
  EXPECT_FALSE(monitored.monitor->AddCheck("x", HealthCheck()).ok());
  EXPECT_FALSE(monitored.monitor->AddCheck("x", std::shared_ptr<ComponentHealth>()).ok());
}

TEST(HealthMonitorTest, BadMonitorOptionsAreRefused) {
  EXPECT_FALSE(HealthMonitor::Create({.max_components = 0}).ok());
  EXPECT_FALSE(HealthMonitor::Create({.max_threads = 5000}).ok());
  EXPECT_FALSE(HealthMonitor::Create({.kept_results = 0}).ok());
  EXPECT_FALSE(HealthMonitor::Create({.kept_transitions = 0}).ok());
  EXPECT_FALSE(HealthMonitor::Create({.stop_timeout = hours(2)}).ok());
}

TEST(HealthMonitorTest, BadReporterOptionsAreRefused) {
  const Monitored monitored;
  EXPECT_FALSE(monitored.monitor->AddReporter("x", {.max_age = nanoseconds(-1)}).ok());
  EXPECT_FALSE(monitored.monitor->AddReporter("x", {.groups = {""}}).ok());
}

TEST(HealthMonitorTest, IsOffInAForkChild) {
  auto monitor = HealthMonitor::Create().value();
  const HealthReporter reporter = monitor->AddReporter("x").value();
  reporter.Report(kHealthy);
  auto subscription = monitor->Subscribe([](const HealthTransition&) {}).value();
  ExpectInForkChild([&] {
    reporter.Report(kUnhealthy, "of the child");
    const bool off =
        monitor->status() == kUnknown && monitor->Report().components.empty() &&
        !monitor->Report("x").ok() && !monitor->Results("x").ok() && !monitor->History().ok() &&
        !monitor->CheckNow("x").ok() && !monitor->GetReporter("x").ok() &&
        !monitor->Remove("x").ok() && !monitor->AddReporter("y").ok() &&
        !monitor->AddCheck("y", [] { return true; }).ok() &&
        !monitor->Subscribe([](const HealthTransition&) {}).ok() &&
        !monitor->AddRestartHook([](const auto&) { return absl::OkStatus(); }).ok() &&
        monitor->stats().components == 0 && subscription.dropped() == 0 &&
        monitor->Poll() == std::chrono::steady_clock::time_point::max() && monitor->Stop().ok();
    subscription.Reset();
    monitor.reset();
    return off;
  });
  EXPECT_EQ(monitor->status(), kHealthy);
}

TEST(HealthMonitorTest, CanBeMadeAnewInAForkChild) {
  const auto parents = HealthMonitor::Create().value();
  ExpectInForkChild([] {
    Monitored own;
    Add(own, "x", kDegraded);
    return own.monitor->status() == kDegraded;
  });
}

}  // namespace
}  // namespace vitals
