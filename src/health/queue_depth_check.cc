#include "vitals/health/queue_depth_check.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/limits.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN

absl::StatusOr<QueueDepthCheck> QueueDepthCheck::Create(QueueDepthCheckOptions options) {
  absl::Status status =
      health::CheckFunction("depth", options.depth != nullptr, "how many items wait now");
  if (!health::HasLimit(options.max_depth)) {
    status.Update(absl::InvalidArgumentError(
        "max_depth has no limit: give max_depth.degraded, max_depth.unhealthy or both"));
  }
  status.Update(health::CheckLimits("max_depth", health::LimitKind::kMax, options.max_depth));
  if (!status.ok()) return status;
  return QueueDepthCheck(std::move(options));
}

QueueDepthCheck::QueueDepthCheck(QueueDepthCheckOptions options) : options_(std::move(options)) {}

HealthResult QueueDepthCheck::operator()() const {
  const std::uint64_t depth = options_.depth();
  const auto passed = health::FindPassedLimit(health::LimitKind::kMax, depth, options_.max_depth);
  if (!passed) return HealthResult::Healthy();
  return {passed->status, fmt::format("{} items wait (limit {})", depth, passed->limit)};
}

VITALS_NAMESPACE_END
