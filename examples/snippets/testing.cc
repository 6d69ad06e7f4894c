#include <chrono>
#include <iostream>
#include <string_view>

#include "vitals/metrics/registry.h"
#include "vitals/testing/compare.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/testing/value.h"

/// \file
/// The samples of docs/guide/testing.md, compiled and run.

namespace {

void RecordJobs(vitals::Registry& registry) {
  const auto jobs = registry.AddCounter({.name = "jobs_total", .help = "Jobs done."}, {"status"});
  jobs->With("completed").Increment(9);
  jobs->With("failed").Increment();
  registry.AddGauge({.name = "cache_size_kb", .help = "Size of the cache."}).value().Set(64);
}

bool TestOneValue(vitals::Registry& registry) {
  // [value]
  const absl::StatusOr<double> failed =
      vitals::testing::Value(registry, "jobs_total", {{"status", "failed"}});
  // [/value]
  return failed.ok() && *failed == 1;
}

bool TestPage(vitals::Registry& registry) {
  // [compare]
  constexpr std::string_view kExpected = R"(
    # HELP jobs_total Jobs done.
    # TYPE jobs_total counter
    jobs_total{status="completed"} 9
    jobs_total{status="failed"} 1
  )";
  const absl::Status same = vitals::testing::CollectAndCompare(registry, kExpected, {"jobs_total"});
  // [/compare]
  return same.ok();
}

bool TestNames(vitals::Registry& registry) {
  // [lint]
  const absl::Status well_named = vitals::testing::CollectAndLint(
      registry, {.accepted = {{"cache_size_kb",  // on dashboards since 2019
                               "metric names should not contain abbreviated units"}}});
  // [/lint]
  return well_named.ok();
}

// [clock]
// What is to be tested: whether a lease has run out.
class Lease {
 public:
  Lease(const vitals::Clock& clock, std::chrono::seconds duration)
      : clock_(clock), end_(clock.MonotonicNow() + duration) {}
  bool IsOver() const { return clock_.MonotonicNow() >= end_; }

 private:
  const vitals::Clock& clock_;
  const vitals::Clock::MonotonicTime end_;
};

bool TestLease() {
  vitals::testing::FakeClock clock;
  const Lease lease(clock, std::chrono::seconds(30));
  clock.Advance(std::chrono::seconds(29));
  const bool over_early = lease.IsOver();
  clock.Advance(std::chrono::seconds(1));
  return !over_early && lease.IsOver();
}
// [/clock]

}  // namespace

int main() {
  vitals::Registry registry;
  RecordJobs(registry);
  const bool passed =
      TestOneValue(registry) && TestPage(registry) && TestNames(registry) && TestLease();
  std::cout << (passed ? "passed" : "failed") << '\n';
  return passed ? 0 : 1;
}
