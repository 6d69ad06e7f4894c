// The ready-made health checks, each made for a worker, and run.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vitals/health/disk_space_check.h"
#include "vitals/health/error_rate_check.h"
#include "vitals/health/health_check.h"
#include "vitals/health/health_monitor.h"
#include "vitals/health/item_age_check.h"
#include "vitals/health/process_resource_check.h"
#include "vitals/health/progress_check.h"
#include "vitals/health/queue_depth_check.h"
#include "vitals/testing/fake_clock.h"

namespace {

// What a worker's queue tells of itself; all of it may be called from any thread.
struct Queue {
  static std::uint64_t done() { return 1200; }
  static std::uint64_t failed() { return 3; }
  static std::uint64_t size() { return 7; }
  static std::optional<std::chrono::nanoseconds> oldest_age() { return std::chrono::seconds(2); }
};

absl::StatusOr<vitals::HealthCheck> CheckProgress(const Queue& queue) {
  // [progress]
  auto check = vitals::ProgressCheck::Create(
      {.processed = [&] { return queue.done(); }, .waiting = [&] { return queue.size(); }});
  // [/progress]
  return check;
}

absl::StatusOr<vitals::HealthCheck> CheckErrorRate(const Queue& queue) {
  // [error-rate]
  auto check = vitals::ErrorRateCheck::Create({.requests = [&] { return queue.done(); },
                                               .errors = [&] { return queue.failed(); },
                                               .max_ratio = {.degraded = 0.01, .unhealthy = 0.2}});
  // [/error-rate]
  return check;
}

absl::StatusOr<vitals::HealthCheck> CheckDepth(const Queue& queue) {
  // [queue-depth]
  auto check = vitals::QueueDepthCheck::Create(
      {.depth = [&] { return queue.size(); }, .max_depth = {.degraded = 1000, .unhealthy = 10000}});
  // [/queue-depth]
  return check;
}

absl::StatusOr<vitals::HealthCheck> CheckAge(const Queue& queue) {
  // [item-age]
  auto check = vitals::ItemAgeCheck::Create({.oldest_age = [&] { return queue.oldest_age(); }});
  // [/item-age]
  return check;
}

absl::StatusOr<vitals::HealthCheck> CheckProcess() {
  // [process-resource]
  auto check = vitals::ProcessResourceCheck::Create(
      {.max_memory_bytes = {.degraded = std::uint64_t{2} << 30}});
  // [/process-resource]
  return check;
}

absl::StatusOr<vitals::HealthCheck> CheckDisk(const std::string& scratch_path) {
  // [disk-space]
  auto check = vitals::DiskSpaceCheck::Create(
      {.path = scratch_path, .min_free_bytes = {.unhealthy = std::uint64_t{1} << 30}});
  // [/disk-space]
  return check;
}

absl::Status WatchDisk(vitals::HealthMonitor& monitor) {
  // [add]
  auto check = vitals::DiskSpaceCheck::Create({.path = "/var"});
  if (!check.ok()) return check.status();
  return monitor.AddCheck("disk/var", *check);
  // [/add]
}

bool StallIsFound() {
  // [test]
  const auto clock = std::make_shared<vitals::testing::FakeClock>();
  auto check = vitals::ProgressCheck::Create(
      {.processed = [] { return 0; }, .waiting = [] { return 17; }, .clock = clock});
  if (!check.ok()) return false;
  (*check)();
  clock->Advance(std::chrono::seconds(42));
  const bool found = (*check)() == vitals::HealthResult::Unhealthy(
                                       "no message processed for 42 s while 17 wait (limit 30 s)");
  // [/test]
  return found;
}

}  // namespace

int main() {
  const Queue queue;
  std::vector<absl::StatusOr<vitals::HealthCheck>> checks;
  checks.push_back(CheckProgress(queue));
  checks.push_back(CheckErrorRate(queue));
  checks.push_back(CheckDepth(queue));
  checks.push_back(CheckAge(queue));
  checks.push_back(CheckProcess());
  checks.push_back(CheckDisk("/"));
  for (const auto& check : checks) {
    if (!check.ok()) {
      std::cerr << check.status().message() << '\n';
      return 1;
    }
    const vitals::HealthResult result = (*check)();
    std::cout << vitals::HealthStatusName(result.status) << ' ' << result.reason << '\n';
  }
  const auto monitor = vitals::HealthMonitor::Create();
  if (!monitor.ok() || !WatchDisk(**monitor).ok()) return 1;
  return StallIsFound() ? 0 : 1;
}
