#include "vitals/metrics/trace_exemplar.h"

#include <array>
#include <string_view>

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// The labels of a span, and the text that they are views of.
class SpanLabels {
 public:
  explicit SpanLabels(const SpanContext& context) noexcept
      : trace_id_(context.trace_id.ToHex()),
        span_id_(context.span_id.ToHex()),
        pairs_{{{"trace_id", {trace_id_.data(), trace_id_.size()}},
                {"span_id", {span_id_.data(), span_id_.size()}}}} {}
  SpanLabels(const SpanLabels&) = delete;
  SpanLabels& operator=(const SpanLabels&) = delete;

  ExemplarLabels view() const noexcept { return ExemplarLabels(pairs_); }

 private:
  std::array<char, TraceId::kHexDigits> trace_id_;
  std::array<char, SpanId::kHexDigits> span_id_;
  std::array<ExemplarLabels::Pair, 2> pairs_;
};

}  // namespace

void ObserveTraced(const Histogram& histogram, double value, const SpanContext& context) noexcept {
  const SpanLabels labels(context);
  histogram.ObserveWithExemplar(value, labels.view());
}

void IncrementTraced(const Counter& counter, std::uint64_t amount,
                     const SpanContext& context) noexcept {
  const SpanLabels labels(context);
  counter.IncrementWithExemplar(amount, labels.view());
}

void IncrementTraced(const DoubleCounter& counter, double amount,
                     const SpanContext& context) noexcept {
  const SpanLabels labels(context);
  counter.IncrementWithExemplar(amount, labels.view());
}

}  // namespace metrics
VITALS_NAMESPACE_END
