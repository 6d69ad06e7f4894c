#ifndef VITALS_METRICS_SCOPED_TIMER_H_
#define VITALS_METRICS_SCOPED_TIMER_H_

#include <chrono>

#include "vitals/base/config.h"
#include "vitals/metrics/gauge.h"
#include "vitals/metrics/histogram.h"

VITALS_NAMESPACE_BEGIN

/// Observes the seconds from its construction to its end. Lives on the stack of one thread.
///
///     {
///       vitals::ScopedTimer timer(request_seconds);
///       Handle(request);
///     }
///
/// Costs two readings of the steady clock, about 25 ns each, and an observation.
class ScopedTimer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ScopedTimer(const Histogram& histogram) noexcept
      : histogram_(histogram), start_(Clock::now()) {}
  VITALS_INLINE ~ScopedTimer() {
    if (armed_) histogram_.Observe(ElapsedSeconds());
  }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

  /// Seconds since construction.
  double ElapsedSeconds() const noexcept {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

  /// Observes into another histogram at the end, e.g. once the outcome is known.
  void SetTarget(const Histogram& histogram) noexcept { histogram_ = histogram; }

  /// Observes nothing at the end.
  void Cancel() noexcept { armed_ = false; }

 private:
  Histogram histogram_;
  Clock::time_point start_;
  bool armed_ = true;
};

/// Raises a gauge by one for as long as it lives: requests in flight, jobs active.
class InFlightGuard {
 public:
  VITALS_INLINE explicit InFlightGuard(const Gauge& gauge) noexcept : gauge_(gauge) {
    gauge_.Add(1);
  }
  VITALS_INLINE ~InFlightGuard() { gauge_.Add(-1); }
  InFlightGuard(const InFlightGuard&) = delete;
  InFlightGuard& operator=(const InFlightGuard&) = delete;

 private:
  Gauge gauge_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_SCOPED_TIMER_H_
