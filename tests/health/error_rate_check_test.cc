#include "vitals/health/error_rate_check.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>

#include "gtest/gtest.h"
#include "vitals/testing/fake_clock.h"

namespace vitals_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using vitals::ErrorRateCheck;
using vitals::ErrorRateCheckOptions;
using vitals::HealthResult;

class ErrorRateCheckTest : public ::testing::Test {
 protected:
  ErrorRateCheckOptions Options() {
    return {.requests = [this] { return requests_; },
            .errors = [this] { return errors_; },
            .clock = clock_};
  }

  // So much later, with so many more requests of which so many failed.
  HealthResult RunAfter(nanoseconds time, std::uint64_t requests, std::uint64_t errors) {
    clock_->Advance(time);
    requests_ += requests;
    errors_ += errors;
    return check_();
  }

  std::uint64_t requests_ = 0;
  std::uint64_t errors_ = 0;
  const std::shared_ptr<vitals::testing::FakeClock> clock_ =
      std::make_shared<vitals::testing::FakeClock>();
  ErrorRateCheck check_ = *ErrorRateCheck::Create(Options());
};

TEST_F(ErrorRateCheckTest, LeavesOutWhatWasBeforeTheFirstRun) {
  EXPECT_EQ(RunAfter(seconds(0), 1000, 1000), HealthResult::Healthy());
  EXPECT_EQ(RunAfter(seconds(10), 1000, 0), HealthResult::Healthy());
}

TEST_F(ErrorRateCheckTest, IsHealthyWithoutRequests) {
  EXPECT_EQ(RunAfter(seconds(0), 0, 0), HealthResult::Healthy());
  EXPECT_EQ(RunAfter(seconds(10), 0, 0), HealthResult::Healthy());
}

TEST_F(ErrorRateCheckTest, PassesALimitAboveIt) {
  check_();
  EXPECT_EQ(RunAfter(seconds(10), 100, 5), HealthResult::Healthy());
  EXPECT_EQ(RunAfter(seconds(10), 20, 2),
            HealthResult::Degraded("7 of 120 requests failed in the last 20 s, 5.83% (limit 5%)"));
  EXPECT_EQ(RunAfter(seconds(10), 80, 93),
            HealthResult::Degraded("100 of 200 requests failed in the last 30 s, 50% (limit 5%)"));
  EXPECT_EQ(
      RunAfter(seconds(10), 2, 2),
      HealthResult::Unhealthy("102 of 202 requests failed in the last 40 s, 50.5% (limit 50%)"));
}

TEST_F(ErrorRateCheckTest, NeedsSomeRequests) {
  check_();
  EXPECT_EQ(RunAfter(seconds(1), 9, 9), HealthResult::Healthy());
  EXPECT_EQ(RunAfter(seconds(1), 1, 1),
            HealthResult::Unhealthy("10 of 10 requests failed in the last 2 s, 100% (limit 50%)"));
}

TEST_F(ErrorRateCheckTest, ForgetsWhatIsOlderThanTheWindow) {
  check_();
  EXPECT_EQ(
      RunAfter(seconds(10), 100, 100),
      HealthResult::Unhealthy("100 of 100 requests failed in the last 10 s, 100% (limit 50%)"));
  // The run at 10 s is not a minute ago yet, so the window still begins with the first one.
  EXPECT_EQ(
      RunAfter(seconds(60) - nanoseconds(1), 100, 0),
      HealthResult::Degraded("100 of 200 requests failed in the last 1 min 9 s, 50% (limit 5%)"));
  EXPECT_EQ(RunAfter(nanoseconds(1), 100, 0), HealthResult::Healthy());
}

TEST_F(ErrorRateCheckTest, LooksAtTheTimeSinceThePreviousRunWhereRunsAreRare) {
  check_();
  EXPECT_EQ(
      RunAfter(minutes(5), 20, 20),
      HealthResult::Unhealthy("20 of 20 requests failed in the last 5 min, 100% (limit 50%)"));
  EXPECT_EQ(RunAfter(minutes(5), 20, 0), HealthResult::Healthy());
  EXPECT_EQ(RunAfter(minutes(5), 20, 2),
            HealthResult::Degraded("2 of 20 requests failed in the last 5 min, 10% (limit 5%)"));
}

TEST_F(ErrorRateCheckTest, KeepsTheWindowWhereRunsAreFrequent) {
  check_();
  HealthResult result;
  for (int run = 0; run < 3000; ++run) result = RunAfter(milliseconds(100), 1, 1);
  EXPECT_EQ(result, HealthResult::Unhealthy(
                        "600 of 600 requests failed in the last 1 min, 100% (limit 50%)"));
  // Only every tenth run begins a window.
  EXPECT_EQ(
      RunAfter(milliseconds(900), 9, 9),
      HealthResult::Unhealthy("609 of 609 requests failed in the last 1 min, 100% (limit 50%)"));
  EXPECT_EQ(
      RunAfter(milliseconds(100), 1, 1),
      HealthResult::Unhealthy("600 of 600 requests failed in the last 1 min, 100% (limit 50%)"));
}

TEST_F(ErrorRateCheckTest, ATotalThatGoesBackHasBegunAnew) {
  requests_ = 1000;
  errors_ = 100;
  check_();
  requests_ = errors_ = 0;
  EXPECT_EQ(RunAfter(seconds(10), 20, 20),
            HealthResult::Unhealthy("20 of 20 requests failed in the last 10 s, 100% (limit 50%)"));
  // Restarting does not hide errors.
  requests_ = errors_ = 0;
  EXPECT_EQ(RunAfter(seconds(10), 19, 19),
            HealthResult::Unhealthy("39 of 39 requests failed in the last 20 s, 100% (limit 50%)"));
}

TEST_F(ErrorRateCheckTest, ShowsNoMoreErrorsThanRequests) {
  check_();
  EXPECT_EQ(RunAfter(seconds(10), 10, 15),
            HealthResult::Unhealthy("10 of 10 requests failed in the last 10 s, 100% (limit 50%)"));
}

TEST_F(ErrorRateCheckTest, AnAbsentLimitIsNotPassed) {
  ErrorRateCheckOptions options = Options();
  options.max_ratio = {.degraded = std::nullopt, .unhealthy = 1};
  check_ = *ErrorRateCheck::Create(options);
  check_();
  EXPECT_EQ(RunAfter(seconds(10), 10, 10), HealthResult::Healthy()) << "never above 1";
  options.max_ratio = {.degraded = 0};
  check_ = *ErrorRateCheck::Create(options);
  check_();
  EXPECT_EQ(
      RunAfter(seconds(10), 20'000, 1),
      HealthResult::Degraded("1 of 20000 requests failed in the last 10 s, 0.005% (limit 0%)"));
}

TEST_F(ErrorRateCheckTest, UsesTheSystemsClockByDefault) {
  ErrorRateCheckOptions options = Options();
  options.clock = nullptr;
  check_ = *ErrorRateCheck::Create(options);
  check_();
  EXPECT_EQ(RunAfter(seconds(0), 10, 10).status, vitals::HealthStatus::kUnhealthy);
}

TEST_F(ErrorRateCheckTest, RefusesMissingFunctions) {
  ErrorRateCheckOptions options = Options();
  options.requests = nullptr;
  EXPECT_EQ(ErrorRateCheck::Create(options).status(),
            absl::InvalidArgumentError(
                "requests is empty: give a function that returns how many requests ended so far"));
  options = Options();
  options.errors = nullptr;
  EXPECT_EQ(ErrorRateCheck::Create(options).status(),
            absl::InvalidArgumentError(
                "errors is empty: give a function that returns how many requests failed so far"));
}

TEST_F(ErrorRateCheckTest, RefusesBadRatios) {
  const auto error_of = [this](const vitals::HealthLimits<double>& max_ratio) {
    ErrorRateCheckOptions options = Options();
    options.max_ratio = max_ratio;
    return ErrorRateCheck::Create(options).status();
  };
  EXPECT_TRUE(error_of({.degraded = 0, .unhealthy = 1}).ok());
  EXPECT_TRUE(error_of({.degraded = 0.5, .unhealthy = 0.5}).ok());
  EXPECT_EQ(error_of({.degraded = std::numeric_limits<double>::quiet_NaN()}),
            absl::InvalidArgumentError("max_ratio.degraded is nan: choose from 0 to 1"));
  EXPECT_EQ(error_of({.degraded = -0.1}),
            absl::InvalidArgumentError("max_ratio.degraded is -0.1: choose from 0 to 1"));
  EXPECT_EQ(error_of({.unhealthy = 50}),
            absl::InvalidArgumentError("max_ratio.unhealthy is 50: choose from 0 to 1"));
  EXPECT_EQ(error_of({.degraded = 0.5, .unhealthy = 0.05}),
            absl::InvalidArgumentError(
                "max_ratio.degraded is 0.5: choose at most max_ratio.unhealthy, which is 0.05"));
}

TEST_F(ErrorRateCheckTest, RefusesABadWindow) {
  ErrorRateCheckOptions options = Options();
  options.window = seconds(0);
  EXPECT_EQ(ErrorRateCheck::Create(options).status(),
            absl::InvalidArgumentError("window is 0 s: choose from 0.001 s to 86400 s"));
  options.window = hours(25);
  EXPECT_FALSE(ErrorRateCheck::Create(options).ok());
  options = Options();
  options.min_requests = 0;
  EXPECT_EQ(ErrorRateCheck::Create(options).status(),
            absl::InvalidArgumentError("min_requests is 0: choose at least 1"));
}

}  // namespace
}  // namespace vitals_test
