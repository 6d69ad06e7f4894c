#include "vitals/trace/sampler.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "trace/random_bits.h"

VITALS_NAMESPACE_BEGIN

namespace trace {

/// The generic cell rate algorithm (ITU-T I.371): one number, the time at which the bucket would be
/// full again.
class RateLimiter {
 public:
  explicit RateLimiter(double per_second)
      // Upwards: at most so many.
      : interval_ns_(static_cast<std::uint64_t>(std::ceil(1e9 / per_second))),
        burst_ns_(interval_ns_ *
                  std::max(std::uint64_t{1}, static_cast<std::uint64_t>(per_second))) {}

  bool Take(std::uint64_t now_ns) noexcept {
    // Relaxed: one number, that orders nothing else.
    std::uint64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t next = std::max(full_at, now_ns) + interval_ns_;
      if (next - now_ns > burst_ns_) return false;
      if (full_at_ns_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return true;
    }
  }

 private:
  const std::uint64_t interval_ns_;
  const std::uint64_t burst_ns_;
  std::atomic<std::uint64_t> full_at_ns_{0};
};

}  // namespace trace

std::uint64_t Sampler::RatioThreshold(double share) noexcept {
  if (!(share > 0)) return trace::kRandomValues;
  if (share >= 1) return 0;
  // Of the share, which is small where digits count.
  const double chosen = share * static_cast<double>(trace::kRandomValues);
  return trace::kRandomValues - static_cast<std::uint64_t>(std::llround(chosen));
}

Sampler Sampler::Ratio(double share) noexcept {
  Sampler sampler(Rule::kRatio);
  sampler.threshold_ = RatioThreshold(share);
  return sampler;
}

Sampler Sampler::RateLimited(double traces_per_second) {
  constexpr double kLowest = 1e-6;
  constexpr double kHighest = 1e6;
  Sampler sampler(Rule::kRateLimited);
  const double rate = traces_per_second > kLowest ? std::min(traces_per_second, kHighest) : kLowest;
  sampler.limiter_ = std::make_shared<trace::RateLimiter>(rate);
  return sampler;
}

Sampler Sampler::Custom(std::function<bool(const SamplingRequest&)> decide) {
  if (!decide) return Never();
  Sampler sampler(Rule::kCustom);
  sampler.custom_ =
      std::make_shared<const std::function<bool(const SamplingRequest&)>>(std::move(decide));
  return sampler;
}

Sampler Sampler::AllSpans() const {
  Sampler sampler = *this;
  sampler.all_spans_ = true;
  return sampler;
}

bool Sampler::ShouldSample(const SamplingRequest& request, std::uint64_t ticks_ns) const noexcept {
  if (!all_spans_ && request.parent.IsValid()) return request.parent.IsSampled();
  return Decide(request, ticks_ns);
}

bool Sampler::Decide(const SamplingRequest& request, std::uint64_t ticks_ns) const noexcept {
  switch (rule_) {
    case Rule::kAlways:
      return true;
    case Rule::kNever:
      return false;
    case Rule::kRatio:
      return trace::RandomBits(request.trace_id) >= threshold_;
    case Rule::kRateLimited:
      return limiter_->Take(ticks_ns);
    case Rule::kCustom:
      return (*custom_)(request);
  }
  return false;
}

VITALS_NAMESPACE_END
