#include "vitals/health/progress_check.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/monitored.h"
#include "vitals/health/health_check.h"
#include "vitals/testing/fake_clock.h"

namespace vitals_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::StartsWith;
using vitals::HealthResult;
using vitals::ProgressCheck;
using vitals::ProgressCheckOptions;

class ProgressCheckTest : public ::testing::Test {
 protected:
  ProgressCheckOptions Options() {
    return {.processed = [this] { return processed_; },
            .waiting = [this] { return waiting_; },
            .clock = clock_};
  }

  static HealthResult Stalled(const std::string& figures) {
    return HealthResult::Unhealthy("no message processed for " + figures + " (limit 30 s)");
  }

  std::uint64_t processed_ = 0;
  std::uint64_t waiting_ = 0;
  const std::shared_ptr<vitals::testing::FakeClock> clock_ =
      std::make_shared<vitals::testing::FakeClock>();
};

TEST_F(ProgressCheckTest, IsUnhealthyAfterTheStallTimeout) {
  ProgressCheck check = *ProgressCheck::Create(Options());
  processed_ = 1000;
  waiting_ = 17;
  EXPECT_EQ(check(), HealthResult::Healthy()) << "the first run only takes a look";
  clock_->Advance(seconds(30) - nanoseconds(1));
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(nanoseconds(1));
  EXPECT_EQ(check(), Stalled("30 s while 17 wait"));
  clock_->Advance(seconds(12));
  waiting_ = 18;
  EXPECT_EQ(check(), Stalled("42 s while 18 wait"));
  clock_->Advance(hours(2));
  EXPECT_EQ(check(), Stalled("2 h while 18 wait"));
}

TEST_F(ProgressCheckTest, ProgressBeginsTheTimeAnew) {
  ProgressCheck check = *ProgressCheck::Create(Options());
  waiting_ = 5;
  check();
  clock_->Advance(seconds(60));
  ++processed_;
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(seconds(29));
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(seconds(1));
  EXPECT_EQ(check(), Stalled("30 s while 5 wait"));
  ++processed_;
  EXPECT_EQ(check(), HealthResult::Healthy());
}

TEST_F(ProgressCheckTest, AnEmptyQueueBeginsTheTimeAnew) {
  ProgressCheck check = *ProgressCheck::Create(Options());
  waiting_ = 1;
  check();
  clock_->Advance(seconds(20));
  waiting_ = 0;
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(hours(1));
  EXPECT_EQ(check(), HealthResult::Healthy()) << "nothing to do";
  waiting_ = 1;
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(seconds(29));
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(seconds(1));
  EXPECT_EQ(check(), Stalled("30 s while 1 wait"));
}

TEST_F(ProgressCheckTest, ATotalThatGoesBackIsProgress) {
  ProgressCheck check = *ProgressCheck::Create(Options());
  processed_ = 100;
  waiting_ = 1;
  check();
  clock_->Advance(seconds(40));
  processed_ = 0;
  EXPECT_EQ(check(), HealthResult::Healthy());
  clock_->Advance(seconds(40));
  EXPECT_EQ(check(), Stalled("40 s while 1 wait"));
}

TEST_F(ProgressCheckTest, ACopyRemembersByItself) {
  ProgressCheck check = *ProgressCheck::Create(Options());
  ProgressCheck copy = check;
  waiting_ = 1;
  check();
  clock_->Advance(seconds(30));
  EXPECT_EQ(copy(), HealthResult::Healthy());
  EXPECT_EQ(check(), Stalled("30 s while 1 wait"));
}

TEST_F(ProgressCheckTest, IsAHealthCheck) {
  const vitals::HealthCheck check = *ProgressCheck::Create(Options());
  waiting_ = 1;
  check();
  clock_->Advance(seconds(30));
  EXPECT_EQ(check(), Stalled("30 s while 1 wait")) << "it remembers the first run";
}

TEST_F(ProgressCheckTest, IsFoundAndForgottenByAMonitor) {
  vitals::testing::Monitored monitored;
  ProgressCheckOptions options = Options();
  options.clock = monitored.clock;
  const ProgressCheck check = *ProgressCheck::Create(std::move(options));
  ASSERT_TRUE(monitored.monitor->AddCheck("jobs", check).ok());
  waiting_ = 3;
  monitored.Advance(seconds(120));
  EXPECT_EQ(monitored.Of("jobs").status, vitals::HealthStatus::kUnhealthy);
  waiting_ = 0;
  monitored.Advance(seconds(20));
  EXPECT_EQ(monitored.Of("jobs").status, vitals::HealthStatus::kHealthy);
  EXPECT_THAT(monitored.Transitions("jobs"),
              ElementsAre("unknown > healthy", StartsWith("healthy > unhealthy (no message"),
                          "unhealthy > healthy"));
}

TEST_F(ProgressCheckTest, ThrowsWhatTheFunctionsThrow) {
  ProgressCheckOptions options = Options();
  options.waiting = []() -> std::uint64_t { throw std::runtime_error("the queue is closed"); };
  ProgressCheck check = *ProgressCheck::Create(std::move(options));
  EXPECT_THROW(check(), std::runtime_error);
}

TEST_F(ProgressCheckTest, UsesTheSystemsClockByDefault) {
  ProgressCheckOptions options = Options();
  options.clock = nullptr;
  options.stall_timeout = milliseconds(1);
  ProgressCheck check = *ProgressCheck::Create(std::move(options));
  waiting_ = 1;
  check();
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < milliseconds(1)) {
  }
  EXPECT_EQ(check().status, vitals::HealthStatus::kUnhealthy);
}

TEST_F(ProgressCheckTest, RefusesBadOptions) {
  const auto error_of = [](const ProgressCheckOptions& options) {
    return ProgressCheck::Create(options).status();
  };
  ProgressCheckOptions options = Options();
  options.processed = nullptr;
  EXPECT_EQ(error_of(options),
            absl::InvalidArgumentError("processed is empty: give a function that returns how many "
                                       "messages were processed so far"));
  options = Options();
  options.waiting = nullptr;
  EXPECT_EQ(error_of(options),
            absl::InvalidArgumentError(
                "waiting is empty: give a function that returns how many messages wait now"));
  options = Options();
  options.stall_timeout = milliseconds(1);
  EXPECT_TRUE(error_of(options).ok());
  options.stall_timeout -= nanoseconds(1);
  EXPECT_EQ(
      error_of(options),
      absl::InvalidArgumentError("stall_timeout is 0.000999999 s: choose from 0.001 s to 86400 s"));
  options.stall_timeout = hours(24);
  EXPECT_TRUE(error_of(options).ok());
  options.stall_timeout += nanoseconds(1);
  EXPECT_FALSE(error_of(options).ok());
}

}  // namespace
}  // namespace vitals_test
