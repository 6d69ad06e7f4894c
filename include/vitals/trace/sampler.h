#ifndef VITALS_TRACE_SAMPLER_H_
#define VITALS_TRACE_SAMPLER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN

namespace trace {
class RateLimiter;
}  // namespace trace

/// What a sampler of the host's own decides on.
struct SamplingRequest {
  TraceId trace_id;
  SpanContext parent;  ///< invalid for the root of a trace
  InternedName name;
  SpanKind kind = SpanKind::kInternal;
};

/// Decides which spans are recorded, when they start. A value; copies share the state of a rate
/// limiter. Thread-safe.
///
/// Unless it is one of AllSpans(), a sampler decides for the roots of traces alone, and every other
/// span does as its parent did, here or in another process (OpenTelemetry's ParentBased).
class VITALS_EXPORT Sampler {
 public:
  /// Records every trace.
  static Sampler Always() noexcept { return Sampler(Rule::kAlways); }

  /// Records no trace that begins here.
  static Sampler Never() noexcept { return Sampler(Rule::kNever); }

  /// Records this share of the traces, from 0 to 1 (beyond: the nearest of them; NaN: 0). All
  /// processes that ask for the same share choose the same traces: a trace is chosen where the low
  /// 7 bytes of its id are at least (1 - share) * 2^56 (OpenTelemetry, "TraceState: Probability
  /// Sampling", consistent with the random flag of W3C Trace Context level 2).
  static Sampler Ratio(double share) noexcept;

  /// Records at most so many traces a second, in bursts of at most a second's worth. Above 0 up to
  /// a million; beyond, the nearest of them. A token bucket (generic cell rate algorithm).
  static Sampler RateLimited(double traces_per_second);

  /// Asks a function of the host's, on the thread that starts the span, for every root. It must be
  /// quick, thread-safe, and neither throw nor start spans.
  static Sampler Custom(std::function<bool(const SamplingRequest&)> decide);

  /// The same rule for every span, whatever its parent did.
  Sampler AllSpans() const;

  /// Whether to record. `ticks_ns` is the time on a clock that only goes forward, in nanoseconds;
  /// only RateLimited() looks at it.
  bool ShouldSample(const SamplingRequest& request, std::uint64_t ticks_ns) const noexcept;

  /// The least value of the low 7 bytes of a trace id that Ratio(share) records; 2^56 for none.
  static std::uint64_t RatioThreshold(double share) noexcept;

 private:
  friend class Span;

  enum class Rule : std::uint8_t { kAlways, kNever, kRatio, kRateLimited, kCustom };

  explicit Sampler(Rule rule) noexcept : rule_(rule) {}
  bool Decide(const SamplingRequest& request, std::uint64_t ticks_ns) const noexcept;

  Rule rule_;
  bool all_spans_ = false;
  std::uint64_t threshold_ = 0;
  std::shared_ptr<trace::RateLimiter> limiter_;
  std::shared_ptr<const std::function<bool(const SamplingRequest&)>> custom_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_SAMPLER_H_
