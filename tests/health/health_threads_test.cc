#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/gate.h"
#include "tests/testing/eventually.h"
#include "vitals/health/health_monitor.h"
#include "vitals/testing/fake_clock.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Gate;
using ::testing::HasSubstr;
using vitals_test::Eventually;

std::shared_ptr<HealthMonitor> MustCreate(HealthMonitorOptions options = {}) {
  auto monitor = HealthMonitor::Create(std::move(options));
  EXPECT_TRUE(monitor.ok()) << monitor.status();
  return *std::move(monitor);
}

// A check that passes the gate, and owns it.
HealthCheck Hanging(std::shared_ptr<Gate> gate) {
  return HealthCheck([gate = std::move(gate)] {
    gate->Pass();
    return true;
  });
}

constexpr HealthCheckOptions Fast() {
  return {.interval = milliseconds(10), .timeout = milliseconds(10)};
}

ComponentReport Of(const HealthMonitor& monitor, const std::string& component) {
  return monitor.Report(component).value().components.at(0);
}

TEST(HealthThreadsTest, ChecksRunOnTheirOwnThreads) {
  const auto monitor = MustCreate();
  std::atomic<bool> elsewhere{false};
  const std::thread::id here = std::this_thread::get_id();
  ASSERT_TRUE(
      monitor->AddCheck("x", [&] { return elsewhere = std::this_thread::get_id() != here, true; })
          .ok());
  EXPECT_TRUE(Eventually([&] { return monitor->status() == HealthStatus::kHealthy; }));
  EXPECT_TRUE(elsewhere);
  EXPECT_TRUE(monitor->Stop().ok());
}

TEST(HealthThreadsTest, AggregatesAreToldThoughNothingElseIsDue) {
  const auto monitor = MustCreate();
  const auto reporter = [&](const std::string& name) {
    return monitor->AddReporter(name, {.max_age = seconds(0)}).value();
  };
  const HealthReporter wal = reporter("storage/wal");
  const HealthReporter disk = reporter("storage/disk");
  wal.Report(HealthStatus::kHealthy);
  disk.Report(HealthStatus::kHealthy);
  std::atomic<int> told{0};
  const auto subscription =
      monitor->Subscribe([&](const HealthTransition& t) { told += t.aggregate ? 1 : 0; },
                         {.under = "storage", .aggregates = true});
  monitor->Poll();  // looks at what the aggregate is at first
  wal.Report(HealthStatus::kUnhealthy);
  EXPECT_TRUE(Eventually([&] { return told == 1; }));
  EXPECT_TRUE(monitor->Remove("storage/wal").ok());
  EXPECT_TRUE(Eventually([&] { return told == 2; }));
}

TEST(HealthThreadsTest, AHungCheckTimesOutAndIsNotStartedTwice) {
  const auto clock = std::make_shared<testing::FakeClock>();
  const auto monitor = MustCreate({.clock = clock});
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(monitor->AddCheck("x", Hanging(gate)).ok());
  monitor->Poll();
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  clock->Advance(seconds(5));
  monitor->Poll();
  EXPECT_EQ(Of(*monitor, "x").counts.results, 0u);
  clock->Advance(std::chrono::nanoseconds(1));
  monitor->Poll();
  EXPECT_EQ(Of(*monitor, "x").last_result->outcome, HealthOutcome::kTimedOut);
  EXPECT_EQ(monitor->stats().hung_checks, 1u);
  // Each turn that comes meanwhile has failed too.
  for (int i = 0; i < 2; ++i) {
    clock->Advance(seconds(10));
    monitor->Poll();
  }
  const ComponentReport report = Of(*monitor, "x");
  EXPECT_EQ(report.status, HealthStatus::kUnhealthy);
  EXPECT_EQ(report.consecutive_failures, 3u);
  EXPECT_THAT(report.reason, HasSubstr("timeout: has not returned for 25"));
  EXPECT_EQ(gate->came(), 1);
  gate->Open();
  ASSERT_TRUE(Eventually([&] { return monitor->stats().hung_checks == 0; }));
  // It is run again, and its late result did not count.
  EXPECT_EQ(Of(*monitor, "x").consecutive_failures, 3u);
  EXPECT_EQ(monitor->CheckNow("x")->last_result->outcome, HealthOutcome::kPassed);
  EXPECT_EQ(gate->came(), 2);
}

TEST(HealthThreadsTest, HundredHungChecksDelayNoOther) {
  const auto monitor = MustCreate();
  const auto gate = std::make_shared<Gate>();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(monitor->AddCheck("hung/" + std::to_string(i), Hanging(gate), Fast()).ok());
  }
  std::atomic<int> runs{0};
  ASSERT_TRUE(monitor
                  ->AddCheck(
                      "sound", [&runs] { return ++runs > 0; }, Fast())
                  .ok());
  ASSERT_TRUE(Eventually([&] { return gate->came() == 100 && runs > 10; }));
  EXPECT_EQ(Of(*monitor, "sound").status, HealthStatus::kHealthy);
  ASSERT_TRUE(Eventually([&] {
    return monitor->Report("hung")->status == HealthStatus::kUnhealthy &&
           monitor->stats().hung_checks == 100;
  }));
  EXPECT_LE(monitor->stats().threads, 128u);
  const absl::Status stopped = monitor->Stop();
  EXPECT_EQ(stopped.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(stopped.message()), HasSubstr("hung/99"));
  gate->Open();
}

TEST(HealthThreadsTest, WhenAllThreadsHangOthersAreNotRun) {
  const auto monitor = MustCreate({.max_threads = 2});
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(monitor->AddCheck("a", Hanging(gate), Fast()).ok());
  ASSERT_TRUE(monitor->AddCheck("b", Hanging(gate), Fast()).ok());
  ASSERT_TRUE(Eventually([&] { return monitor->stats().hung_checks == 2; }));
  ASSERT_TRUE(monitor
                  ->AddCheck(
                      "c", [] { return true; }, Fast())
                  .ok());
  ASSERT_TRUE(Eventually([&] { return Of(*monitor, "c").status == HealthStatus::kUnhealthy; }));
  EXPECT_EQ(Of(*monitor, "c").reason, "not run: pool exhausted");
  EXPECT_EQ(Of(*monitor, "c").last_result->outcome, HealthOutcome::kNotRun);
  EXPECT_EQ(monitor->CheckNow("c")->last_result->outcome, HealthOutcome::kNotRun);
  gate->Open();
  EXPECT_TRUE(Eventually([&] { return monitor->status() == HealthStatus::kHealthy; }));
}

TEST(HealthThreadsTest, CheckNowOfAHungCheckReturnsAtItsTimeout) {
  const auto monitor = MustCreate();
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(monitor
                  ->AddCheck("x", Hanging(gate),
                             {.interval = std::chrono::hours(1), .timeout = milliseconds(20)})
                  .ok());
  EXPECT_EQ(monitor->CheckNow("x")->consecutive_failures, 1u);
  EXPECT_EQ(monitor->CheckNow("x")->consecutive_failures, 2u);
  EXPECT_EQ(gate->came(), 1);
  gate->Open();
}

TEST(HealthThreadsTest, ARunThatMayTakeLongerThanTheIntervalLeavesTurnsOut) {
  const auto clock = std::make_shared<testing::FakeClock>();
  const auto monitor = MustCreate({.clock = clock});
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(monitor
                  ->AddCheck("x", Hanging(gate),
                             {.interval = seconds(1),
                              .timeout = seconds(10),
                              .allow_timeout_above_interval = true})
                  .ok());
  monitor->Poll();
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  for (int i = 0; i < 9; ++i) {
    clock->Advance(seconds(1));
    monitor->Poll();
  }
  EXPECT_EQ(Of(*monitor, "x").counts.results, 0u);
  gate->Open();
  EXPECT_TRUE(Eventually([&] { return Of(*monitor, "x").status == HealthStatus::kHealthy; }));
}

TEST(HealthThreadsTest, RemoveWaitsForTheRun) {
  const auto monitor = MustCreate();
  const auto gate = std::make_shared<Gate>();
  std::atomic<bool> returned{false};
  ASSERT_TRUE(monitor
                  ->AddCheck("x",
                             [&, gate] {
                               gate->Pass();
                               returned = true;
                               return true;
                             },
                             {.interval = seconds(60), .timeout = seconds(60)})
                  .ok());
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  std::thread remover([&] {
    EXPECT_TRUE(monitor->Remove("x").ok());
    EXPECT_TRUE(returned);
  });
  ASSERT_TRUE(Eventually([&] { return monitor->stats().components == 0; }));
  gate->Open();
  remover.join();
}

TEST(HealthThreadsTest, RemoveOfAHungCheckSaysSo) {
  const auto monitor = MustCreate();
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(monitor->AddCheck("x", Hanging(gate), Fast()).ok());
  ASSERT_TRUE(Eventually([&] { return monitor->stats().hung_checks == 1; }));
  EXPECT_EQ(monitor->Remove("x").code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(monitor->Report("x").ok());
  gate->Open();
  EXPECT_TRUE(Eventually([&] { return monitor->stats().hung_checks == 0; }));
}

TEST(HealthThreadsTest, WhatHangsAtStopOwnsWhatItUses) {
  const auto gate = std::make_shared<Gate>();
  std::weak_ptr<int> owned;
  {
    const auto monitor = MustCreate({.stop_timeout = milliseconds(10)});
    auto value = std::make_shared<int>(7);
    owned = value;
    ASSERT_TRUE(monitor
                    ->AddCheck("x",
                               [value, gate] {
                                 gate->Pass();
                                 return *value == 7;
                               },
                               {.interval = seconds(60), .timeout = seconds(60)})
                    .ok());
    value.reset();
    ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  }
  EXPECT_FALSE(owned.expired());
  gate->Open();
  EXPECT_TRUE(Eventually([&] { return owned.expired(); }));
}

TEST(HealthThreadsTest, WhatACheckOwnsEndsWithItsRemoval) {
  const auto monitor = MustCreate();
  auto value = std::make_shared<int>(7);
  const std::weak_ptr<int> owned = value;
  ASSERT_TRUE(
      monitor->AddCheck("x", [value = std::exchange(value, {})] { return *value == 7; }).ok());
  const HealthReporter reporter = monitor->GetReporter("x").value();
  ASSERT_TRUE(Eventually([&] { return monitor->status() == HealthStatus::kHealthy; }));
  EXPECT_TRUE(monitor->Remove("x").ok());
  EXPECT_TRUE(owned.expired());
}

TEST(HealthThreadsTest, StopEndsRemove) {
  const auto monitor = MustCreate({.stop_timeout = milliseconds(1)});
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(
      monitor->AddCheck("x", Hanging(gate), {.interval = seconds(60), .timeout = seconds(60)})
          .ok());
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  std::atomic<bool> removed{false};
  std::thread remover([&] {
    EXPECT_EQ(monitor->Remove("x").code(), absl::StatusCode::kDeadlineExceeded);
    removed = true;
  });
  ASSERT_TRUE(Eventually([&] { return monitor->stats().components == 0; }));
  EXPECT_EQ(monitor->Stop().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return removed.load(); }));
  gate->Open();
  remover.join();
}

TEST(HealthThreadsTest, StopEndsCheckNow) {
  const auto monitor = MustCreate({.stop_timeout = milliseconds(1)});
  const auto gate = std::make_shared<Gate>();
  ASSERT_TRUE(
      monitor->AddCheck("x", Hanging(gate), {.interval = seconds(60), .timeout = seconds(60)})
          .ok());
  ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
  std::latch started(1);
  std::thread asker([&] {
    started.count_down();
    EXPECT_EQ(monitor->CheckNow("x").status().code(), absl::StatusCode::kFailedPrecondition);
  });
  started.wait();
  EXPECT_EQ(monitor->Stop().code(), absl::StatusCode::kDeadlineExceeded);
  asker.join();
  gate->Open();
}

TEST(HealthThreadsTest, ACheckMayStopTheMonitor) {
  const auto monitor = MustCreate();
  std::atomic<bool> stopped{false};
  ASSERT_TRUE(monitor
                  ->AddCheck("x",
                             [&] {
                               stopped = !monitor->Stop().ok();
                               return true;
                             })
                  .ok());
  EXPECT_TRUE(Eventually([&] { return stopped.load(); }));
}

TEST(HealthThreadsTest, ComponentsComeAndGoWhileAllIsRead) {
  constexpr int kThreads = 4;
  constexpr int kEach = 250;
  const auto monitor = MustCreate();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      monitor->Report();
      monitor->status();
      EXPECT_TRUE(monitor->History().ok());
      monitor->stats();
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = "t" + std::to_string(t) + "/" + std::to_string(i);
        EXPECT_TRUE(monitor
                        ->AddCheck(
                            name, [i] { return i % 3 != 0; }, Fast())
                        .ok());
        monitor->GetReporter(name)->Report(HealthStatus::kDegraded, "new");
      }
      for (int i = 0; i < kEach; ++i) {
        const std::string name = "t" + std::to_string(t) + "/" + std::to_string(i);
        EXPECT_NE(monitor->Remove(name).code(), absl::StatusCode::kNotFound);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  reader.join();
  EXPECT_EQ(monitor->stats().components, 0u);
  EXPECT_TRUE(monitor->Stop().ok());
}

}  // namespace
}  // namespace vitals
