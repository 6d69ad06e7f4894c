#ifndef VITALS_HEALTH_QUEUE_DEPTH_CHECK_H_
#define VITALS_HEALTH_QUEUE_DEPTH_CHECK_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What a QueueDepthCheck looks at.
struct QueueDepthCheckOptions {
  /// How many items wait now.
  std::function<std::uint64_t()> depth = {};
  /// At least one of both. There is no default: what is deep for one queue is little for another.
  HealthLimits<std::uint64_t> max_depth = {};
};

/// A queue must not be too deep.
///
///     auto check = vitals::QueueDepthCheck::Create(
///         {.depth = [&] { return queue.size(); }, .max_depth = {.degraded = 1000}});
///
/// It throws what the function throws.
class VITALS_EXPORT QueueDepthCheck {
 public:
  /// InvalidArgument for an option that is missing or out of its range; the message names it.
  static absl::StatusOr<QueueDepthCheck> Create(QueueDepthCheckOptions options);

  HealthResult operator()() const;

 private:
  explicit QueueDepthCheck(QueueDepthCheckOptions options);

  QueueDepthCheckOptions options_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_QUEUE_DEPTH_CHECK_H_
