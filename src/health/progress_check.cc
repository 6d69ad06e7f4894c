#include "vitals/health/progress_check.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/figures.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN

absl::StatusOr<ProgressCheck> ProgressCheck::Create(ProgressCheckOptions options) {
  absl::Status status = health::CheckFunction("processed", options.processed != nullptr,
                                              "how many messages were processed so far");
  status.Update(
      health::CheckFunction("waiting", options.waiting != nullptr, "how many messages wait now"));
  status.Update(health::CheckDuration("stall_timeout", options.stall_timeout,
                                      std::chrono::milliseconds(1), std::chrono::hours(24)));
  if (!status.ok()) return status;
  return ProgressCheck(std::move(options));
}

ProgressCheck::ProgressCheck(ProgressCheckOptions options) : options_(std::move(options)) {}

HealthResult ProgressCheck::operator()() {
  const std::uint64_t waiting = options_.waiting();
  const std::uint64_t processed = options_.processed();
  const Clock& clock = options_.clock != nullptr ? *options_.clock : Clock::System();
  const Clock::MonotonicTime now = clock.MonotonicNow();
  const bool moved = processed != std::exchange(processed_, processed);
  if (waiting == 0) {
    unmoved_since_.reset();
    return HealthResult::Healthy();
  }
  if (moved || !unmoved_since_) unmoved_since_ = now;
  const std::chrono::nanoseconds unmoved = now - *unmoved_since_;
  if (unmoved < options_.stall_timeout) return HealthResult::Healthy();
  return HealthResult::Unhealthy(fmt::format("no message processed for {} while {} wait (limit {})",
                                             health::FormatDuration(unmoved), waiting,
                                             health::FormatDuration(options_.stall_timeout)));
}

VITALS_NAMESPACE_END
