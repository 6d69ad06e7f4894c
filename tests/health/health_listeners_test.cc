#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/gate.h"
#include "tests/health/monitored.h"
#include "tests/testing/eventually.h"
#include "vitals/base/log.h"
#include "vitals/health/health_monitor.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::Gate;
using ::testing::IsEmpty;
using testing::Monitored;
using vitals_test::Eventually;

std::string Text(const HealthTransition& transition) {
  return std::to_string(transition.sequence) + " " + transition.component + ": " +
         std::string(HealthStatusName(transition.from)) + " > " +
         std::string(HealthStatusName(transition.to));
}

// A monitor, what a subscriber of it was told, and a component "x" that reports.
class ListenersTest : public ::testing::Test {
 protected:
  HealthSubscription Subscribe(HealthSubscriptionOptions options = {}) {
    return monitored_.monitor
        ->Subscribe([this](const HealthTransition& t) { told_.push_back(Text(t)); },
                    std::move(options))
        .value();
  }

  HealthReporter AddReporter(const std::string& name) {
    return monitored_.monitor->AddReporter(name).value();
  }

  // What was told since the last call.
  std::vector<std::string> Told() {
    monitored_.monitor->Poll();
    return std::exchange(told_, {});
  }

  Monitored monitored_;
  std::vector<std::string> told_;
};

TEST_F(ListenersTest, TransitionsComeInOrderWithWhatTheyAre) {
  HealthTransition last;
  const auto subscription =
      monitored_.monitor->Subscribe([&last](const HealthTransition& t) { last = t; }).value();
  const HealthReporter x = AddReporter("x");
  x.Report(HealthStatus::kHealthy);
  monitored_.clock->Advance(seconds(3));
  x.Report(HealthStatus::kUnhealthy, "no power");
  monitored_.monitor->Poll();
  EXPECT_EQ(last.sequence, 2u);
  EXPECT_EQ(last.component, "x");
  EXPECT_EQ(last.from, HealthStatus::kHealthy);
  EXPECT_EQ(last.to, HealthStatus::kUnhealthy);
  EXPECT_EQ(last.reason, "no power");
  EXPECT_EQ(last.consecutive_failures, 1u);
  EXPECT_EQ(last.time, monitored_.clock->Now());
  EXPECT_TRUE(last.critical);
  EXPECT_FALSE(last.IsRecovery());
  x.Report(HealthStatus::kDegraded, "on battery");
  monitored_.monitor->Poll();
  EXPECT_TRUE(last.IsRecovery());
}

TEST_F(ListenersTest, OnlyChangesAreTold) {
  const HealthSubscription subscription = Subscribe();
  const HealthReporter x = AddReporter("x");
  for (int i = 0; i < 10; ++i) x.Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(), ElementsAre("1 x: unknown > healthy"));
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(ListenersTest, ASubscriberIsToldOfWhatItAskedFor) {
  const HealthSubscription subscription = Subscribe({.under = "storage"});
  AddReporter("storage").Report(HealthStatus::kHealthy);
  AddReporter("storage/wal").Report(HealthStatus::kHealthy);
  AddReporter("storage-old").Report(HealthStatus::kHealthy);
  AddReporter("network").Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(),
              ElementsAre("1 storage: unknown > healthy", "2 storage/wal: unknown > healthy"));
}

TEST_F(ListenersTest, AggregatesAreToldToWhoWantsThem) {
  const HealthReporter wal = AddReporter("storage/wal");
  const HealthReporter disk = AddReporter("storage/disk");
  wal.Report(HealthStatus::kHealthy);
  disk.Report(HealthStatus::kHealthy);
  monitored_.monitor->Poll();
  const HealthSubscription subscription = Subscribe({.aggregates = true});
  EXPECT_THAT(Told(), IsEmpty());
  wal.Report(HealthStatus::kUnhealthy, "full");
  EXPECT_THAT(Told(), ElementsAre("3 storage/wal: healthy > unhealthy", "4 : healthy > unhealthy",
                                  "5 storage: healthy > unhealthy"));
  disk.Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Told(), ElementsAre("6 storage/disk: healthy > unhealthy"));
  EXPECT_TRUE(monitored_.monitor->Remove("storage/wal").ok());
  disk.Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(), ElementsAre("7 storage/disk: unhealthy > healthy", "8 : unhealthy > healthy",
                                  "9 storage: unhealthy > healthy"));
}

TEST_F(ListenersTest, AComponentCountsForTheAggregateOfItsName) {
  const HealthReporter storage = AddReporter("storage");
  const HealthReporter wal = AddReporter("storage/wal");
  storage.Report(HealthStatus::kHealthy);
  wal.Report(HealthStatus::kHealthy);
  const HealthSubscription subscription = Subscribe({.under = "storage", .aggregates = true});
  Told();
  storage.Report(HealthStatus::kDegraded);
  EXPECT_THAT(Told(),
              ElementsAre("3 storage: healthy > degraded", "5 storage: healthy > degraded"));
}

TEST_F(ListenersTest, WhoIsTooSlowLosesTheOldest) {
  const HealthSubscription subscription = Subscribe({.max_waiting = 2});
  const HealthReporter x = AddReporter("x");
  x.Report(HealthStatus::kHealthy);
  x.Report(HealthStatus::kDegraded);
  x.Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Told(), ElementsAre("2 x: healthy > degraded", "3 x: degraded > unhealthy"));
  EXPECT_EQ(subscription.dropped(), 1u);
  EXPECT_EQ(monitored_.monitor->stats().dropped_transitions, 1u);
}

TEST_F(ListenersTest, ASubscriptionEndsWithItsHandle) {
  HealthSubscription subscription = Subscribe();
  HealthSubscription moved = std::move(subscription);
  subscription.Reset();  // NOLINT(bugprone-use-after-move): what was moved from is empty
  const HealthReporter x = AddReporter("x");
  x.Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(), ElementsAre("1 x: unknown > healthy"));
  moved = HealthSubscription();
  x.Report(HealthStatus::kUnhealthy);
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_EQ(moved.dropped(), 0u);
}

TEST_F(ListenersTest, ASubscriptionMayOutliveTheMonitor) {
  const HealthSubscription subscription = Subscribe();
  monitored_.monitor.reset();
  EXPECT_EQ(subscription.dropped(), 0u);
}

TEST_F(ListenersTest, ASubscriberMayCallTheMonitor) {
  const HealthReporter x = AddReporter("x");
  const auto subscription = monitored_.monitor
                                ->Subscribe([this](const HealthTransition& t) {
                                  told_.push_back(Text(t));
                                  if (t.component == "x")
                                    AddReporter("y").Report(HealthStatus::kHealthy);
                                })
                                .value();
  x.Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(), ElementsAre("1 x: unknown > healthy", "2 y: unknown > healthy"));
}

TEST_F(ListenersTest, PollTellsThatASubscriberBroughtAboutMore) {
  const HealthSubscription earlier = Subscribe();
  const HealthReporter x = AddReporter("x");
  const HealthReporter y = AddReporter("y");
  const auto later = monitored_.monitor
                         ->Subscribe([&y](const HealthTransition& t) {
                           if (t.component == "x") y.Report(HealthStatus::kHealthy);
                         })
                         .value();
  x.Report(HealthStatus::kHealthy);
  EXPECT_EQ(monitored_.monitor->Poll(), monitored_.clock->MonotonicNow());
  EXPECT_THAT(told_, ElementsAre("1 x: unknown > healthy"));
  EXPECT_GT(monitored_.monitor->Poll(), monitored_.clock->MonotonicNow());
  EXPECT_THAT(Told(), ElementsAre("1 x: unknown > healthy", "2 y: unknown > healthy"));
}

TEST_F(ListenersTest, WhatASubscriberThrowsIsLogged) {
  std::vector<std::string> lines;
  SetLogSink([&lines](LogSeverity, std::string_view line) { lines.emplace_back(line); });
  const auto throws =
      monitored_.monitor->Subscribe([](const HealthTransition&) { throw std::runtime_error("no"); })
          .value();
  const HealthSubscription subscription = Subscribe();
  AddReporter("x").Report(HealthStatus::kHealthy);
  EXPECT_THAT(Told(), ElementsAre("1 x: unknown > healthy"));
  SetLogSink({});
  EXPECT_THAT(lines, ElementsAre("a health subscriber threw: no"));
}

TEST_F(ListenersTest, BadSubscriptionsAreRefused) {
  HealthMonitor& monitor = *monitored_.monitor;
  EXPECT_FALSE(monitor.Subscribe({}).ok());
  EXPECT_FALSE(monitor.Subscribe([](const auto&) {}, {.under = "a//b"}).ok());
  EXPECT_FALSE(monitor.Subscribe([](const auto&) {}, {.max_waiting = 0}).ok());
  EXPECT_FALSE(monitor.AddRestartHook({}).ok());
  EXPECT_FALSE(
      monitor.AddRestartHook([](const auto&) { return absl::OkStatus(); }, {.max_restarts = 0})
          .ok());
}

TEST(ListenerThreadsTest, ASlowSubscriberHarmsNobody) {
  auto monitor = HealthMonitor::Create({.stop_timeout = milliseconds(10)}).value();
  const auto gate = std::make_shared<Gate>();
  const auto slow = monitor->Subscribe([gate](const HealthTransition&) { gate->Pass(); }).value();
  std::atomic<int> told{0};
  const auto quick = monitor->Subscribe([&told](const HealthTransition&) { ++told; }).value();
  const HealthReporter x = monitor->AddReporter("x").value();
  for (int i = 0; i < 3; ++i) {
    x.Report(HealthStatus::kUnhealthy);
    x.Report(HealthStatus::kDegraded);
  }
  // The sixth change makes it flap, which is degraded: no change.
  EXPECT_TRUE(Eventually([&] { return told >= 6 && gate->came() == 1; }));
  const absl::Status stopped = monitor->Stop();
  EXPECT_EQ(stopped.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(stopped.message()), ::testing::HasSubstr("a subscriber of ''"));
  gate->Open();
}

TEST(ListenerThreadsTest, WhatASubscriberOwnsEndsWithTheSubscription) {
  auto monitor = HealthMonitor::Create().value();
  auto subscription = monitor->Subscribe([monitor](const HealthTransition&) {}).value();
  auto hook = monitor->AddRestartHook([monitor](const RestartRequest&) { return absl::OkStatus(); })
                  .value();
  const HealthReporter x = monitor->AddReporter("x").value();
  const std::weak_ptr<HealthMonitor> owned = std::exchange(monitor, nullptr);
  x.Report(HealthStatus::kUnhealthy);
  subscription.Reset();
  EXPECT_FALSE(owned.expired());
  hook.Reset();
  EXPECT_TRUE(owned.expired());
}

TEST(ListenerThreadsTest, ASubscriberThatEndsItsSubscriptionEnds) {
  const auto monitor = HealthMonitor::Create().value();
  auto value = std::make_shared<int>(7);
  const std::weak_ptr<int> owned = value;
  Gate subscribed;
  std::atomic<bool> ended{false};
  HealthSubscription subscription;
  subscription = monitor
                     ->Subscribe([&, value = std::exchange(value, {})](const HealthTransition&) {
                       subscribed.Pass();
                       subscription.Reset();
                       ended = true;
                     })
                     .value();
  subscribed.Open();
  monitor->AddReporter("x").value().Report(HealthStatus::kHealthy);
  EXPECT_TRUE(Eventually([&] { return ended && owned.expired(); }));
}

TEST(ListenerThreadsTest, ResetWaitsForTheCallInProgress) {
  auto monitor = HealthMonitor::Create().value();
  Gate gate;
  std::atomic<bool> returned{false};
  HealthSubscription subscription = monitor
                                        ->Subscribe([&](const HealthTransition&) {
                                          gate.Pass();
                                          returned = true;
                                        })
                                        .value();
  monitor->AddReporter("x").value().Report(HealthStatus::kHealthy);
  ASSERT_TRUE(Eventually([&] { return gate.came() == 1; }));
  std::thread ender([&] {
    subscription.Reset();
    EXPECT_TRUE(returned);
  });
  gate.Open();
  ender.join();
}

}  // namespace
}  // namespace vitals
