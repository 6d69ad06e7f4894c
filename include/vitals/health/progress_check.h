#ifndef VITALS_HEALTH_PROGRESS_CHECK_H_
#define VITALS_HEALTH_PROGRESS_CHECK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What a ProgressCheck looks at.
struct ProgressCheckOptions {
  /// How many messages were processed so far, failed ones included: a total that grows.
  std::function<std::uint64_t()> processed = {};
  /// How many messages wait now. One that is being processed may count or not; when it does, one
  /// that takes longer than `stall_timeout` is a stall.
  std::function<std::uint64_t()> waiting = {};
  /// 1 ms to 24 hours. The check should run several times as often.
  std::chrono::nanoseconds stall_timeout = std::chrono::seconds(30);
  /// For the time since the last progress; null for the system's.
  std::shared_ptr<const Clock> clock = nullptr;
};

/// Messages must be processed while some wait: unhealthy when at each run for `stall_timeout` there
/// were messages that waited, and `processed` was the same. A total that goes back, as that of a
/// component that was restarted, is progress. What is processed between two runs without a
/// message that waits at either is neither seen nor missed.
///
///     auto check = vitals::ProgressCheck::Create(
///         {.processed = [&] { return queue.taken(); }, .waiting = [&] { return queue.size(); }});
///
/// Remembers the previous run. Runs must come one at a time, as those of one HealthMonitor do; give
/// each component a check of its own. It throws what the functions throw.
class VITALS_EXPORT ProgressCheck {
 public:
  /// InvalidArgument for an option that is missing or out of its range; the message names it.
  static absl::StatusOr<ProgressCheck> Create(ProgressCheckOptions options);

  HealthResult operator()();

 private:
  explicit ProgressCheck(ProgressCheckOptions options);

  ProgressCheckOptions options_;
  std::uint64_t processed_ = 0;
  // Since when there was no progress as far as can be told; none while nothing waits.
  std::optional<Clock::MonotonicTime> unmoved_since_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_PROGRESS_CHECK_H_
