#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/job_worker/job_queue.h"
#include "examples/job_worker/worker_pool.h"
#include "gtest/gtest.h"
#include "tests/e2e/job_worker_test_util.h"

namespace job_worker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kForever = std::chrono::hours(1);

std::vector<std::unique_ptr<Handler>> Handlers(FakeHandler::Function function) {
  std::vector<std::unique_ptr<Handler>> handlers;
  handlers.push_back(std::make_unique<FakeHandler>(std::move(function)));
  return handlers;
}

double Jobs(vitals::Registry& registry, std::string_view status) {
  return ValueOf(registry, "guestkit_worker_jobs_total",
                 {{"operation", "fake"}, {"status", std::string(status)}});
}

double Depth(vitals::Registry& registry) {
  return ValueOf(registry, "guestkit_worker_queue_depth");
}

class JobQueueTest : public testing::Test {
 protected:
  vitals::Registry registry_;
  WorkerMetrics metrics_{registry_};
  const WorkerState worker_;
  JobQueue queue_{2, metrics_.queue_depth(), {}};
};

TEST_F(JobQueueTest, GivesJobsInOrderAndShowsItsDepth) {
  EXPECT_TRUE(queue_.Push({.path = "a"}));
  EXPECT_TRUE(queue_.Push({.path = "b"}));
  EXPECT_EQ(Depth(registry_), 2);
  EXPECT_EQ(queue_.Pop(worker_)->path, "a");
  EXPECT_EQ(Depth(registry_), 1);
  EXPECT_EQ(queue_.Pop(worker_)->path, "b");
  EXPECT_EQ(Depth(registry_), 0);
}

TEST_F(JobQueueTest, AFullQueueHoldsItsProducerUntilThereIsRoom) {
  std::thread producer([this] {
    for (int i = 0; i < 1000; ++i) queue_.Push({.path = std::to_string(i)});
    queue_.Close();
  });
  int expected = 0;
  while (const auto job = queue_.Pop(worker_)) {
    EXPECT_LE(Depth(registry_), 2);
    EXPECT_EQ(job->path, std::to_string(expected++));
  }
  producer.join();
  EXPECT_EQ(expected, 1000);
}

TEST_F(JobQueueTest, WhenClosedItTakesNothingAndGivesWhatItHas) {
  queue_.Push({.path = "a"});
  queue_.Close();
  EXPECT_FALSE(queue_.Push({.path = "b"}));
  EXPECT_EQ(queue_.Pop(worker_)->path, "a");
  EXPECT_FALSE(queue_.Pop(worker_).has_value());
}

TEST_F(JobQueueTest, ADismissedWorkerGetsNothingAndTheOthersGoOn) {
  WorkerState dismissed;
  std::thread waiting([&] { EXPECT_FALSE(queue_.Pop(dismissed).has_value()); });
  queue_.Dismiss(dismissed);
  waiting.join();
  queue_.Push({.path = "a"});
  EXPECT_FALSE(queue_.Pop(dismissed).has_value());
  EXPECT_EQ(queue_.Pop(worker_)->path, "a");
}

TEST_F(JobQueueTest, TellsHowManyWaitAndForHowLong) {
  EXPECT_EQ(queue_.size(), 0u);
  EXPECT_FALSE(queue_.oldest_age().has_value());
  queue_.Push({.path = "a"});
  const Clock::time_point before = Clock::now();
  std::this_thread::sleep_for(milliseconds(2));
  queue_.Push({.path = "b"});
  EXPECT_EQ(queue_.size(), 2u);
  EXPECT_GE(*queue_.oldest_age(), milliseconds(2));
  queue_.Pop(worker_);
  EXPECT_LE(*queue_.oldest_age(), Clock::now() - before);
}

TEST_F(JobQueueTest, ClearDropsWhatWaits) {
  queue_.Push({.path = "a"});
  queue_.Push({.path = "b"});
  EXPECT_EQ(queue_.Clear().size(), 2u);
  EXPECT_EQ(Depth(registry_), 0);
}

TEST(WorkerPoolTest, SeriesAreThereBeforeTheFirstJob) {
  vitals::Registry registry;
  const WorkerPool pool({}, registry, nullptr, Handlers([](const JobContext&) { return "done"; }));
  for (const std::string_view status : kJobStatusNames) EXPECT_EQ(Jobs(registry, status), 0);
  EXPECT_EQ(ValueOf(registry, "guestkit_handler_executions_total",
                    {{"handler", "fake"}, {"status", "error"}}),
            0);
}

TEST(WorkerPoolTest, CountsEachJobUnderItsStatus) {
  const std::vector<FakeHandler::Function> outcomes = {
      [](const JobContext&) { return "done"; },
      [](const JobContext&) { return absl::NotFoundError("gone"); },
      [](const JobContext&) { return absl::DeadlineExceededError("late"); },
      [](const JobContext&) -> absl::StatusOr<std::string> { throw std::runtime_error("bug"); },
  };
  const std::vector<std::string> statuses = {"completed", "failed", "timeout", "failed"};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    vitals::Registry registry;
    WorkerPool pool({}, registry, nullptr, Handlers(outcomes[i]));
    for (int job = 0; job < 3; ++job) pool.Submit({.operation = &pool.operations()[0], .path = {}});
    pool.WaitIdle();
    for (const std::string_view status : kJobStatusNames) {
      EXPECT_EQ(Jobs(registry, status), status == statuses[i] ? 3 : 0) << i << " " << status;
    }
    EXPECT_EQ(ValueOf(registry, "guestkit_worker_jobs_duration_seconds",
                      {{"operation", "fake"}, {"status", statuses[i]}}),
              3);
    EXPECT_EQ(ValueOf(registry, "guestkit_handler_executions_total",
                      {{"handler", "fake"}, {"status", i == 0 ? "success" : "error"}}),
              3);
    EXPECT_EQ(ValueOf(registry, "guestkit_handler_duration_seconds", {{"handler", "fake"}}), 3);
  }
}

TEST(WorkerPoolTest, AJobWhoseTimeIsOverIsATimeout) {
  vitals::Registry registry;
  WorkerPool pool({.job_timeout = milliseconds(0)}, registry, nullptr,
                  Handlers([](const JobContext&) { return "done"; }));
  pool.Submit({.operation = &pool.operations()[0], .path = {}});
  pool.WaitIdle();
  EXPECT_EQ(Jobs(registry, "timeout"), 1);
}

TEST(WorkerPoolTest, HandlersRecordThroughTheirContext) {
  vitals::Registry registry;
  WorkerPool pool({}, registry, nullptr, Handlers([](const JobContext& context) {
                    context.registry().AddCounter({.name = "own_total"})->Increment();
                    context.CountBytesRead(5);
                    context.CountBytesWritten(7);
                    return "done";
                  }));
  for (int job = 0; job < 3; ++job) pool.Submit({.operation = &pool.operations()[0], .path = {}});
  pool.WaitIdle();
  EXPECT_EQ(ValueOf(registry, "own_total"), 3);
  EXPECT_EQ(ValueOf(registry, "guestkit_worker_disk_read_bytes_total"), 15);
  EXPECT_EQ(ValueOf(registry, "guestkit_worker_disk_write_bytes_total"), 21);
}

TEST(WorkerPoolTest, ShowsTheJobsThatRun) {
  vitals::Registry registry;
  std::promise<void> started, finish;
  const std::shared_future<void> finished = finish.get_future().share();
  WorkerPool pool({.threads = 1}, registry, nullptr, Handlers([&](const JobContext&) {
                    started.set_value();
                    finished.wait();
                    return "done";
                  }));
  pool.Submit({.operation = &pool.operations()[0], .path = {}});
  started.get_future().wait();
  EXPECT_EQ(ValueOf(registry, "guestkit_worker_active_jobs"), 1);
  finish.set_value();
  EXPECT_EQ(pool.Stop(kForever), 0u);
  EXPECT_EQ(ValueOf(registry, "guestkit_worker_active_jobs"), 0);
}

TEST(WorkerPoolTest, AStopWorksOnWhatWaits) {
  vitals::Registry registry;
  WorkerPool pool({.threads = 1}, registry, nullptr,
                  Handlers([](const JobContext&) { return "done"; }));
  for (int job = 0; job < 20; ++job) pool.Submit({.operation = &pool.operations()[0], .path = {}});
  EXPECT_EQ(pool.Stop(kForever), 0u);
  EXPECT_EQ(Jobs(registry, "completed"), 20);
  EXPECT_FALSE(pool.Submit({.operation = &pool.operations()[0], .path = {}}));
}

TEST(WorkerPoolTest, AStopThatIsAbandonedDropsWhatWaitsAndEndsWhatRuns) {
  vitals::Registry registry;
  std::promise<void> started;
  WorkerPool pool({.threads = 1, .job_timeout = kForever}, registry, nullptr,
                  Handlers([&](const JobContext& context) -> absl::StatusOr<std::string> {
                    started.set_value();
                    absl::Status status;
                    while (status.ok()) {
                      std::this_thread::yield();
                      status = context.CheckDeadline();
                    }
                    return status;
                  }));
  for (int job = 0; job < 3; ++job) pool.Submit({.operation = &pool.operations()[0], .path = {}});
  started.get_future().wait();
  pool.Abandon();
  EXPECT_EQ(pool.Stop(kForever), 2u);
  EXPECT_EQ(Jobs(registry, "timeout"), 1);
  EXPECT_EQ(Depth(registry), 0);
}

}  // namespace
}  // namespace job_worker
