#include "health/option_checks.h"

#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "health/component_name.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds kDay = hours(24);
constexpr nanoseconds kLongestAge = 30 * kDay;

std::string Text(nanoseconds duration) {
  return fmt::format("{} s", std::chrono::duration<double>(duration).count());
}

absl::Status CheckDuration(std::string_view option, nanoseconds value, nanoseconds least,
                           nanoseconds most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is {}: choose from {} to {}", option, Text(value), Text(least), Text(most)));
}

template <typename Number>
absl::Status CheckNumber(std::string_view option, Number value, Number least, Number most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is {}: choose from {} to {}", option, value, least, most));
}

absl::Status CheckRules(const HealthRules& rules) {
  absl::Status status = CheckNumber("rules.failure_threshold", rules.failure_threshold, 1, 1000);
  status.Update(CheckNumber("rules.success_threshold", rules.success_threshold, 1, 1000));
  status.Update(CheckDuration("rules.start_grace", rules.start_grace, nanoseconds(0), kDay));
  status.Update(CheckDuration("rules.min_dwell", rules.min_dwell, nanoseconds(0), kDay));
  status.Update(CheckDuration("rules.flap_window", rules.flap_window, milliseconds(1), kDay));
  if (rules.flap_changes != 0 && (rules.flap_changes < 2 || rules.flap_changes > 100)) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("rules.flap_changes is {}: choose from 2 to 100, or 0 for no detection",
                    rules.flap_changes)));
  }
  return status;
}

absl::Status CheckGroups(const std::vector<std::string>& groups) {
  constexpr std::size_t kMaxGroups = 32;
  if (groups.size() > kMaxGroups) {
    return absl::InvalidArgumentError(
        fmt::format("groups has {} names: use at most {}", groups.size(), kMaxGroups));
  }
  absl::Status status;
  for (const std::string& group : groups) status.Update(ValidateGroupName(group));
  return status;
}

absl::Status CheckUnder(const std::string& under) {
  return under.empty() ? absl::OkStatus() : ValidateComponentName(under);
}

}  // namespace

absl::Status ValidateOptions(const HealthMonitorOptions& options) {
  absl::Status status =
      CheckNumber<std::size_t>("max_components", options.max_components, 1, 1'000'000);
  status.Update(CheckNumber<std::size_t>("max_threads", options.max_threads, 1, 4096));
  status.Update(CheckNumber<std::size_t>("kept_results", options.kept_results, 1, 1000));
  status.Update(CheckNumber<std::size_t>("kept_transitions", options.kept_transitions, 1, 10'000));
  status.Update(CheckDuration("stop_timeout", options.stop_timeout, nanoseconds(0), hours(1)));
  return status;
}

absl::Status ValidateOptions(const HealthCheckOptions& options) {
  absl::Status status = CheckDuration("interval", options.interval, milliseconds(1), kDay);
  status.Update(CheckNumber("jitter", options.jitter, 0.0, 0.9));
  status.Update(CheckDuration("timeout", options.timeout, milliseconds(1), kDay));
  if (status.ok() && options.timeout > options.interval && !options.allow_timeout_above_interval) {
    status = absl::InvalidArgumentError(
        fmt::format("timeout is {}, which is above the interval of {}: choose a shorter timeout or "
                    "a longer interval, or set allow_timeout_above_interval",
                    Text(options.timeout), Text(options.interval)));
  }
  if (status.ok() && options.max_age.count() != 0) {
    status =
        CheckDuration("max_age", options.max_age, options.interval + options.timeout, kLongestAge);
  }
  status.Update(CheckRules(options.rules));
  status.Update(CheckGroups(options.groups));
  return status;
}

absl::Status ValidateOptions(const HealthReporterOptions& options) {
  absl::Status status;
  if (options.max_age.count() != 0) {
    status = CheckDuration("max_age", options.max_age, milliseconds(1), kLongestAge);
  }
  status.Update(CheckRules(options.rules));
  status.Update(CheckGroups(options.groups));
  return status;
}

absl::Status ValidateOptions(const HealthSubscriptionOptions& options) {
  absl::Status status = CheckUnder(options.under);
  status.Update(CheckNumber<std::size_t>("max_waiting", options.max_waiting, 1, 1'000'000));
  return status;
}

absl::Status ValidateOptions(const RestartOptions& options) {
  absl::Status status = CheckUnder(options.under);
  status.Update(CheckDuration("initial_backoff", options.initial_backoff, milliseconds(1), kDay));
  status.Update(CheckDuration("max_backoff", options.max_backoff, options.initial_backoff, kDay));
  status.Update(CheckNumber("max_restarts", options.max_restarts, 1, 1000));
  status.Update(CheckDuration("window", options.window, milliseconds(1), kDay));
  return status;
}

absl::Status ValidateOptions(const HealthConfig& config) {
  absl::Status status =
      CheckDuration("check_interval", config.check_interval, milliseconds(1), kDay);
  status.Update(
      CheckDuration("check_timeout", config.check_timeout, milliseconds(1), config.check_interval));
  status.Update(CheckNumber("failure_threshold", config.failure_threshold, 1, 1000));
  return status;
}

nanoseconds MaxAge(const HealthCheckOptions& options) {
  if (options.max_age.count() != 0) return options.max_age;
  return 3 * options.interval + options.timeout;
}

}  // namespace health
VITALS_NAMESPACE_END
