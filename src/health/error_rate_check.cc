#include "vitals/health/error_rate_check.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/figures.h"
#include "health/limits.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN
namespace {

// Runs closer than the window divided by this begin no window of their own, so that there are few.
constexpr int kWindowSteps = 60;

}  // namespace

absl::StatusOr<ErrorRateCheck> ErrorRateCheck::Create(ErrorRateCheckOptions options) {
  absl::Status status = health::CheckFunction("requests", options.requests != nullptr,
                                              "how many requests ended so far");
  status.Update(health::CheckFunction("errors", options.errors != nullptr,
                                      "how many requests failed so far"));
  status.Update(health::CheckLimits("max_ratio", health::LimitKind::kMax, options.max_ratio));
  status.Update(health::CheckDuration("window", options.window, std::chrono::milliseconds(1),
                                      std::chrono::hours(24)));
  if (options.min_requests == 0) {
    status.Update(absl::InvalidArgumentError("min_requests is 0: choose at least 1"));
  }
  if (!status.ok()) return status;
  return ErrorRateCheck(std::move(options));
}

ErrorRateCheck::ErrorRateCheck(ErrorRateCheckOptions options) : options_(std::move(options)) {}

void ErrorRateCheck::Growth::Update(std::uint64_t total) {
  const std::uint64_t last = last_total.value_or(total);
  amount += total >= last ? total - last : total;
  last_total = total;
}

ErrorRateCheck::Sample ErrorRateCheck::TakeSample() {
  const std::uint64_t errors = options_.errors();
  const std::uint64_t requests = options_.requests();
  errors_.Update(errors);
  requests_.Update(requests);
  const Clock& clock = options_.clock != nullptr ? *options_.clock : Clock::System();
  return {.time = clock.MonotonicNow(), .requests = requests_.amount, .errors = errors_.amount};
}

// Returns the beginning of the window that ends with `now`.
ErrorRateCheck::Sample ErrorRateCheck::SlideWindow(const Sample& now) {
  while (samples_.size() > 1 && now.time - samples_[1].time >= options_.window) {
    samples_.pop_front();
  }
  if (samples_.empty() || now.time - samples_.back().time >= options_.window / kWindowSteps) {
    samples_.push_back(now);
  }
  return samples_.front();
}

HealthResult ErrorRateCheck::operator()() {
  const Sample end = TakeSample();
  const Sample begin = SlideWindow(end);
  const std::uint64_t requests = end.requests - begin.requests;
  if (requests < options_.min_requests) return HealthResult::Healthy();
  // A host that counts errors first may show more of them for a moment.
  const std::uint64_t errors = std::min(end.errors - begin.errors, requests);
  const double ratio = static_cast<double>(errors) / static_cast<double>(requests);
  const auto passed = health::FindPassedLimit(health::LimitKind::kMax, ratio, options_.max_ratio);
  if (!passed) return HealthResult::Healthy();
  return {passed->status,
          fmt::format("{} of {} requests failed in the last {}, {} (limit {})", errors, requests,
                      health::FormatDuration(end.time - begin.time), health::FormatPercent(ratio),
                      health::FormatPercent(passed->limit))};
}

VITALS_NAMESPACE_END
