#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/eventually.h"
#include "vitals/health/health_monitor.h"

/// \file
/// A supervisor with real threads and a monitor that finds what became of them: the whole loop from
/// a worker that dies to one that works again, or is given up.

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using vitals_test::Eventually;

using Kind = RestartRequest::Kind;

enum class Job { kWork, kHang, kCrash };

/// Does jobs, on a thread of its own.
class Worker {
 public:
  /// Returns when the thread has begun. One that is broken crashes at once.
  explicit Worker(bool broken = false)
      : thread_([this, broken](const std::stop_token& stop) { Run(stop, broken); }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return begun_; });
  }

  void Give(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(job);
    changed_.notify_all();
  }

  int done() const {
    const std::lock_guard lock(mutex_);
    return done_;
  }

  HealthResult CheckHealth() const {
    constexpr milliseconds kLongestJob(100);
    const std::lock_guard lock(mutex_);
    if (crashed_) return HealthResult::Unhealthy("crashed");
    if (busy_ && steady_clock::now() - busy_since_ > kLongestJob) {
      return HealthResult::Unhealthy("hangs in a job");
    }
    return HealthResult::Healthy();
  }

 private:
  void Run(const std::stop_token& stop, bool broken) {
    std::unique_lock lock(mutex_);
    begun_ = true;
    crashed_ = broken;
    changed_.notify_all();
    while (!crashed_ && changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
      const Job job = jobs_.front();
      jobs_.pop_front();
      busy_ = true;
      busy_since_ = steady_clock::now();
      if (job == Job::kHang) changed_.wait(lock, stop, [] { return false; });
      crashed_ = job == Job::kCrash;
      busy_ = false;
      ++done_;
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;
  bool begun_ = false;
  bool crashed_ = false;
  bool busy_ = false;
  steady_clock::time_point busy_since_;
  int done_ = 0;
  std::jthread thread_;  // the last: it uses the others
};

/// A place for a worker, which can be exchanged for a new one.
class Child {
 public:
  using Start = std::function<std::unique_ptr<Worker>()>;

  explicit Child(Start start) : start_(std::move(start)), worker_(start_()) {}

  void Restart() {
    const std::lock_guard lock(mutex_);
    worker_.reset();
    worker_ = start_();
    ++starts_;
  }

  HealthResult CheckHealth() const {
    const std::lock_guard lock(mutex_);
    return worker_->CheckHealth();
  }

  void Give(Job job) {
    const std::lock_guard lock(mutex_);
    worker_->Give(job);
  }

  int done() const {
    const std::lock_guard lock(mutex_);
    return worker_->done();
  }

  int starts() const {
    const std::lock_guard lock(mutex_);
    return starts_;
  }

 private:
  const Start start_;
  mutable std::mutex mutex_;
  std::unique_ptr<Worker> worker_;
  int starts_ = 1;
};

/// What a supervisor was asked for, and when.
struct Asked {
  Kind kind;
  std::string component;
  int attempt;
  steady_clock::time_point begin;
  steady_clock::time_point end;
};

/// Starts workers, and restarts those that its monitor finds unhealthy.
class Supervisor {
 public:
  Supervisor(HealthMonitor& monitor, const RestartOptions& options)
      : monitor_(monitor),
        hook_(*monitor.AddRestartHook(
            [this](const RestartRequest& request) { return Handle(request); }, options)) {}

  /// From here on no request comes, and no check is run.
  ~Supervisor() {
    hook_.Reset();
    for (const auto& child : children_) EXPECT_TRUE(monitor_.Remove(child.first).ok());
  }

  /// Before there is anything to restart.
  Child& Add(const std::string& component, Child::Start start) {
    const auto child = std::make_shared<Child>(std::move(start));
    children_.emplace(component, child);
    HealthCheckOptions options;
    options.interval = milliseconds(20);
    options.timeout = seconds(10);  // the checks of these workers do not hang, whatever the machine
    options.allow_timeout_above_interval = true;
    options.rules.success_threshold = 1;
    EXPECT_TRUE(monitor_
                    .AddCheck(
                        component, [child] { return child->CheckHealth(); }, options)
                    .ok());
    return *child;
  }

  std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  absl::Status Handle(const RestartRequest& request) {
    const auto begin = steady_clock::now();
    if (request.kind == Kind::kRestart) Restart(request);
    const std::lock_guard lock(mutex_);
    asked_.push_back(
        {request.kind, request.component, request.attempt, begin, steady_clock::now()});
    return absl::OkStatus();
  }

  // The strategy comes with the request; to follow it is up to the supervisor.
  void Restart(const RestartRequest& request) {
    for (const auto& [component, child] : children_) {
      const bool failed = component == request.component;
      if (failed || request.strategy == RestartStrategy::kOneForAll) child->Restart();
    }
  }

  HealthMonitor& monitor_;
  std::map<std::string, std::shared_ptr<Child>> children_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  HealthSubscription hook_;
};

class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest()
      : subscription_(*monitor_->Subscribe([this](const HealthTransition& transition) {
          const std::lock_guard lock(mutex_);
          transitions_.push_back(transition);
        })) {}

  // What a component went through, as text.
  std::vector<std::string> Path(std::string_view component) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> path;
    for (const HealthTransition& transition : transitions_) {
      if (transition.component != component) continue;
      path.push_back(std::string(HealthStatusName(transition.to)) + ' ' + transition.reason);
    }
    return path;
  }

  static std::vector<std::string> Texts(const std::vector<Asked>& requests) {
    const std::map<Kind, std::string> names = {{Kind::kRestart, "restart"},
                                               {Kind::kLimitReached, "limit"},
                                               {Kind::kRecovered, "recovered"}};
    std::vector<std::string> texts;
    texts.reserve(requests.size());
    for (const Asked& request : requests) {
      texts.push_back(names.at(request.kind) + ' ' + request.component + ' ' +
                      std::to_string(request.attempt));
    }
    return texts;
  }

  bool IsHealthy(std::string_view component) const {
    return monitor_->Report(component)->status == HealthStatus::kHealthy;
  }

  const std::shared_ptr<HealthMonitor> monitor_ = HealthMonitor::Create().value();
  mutable std::mutex mutex_;
  std::vector<HealthTransition> transitions_;
  HealthSubscription subscription_;
};

std::unique_ptr<Worker> StartWorker() { return std::make_unique<Worker>(); }

struct Trouble {
  Job job;
  std::string name;
  std::string reason;
};

class TroubleTest : public SupervisorTest, public ::testing::WithParamInterface<Trouble> {};

TEST_P(TroubleTest, IsRestartedAndWorksAgain) {
  Supervisor supervisor(*monitor_, {.under = "workers"});
  Child& resize = supervisor.Add("workers/resize", StartWorker);
  Child& index = supervisor.Add("workers/index", StartWorker);
  ASSERT_TRUE(Eventually([&] { return IsHealthy("workers"); }));

  resize.Give(GetParam().job);
  ASSERT_TRUE(Eventually([&] { return supervisor.asked().size() == 2; }));
  EXPECT_THAT(Texts(supervisor.asked()),
              ElementsAre("restart workers/resize 1", "recovered workers/resize 1"));
  ASSERT_TRUE(Eventually([&] { return Path("workers/resize").size() == 3; }));
  EXPECT_THAT(Path("workers/resize"),
              ElementsAre("healthy ", "unhealthy " + GetParam().reason, "healthy "));
  EXPECT_EQ(resize.starts(), 2);
  resize.Give(Job::kWork);
  EXPECT_TRUE(Eventually([&] { return resize.done() == 1; }));

  EXPECT_THAT(Path("workers/index"), ElementsAre("healthy "));
  EXPECT_EQ(index.starts(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, TroubleTest,
                         ::testing::Values(Trouble{Job::kCrash, "crash", "crashed"},
                                           Trouble{Job::kHang, "hang", "hangs in a job"}),
                         [](const auto& tested) { return tested.param.name; });

TEST_F(SupervisorTest, GivesUpAWorkerThatNeverRecovers) {
  const RestartOptions options = {.under = "workers",
                                  .initial_backoff = milliseconds(20),
                                  .max_backoff = milliseconds(30),
                                  .max_restarts = 3};
  Supervisor supervisor(*monitor_, options);
  Child& index = supervisor.Add("workers/index", StartWorker);
  Child& broken =
      supervisor.Add("workers/broken", [] { return std::make_unique<Worker>(/*broken=*/true); });
  ASSERT_TRUE(Eventually([&] { return supervisor.asked().size() == 4; }));

  // Nothing more, however often it is found unhealthy.
  const auto results = [&] {
    return monitor_->Report("workers/broken")->components.at(0).counts.results;
  };
  const std::uint64_t so_far = results();
  ASSERT_TRUE(Eventually([&] { return results() >= so_far + 10; }));
  const std::vector<Asked> asked = supervisor.asked();
  EXPECT_THAT(Texts(asked), ElementsAre("restart workers/broken 1", "restart workers/broken 2",
                                        "restart workers/broken 3", "limit workers/broken 3"));
  EXPECT_EQ(broken.starts(), 4);
  EXPECT_THAT(Path("workers/broken"), ElementsAre("unhealthy crashed"));

  // Back-off counts from the end of a restart, and doubles up to its limit.
  EXPECT_GE(asked[1].begin - asked[0].end, milliseconds(20));
  EXPECT_GE(asked[2].begin - asked[1].end, milliseconds(30));
  EXPECT_GE(asked[3].begin - asked[2].end, milliseconds(30));

  EXPECT_EQ(index.starts(), 1);
  EXPECT_TRUE(IsHealthy("workers/index"));
}

TEST_F(SupervisorTest, ACheckThatHangsDelaysNoOther) {
  const auto never = std::make_shared<std::latch>(1);
  HealthCheckOptions options;
  options.interval = milliseconds(20);
  options.timeout = milliseconds(20);
  const auto hang = [never] {
    never->wait();
    return true;
  };
  ASSERT_TRUE(monitor_->AddCheck("plugins/stuck", hang, options).ok());
  Supervisor supervisor(*monitor_, {.under = "workers"});
  Child& resize = supervisor.Add("workers/resize", StartWorker);
  ASSERT_TRUE(Eventually([&] { return monitor_->stats().hung_checks == 1; }));

  resize.Give(Job::kCrash);
  ASSERT_TRUE(Eventually([&] { return supervisor.asked().size() == 2; }));
  EXPECT_THAT(Texts(supervisor.asked()),
              ElementsAre("restart workers/resize 1", "recovered workers/resize 1"));
  EXPECT_EQ(monitor_->stats().hung_checks, 1U);
  EXPECT_TRUE(Eventually([&] { return Path("plugins/stuck").size() == 1; }));
  never->count_down();
  EXPECT_TRUE(Eventually([&] { return IsHealthy("plugins/stuck"); }));
}

TEST_F(SupervisorTest, FollowsTheStrategyThatComesWithTheRequest) {
  Supervisor supervisor(*monitor_, {.under = "workers", .strategy = RestartStrategy::kOneForAll});
  Child& resize = supervisor.Add("workers/resize", StartWorker);
  Child& index = supervisor.Add("workers/index", StartWorker);
  resize.Give(Job::kCrash);
  ASSERT_TRUE(Eventually([&] { return supervisor.asked().size() == 2; }));
  EXPECT_EQ(resize.starts(), 2);
  EXPECT_EQ(index.starts(), 2);
  EXPECT_TRUE(Eventually([&] { return IsHealthy("workers"); }));
}

TEST_F(SupervisorTest, TellsOfChangesInTheirOrder) {
  {
    Supervisor supervisor(*monitor_, {.under = "workers"});
    std::array<Child*, 5> children{};
    for (std::size_t i = 0; i < children.size(); ++i) {
      children[i] = &supervisor.Add("workers/" + std::to_string(i), StartWorker);
    }
    ASSERT_TRUE(Eventually([&] { return IsHealthy("workers"); }));
    for (Child* child : children) child->Give(Job::kCrash);
    // Each is asked for and recovers; requests come one after another.
    ASSERT_TRUE(Eventually([&] { return supervisor.asked().size() == 10; }));
    const std::vector<Asked> asked = supervisor.asked();
    for (std::size_t i = 1; i < asked.size(); ++i) EXPECT_GE(asked[i].begin, asked[i - 1].end);
    for (std::size_t i = 0; i < children.size(); ++i) {
      const std::string name = "workers/" + std::to_string(i);
      EXPECT_THAT(Texts(asked),
                  IsSupersetOf({"restart " + name + " 1", "recovered " + name + " 1"}));
    }
  }
  ASSERT_TRUE(Eventually([&] {
    const std::lock_guard lock(mutex_);
    return transitions_.size() == 15;
  }));
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < transitions_.size(); ++i) {
    EXPECT_EQ(transitions_[i].sequence, i + 1);
  }
}

}  // namespace
}  // namespace vitals
