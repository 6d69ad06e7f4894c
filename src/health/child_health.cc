#include "vitals/health/child_health.h"

#include "absl/status/status.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kShortest = std::chrono::milliseconds(1);
constexpr nanoseconds kLongest = std::chrono::hours(24);
constexpr int kMaxFailureThreshold = 1000;

std::string Seconds(nanoseconds time) {
  return fmt::format("{} s", std::chrono::duration<double>(time).count());
}

absl::Status CheckTime(std::string_view name, nanoseconds time) {
  if (time >= kShortest && time <= kLongest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is {}, must be from 1 ms to 24 hours", name, Seconds(time)));
}

absl::Status Validate(const HealthConfig& config) {
  absl::Status status = CheckTime("check_interval", config.check_interval);
  status.Update(CheckTime("check_timeout", config.check_timeout));
  if (!status.ok()) return status;
  if (config.check_timeout > config.check_interval) {
    return absl::InvalidArgumentError(
        fmt::format("check_timeout is {}, must be at most check_interval, which is {}",
                    Seconds(config.check_timeout), Seconds(config.check_interval)));
  }
  if (config.failure_threshold < 1 || config.failure_threshold > kMaxFailureThreshold) {
    return absl::InvalidArgumentError(fmt::format("failure_threshold is {}, must be from 1 to {}",
                                                  config.failure_threshold, kMaxFailureThreshold));
  }
  return absl::OkStatus();
}

}  // namespace

ChildHealth ChildHealth::From(HealthResult result) {
  switch (result.status) {
    case HealthStatus::kHealthy:
      return {Kind::kHealthy, std::move(result.reason)};
    case HealthStatus::kDegraded:
      return {Kind::kDegraded, std::move(result.reason)};
    case HealthStatus::kUnknown:
    case HealthStatus::kUnhealthy:
      break;
  }
  return {Kind::kFailed, std::move(result.reason)};
}

ChildHealth::operator HealthResult() const {
  switch (kind) {
    case Kind::kHealthy:
      return {HealthStatus::kHealthy, reason};
    case Kind::kDegraded:
      return {HealthStatus::kDegraded, reason};
    case Kind::kFailed:
      break;
  }
  return {HealthStatus::kUnhealthy, reason};
}

std::string_view ChildHealthKindName(ChildHealth::Kind kind) noexcept {
  switch (kind) {
    case ChildHealth::Kind::kHealthy:
      return "healthy";
    case ChildHealth::Kind::kDegraded:
      return "degraded";
    case ChildHealth::Kind::kFailed:
      return "failed";
  }
  return "failed";
}

absl::StatusOr<HealthCheckOptions> ToHealthCheckOptions(const HealthConfig& config) {
  if (const absl::Status status = Validate(config); !status.ok()) return status;
  HealthCheckOptions options;
  options.interval = config.check_interval;
  options.timeout = config.check_timeout;
  options.rules.failure_threshold = config.failure_threshold;
  options.rules.flap_changes = 0;
  return options;
}

std::string_view ChildStateName(ChildState state) noexcept {
  switch (state) {
    case ChildState::kStarting:
      return "starting";
    case ChildState::kRunning:
      return "running";
    case ChildState::kStopping:
      return "stopping";
    case ChildState::kStopped:
      return "stopped";
    case ChildState::kRestarting:
      return "restarting";
    case ChildState::kFailed:
      return "failed";
  }
  return "failed";
}

VITALS_NAMESPACE_END
