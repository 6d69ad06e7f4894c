#ifndef VITALS_METRICS_SAMPLED_H_
#define VITALS_METRICS_SAMPLED_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/histogram.h"

/// \file
/// Recorders that record one event in N, as if it had come N times: for paths so hot that even a
/// nanosecond counts, or whose measuring costs more than their work. Totals are unbiased: their
/// expected value is the true one. A total of n events is off by a standard deviation of
/// sqrt(n (N - 1)), which is 1% for a million events at N = 100.
///
/// A recorder belongs to one thread. Its handle, and so its series, is shared as any other.

VITALS_NAMESPACE_BEGIN

/// Chooses each event with probability 1/N, independently of all others, and does almost nothing
/// for those that it does not choose: it counts down to the next one, whose distance is drawn from
/// a geometric distribution.
class EventSampler {
 public:
  /// `one_in` is N, at least 1 (0 is taken for 1). Samplers draw different numbers unless they are
  /// given the same `seed`.
  VITALS_EXPORT explicit EventSampler(std::uint32_t one_in) noexcept;
  VITALS_EXPORT EventSampler(std::uint32_t one_in, std::uint64_t seed) noexcept;

  /// Whether this event is chosen.
  VITALS_INLINE bool Next() noexcept {
    if (--remaining_ != 0) [[likely]] {
      return false;
    }
    Draw();
    return true;
  }

  /// What a chosen event stands for: N.
  std::uint32_t weight() const noexcept { return one_in_; }

 private:
  VITALS_EXPORT void Draw() noexcept;

  std::uint64_t remaining_ = 1;
  std::uint32_t one_in_;
  double log_of_rest_ = 0;  // log(1 - 1/N)
  std::uint64_t random_state_;
};

/// Counts one event in N.
class SampledCounter {
 public:
  SampledCounter(const Counter& counter, std::uint32_t one_in) noexcept
      : counter_(counter), sampler_(one_in) {}
  SampledCounter(const Counter& counter, const EventSampler& sampler) noexcept
      : counter_(counter), sampler_(sampler) {}

  /// Adds `amount`, in the long run.
  VITALS_INLINE void Increment(std::uint64_t amount = 1) noexcept {
    if (sampler_.Next()) [[unlikely]] {
      counter_.Increment(amount * sampler_.weight());
    }
  }

 private:
  Counter counter_;
  EventSampler sampler_;
};

/// Observes one event in N.
class SampledHistogram {
 public:
  SampledHistogram(const Histogram& histogram, std::uint32_t one_in) noexcept
      : histogram_(histogram), sampler_(one_in) {}
  SampledHistogram(const Histogram& histogram, const EventSampler& sampler) noexcept
      : histogram_(histogram), sampler_(sampler) {}

  /// Records one value, in the long run.
  VITALS_INLINE void Observe(double value) noexcept {
    if (sampler_.Next()) [[unlikely]] {
      histogram_.ObserveRepeated(value, sampler_.weight());
    }
  }

  /// Records what `measure()` returns, which is called only for an event that is chosen: for values
  /// that cost something to find out.
  template <typename Measure>
  VITALS_INLINE void ObserveResult(const Measure& measure) {
    if (sampler_.Next()) [[unlikely]] {
      histogram_.ObserveRepeated(measure(), sampler_.weight());
    }
  }

 private:
  Histogram histogram_;
  EventSampler sampler_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_SAMPLED_H_
