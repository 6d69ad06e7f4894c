#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/job_worker/worker_health.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/job_worker_test_util.h"
#include "tests/health/monitored.h"
#include "tests/testing/eventually.h"

/// \file
/// The health of the worker: what each of its components says, and of what.

namespace job_worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using vitals::HealthReport;
using vitals::HealthStatus;
using vitals_test::Eventually;

constexpr milliseconds kForever = std::chrono::hours(1);

/// A pool whose components the test watches, on a clock that it moves.
class WatchedPool {
 public:
  explicit WatchedPool(FakeHandler::Function function, milliseconds max_job_time = kForever)
      : pool(std::make_shared<WorkerPool>(PoolOptions{.threads = 2}, registry_, nullptr,
                                          Handlers(std::move(function)))) {
    const absl::Status added = AddHealthChecks(
        pool, {.max_job_time = max_job_time, .scratch = scratch.path()}, *monitored.monitor);
    EXPECT_TRUE(added.ok()) << added;
    monitored.monitor->Poll();
  }

  void Submit() const { pool->Submit({.operation = &pool->operations()[0], .path = {}}); }

  /// Ends one of the workers, and waits until its thread has ended.
  void DismissWorker() const {
    const std::optional<std::size_t> number = pool->DismissWorker();
    ASSERT_TRUE(number.has_value());
    ASSERT_TRUE(Eventually([&] { return pool->workers()[*number].ended(); }));
  }

  std::string HealthOf(const std::string& component) {
    const vitals::ComponentReport report = monitored.Of(component);
    std::string text(vitals::HealthStatusName(report.status));
    return report.reason.empty() ? text : text + ": " + report.reason;
  }

  HealthStatus StatusOf(const char* group) const {
    return monitored.monitor->GroupReport(group).status;
  }

  const TemporaryFolder scratch;
  vitals::testing::Monitored monitored;

 private:
  static std::vector<std::unique_ptr<Handler>> Handlers(FakeHandler::Function function) {
    std::vector<std::unique_ptr<Handler>> handlers;
    handlers.push_back(std::make_unique<FakeHandler>(std::move(function)));
    return handlers;
  }

  vitals::Registry registry_;

 public:
  const std::shared_ptr<WorkerPool> pool;
};

absl::StatusOr<std::string> Done(const JobContext&) { return "done"; }

TEST(WorkerHealthTest, EveryComponentIsHealthyAtFirst) {
  const WatchedPool watched(Done);
  const HealthReport report = watched.monitored.monitor->Report();
  std::vector<std::string> names, of_little_weight;
  for (const vitals::ComponentReport& component : report.components) {
    EXPECT_EQ(component.status, HealthStatus::kHealthy) << component.component;
    names.push_back(component.component);
    if (!component.critical) of_little_weight.push_back(component.component);
  }
  EXPECT_THAT(names, ElementsAre("process", "queue/age", "queue/progress", "scratch", "workers",
                                 "workers/0", "workers/1"));
  EXPECT_THAT(of_little_weight, ElementsAre("scratch", "workers/0", "workers/1"));
}

TEST(WorkerHealthTest, OneWorkerThatHasEndedDegradesAndAllAreAFailure) {
  WatchedPool watched(Done);
  watched.DismissWorker();
  watched.monitored.Advance(seconds(2));
  EXPECT_EQ(watched.HealthOf("workers/1"), "healthy");
  watched.monitored.Advance(seconds(1));
  EXPECT_EQ(watched.HealthOf("workers/1"), "unhealthy: the thread has ended");
  EXPECT_EQ(watched.HealthOf("workers/0"), "healthy");
  EXPECT_EQ(watched.HealthOf("workers"), "degraded: 1 of 2 workers do not work");
  EXPECT_EQ(watched.StatusOf("ready"), HealthStatus::kDegraded);
  EXPECT_EQ(watched.StatusOf("live"), HealthStatus::kDegraded);

  watched.DismissWorker();
  watched.monitored.Advance(seconds(3));
  EXPECT_EQ(watched.HealthOf("workers"), "unhealthy: 2 of 2 workers do not work");
  EXPECT_EQ(watched.StatusOf("ready"), HealthStatus::kUnhealthy);
  EXPECT_EQ(watched.StatusOf("live"), HealthStatus::kUnhealthy);
  EXPECT_FALSE(watched.pool->DismissWorker().has_value());
}

TEST(WorkerHealthTest, AWorkerThatHangsAtAJobIsAFailureUntilItGoesOn) {
  std::promise<void> started, finish;
  WatchedPool watched(
      [&](const JobContext&) {
        started.set_value();
        finish.get_future().wait();
        return "done";
      },
      milliseconds(1));
  watched.Submit();
  started.get_future().wait();
  std::this_thread::sleep_for(milliseconds(2));
  watched.monitored.Advance(seconds(3));
  EXPECT_EQ(watched.HealthOf("workers"), "degraded: 1 of 2 workers do not work");
  const std::string busy = watched.pool->workers()[0].job_age().has_value() ? "0" : "1";
  EXPECT_THAT(watched.HealthOf("workers/" + busy),
              testing::StartsWith("unhealthy: at one job for 0 s (limit 0 s)"));

  finish.set_value();
  watched.pool->WaitIdle();
  watched.monitored.Advance(seconds(2));
  EXPECT_EQ(watched.HealthOf("workers"), "healthy");
  EXPECT_EQ(watched.HealthOf("workers/" + busy), "healthy");
}

TEST(WorkerHealthTest, JobsThatWaitForNobodyAreAStall) {
  WatchedPool watched(Done, milliseconds(1));
  watched.DismissWorker();
  watched.DismissWorker();
  watched.Submit();
  watched.monitored.Advance(seconds(1));
  std::this_thread::sleep_for(milliseconds(2));
  watched.monitored.Advance(seconds(3));
  EXPECT_THAT(watched.HealthOf("queue/progress"),
              testing::StartsWith("unhealthy: no message processed for "));
  EXPECT_EQ(watched.HealthOf("queue/age"), "healthy");
}

TEST(WorkerHealthTest, AScratchFolderThatIsGoneDegrades) {
  WatchedPool watched(Done);
  std::filesystem::remove(watched.scratch.path());
  watched.monitored.Advance(seconds(3));
  EXPECT_THAT(watched.HealthOf("scratch"), testing::HasSubstr("No such file or directory"));
  EXPECT_EQ(watched.StatusOf("ready"), HealthStatus::kDegraded);
}

TEST(WorkerHealthTest, AStopIsNoFailureOfItsWorkers) {
  WatchedPool watched(Done);
  ShowStopping(*watched.pool, *watched.monitored.monitor);
  watched.pool->Stop(kForever);
  watched.monitored.Advance(seconds(10));
  EXPECT_EQ(watched.HealthOf("workers"), "degraded: stopping");
  EXPECT_FALSE(watched.monitored.monitor->Report("workers/0").ok());
  EXPECT_EQ(watched.monitored.monitor->Report().components.size(), 5u);
}

TEST(WorkerHealthTest, AnOptionThatCannotBeIsNamed) {
  const vitals::testing::Monitored monitored;
  vitals::Registry registry;
  const auto pool = std::make_shared<WorkerPool>(PoolOptions{.threads = 1}, registry, nullptr,
                                                 std::vector<std::unique_ptr<Handler>>());
  const absl::Status status =
      AddHealthChecks(pool, {.max_job_time = seconds(0), .scratch = "/"}, *monitored.monitor);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("stall_timeout"));
}

}  // namespace
}  // namespace job_worker
