#ifndef VITALS_METRICS_TRACE_EXEMPLAR_H_
#define VITALS_METRICS_TRACE_EXEMPLAR_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/metrics/counter.h"
#include "vitals/metrics/histogram.h"
#include "vitals/model/span_context.h"

/// \file
/// Records that lead to a trace: what is recorded under a sampled span leaves an exemplar with its
/// `trace_id` and `span_id`, as Prometheus, Grafana and OpenTelemetry look for them.
///
///     vitals::ObserveWithTrace(request_seconds, timer.ElapsedSeconds());
///
/// Unless told another, the span is the calling thread's current one. Under none, or one that is
/// not sampled, these record as the plain functions do, for a load and a branch more; else the
/// exemplar adds up to 200 ns: see metrics::KeepExemplar(), also for what it allocates. Thread-safe
/// and noexcept, as the plain functions.

VITALS_NAMESPACE_BEGIN
namespace metrics {

VITALS_EXPORT void ObserveTraced(const Histogram& histogram, double value,
                                 const SpanContext& context) noexcept;
VITALS_EXPORT void IncrementTraced(const Counter& counter, std::uint64_t amount,
                                   const SpanContext& context) noexcept;
VITALS_EXPORT void IncrementTraced(const DoubleCounter& counter, double amount,
                                   const SpanContext& context) noexcept;

constexpr bool IsRecorded(const SpanContext& context) noexcept {
  return context.IsSampled() && context.IsValid();
}

}  // namespace metrics

/// Records one value, as Histogram::Observe(), with the span as its exemplar.
VITALS_INLINE void ObserveWithTrace(const Histogram& histogram, double value,
                                    const SpanContext& context = CurrentSpanContext()) noexcept {
  if (metrics::IsRecorded(context)) {
    metrics::ObserveTraced(histogram, value, context);
  } else {
    histogram.Observe(value);
  }
}

/// Adds `amount`, as Counter::Increment(), with the span as its exemplar.
VITALS_INLINE void IncrementWithTrace(const Counter& counter, std::uint64_t amount = 1,
                                      const SpanContext& context = CurrentSpanContext()) noexcept {
  if (metrics::IsRecorded(context)) {
    metrics::IncrementTraced(counter, amount, context);
  } else {
    counter.Increment(amount);
  }
}

/// Adds `amount`, as DoubleCounter::Increment(), with the span as its exemplar.
VITALS_INLINE void IncrementWithTrace(const DoubleCounter& counter, double amount = 1.0,
                                      const SpanContext& context = CurrentSpanContext()) noexcept {
  if (metrics::IsRecorded(context)) {
    metrics::IncrementTraced(counter, amount, context);
  } else {
    counter.Increment(amount);
  }
}

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_TRACE_EXEMPLAR_H_
