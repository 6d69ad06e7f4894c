#include "telemetry/span_metrics.h"

#include <cstddef>
#include <utility>

#include "vitals/base/interned_name.h"
#include "vitals/metrics/trace_exemplar.h"

VITALS_NAMESPACE_BEGIN
namespace {

// Of the series of a span's duration.
constexpr std::size_t kMaxStatuses = 3;

}  // namespace

absl::StatusOr<std::shared_ptr<SpanMetrics>> SpanMetrics::Create(const SpanMetricsOptions& options,
                                                                 Registry& registry) {
  auto spans = registry.AddCounter({.name = "vitals_spans_total",
                                    .help = "Sampled spans that have ended.",
                                    .max_series = options.max_series},
                                   {"component", "span_name", "span_kind", "status_code"});
  if (!spans.ok()) return spans.status();
  auto durations = registry.AddHistogram({.name = "vitals_span_duration_seconds",
                                          .help = "From start to end of sampled spans.",
                                          .bounds = Bounds::Exponential(1e-6, 4, 14),
                                          .max_series = options.max_series,
                                          .unit = "seconds"},
                                         {"component", "span_name", "span_kind"});
  if (!durations.ok()) return durations.status();
  return std::shared_ptr<SpanMetrics>(
      new SpanMetrics(options, *std::move(spans), *std::move(durations)));
}

SpanMetrics::Series& SpanMetrics::SeriesOf(const SpanData& span) {
  Key key{span.component, span.name, span.kind, span.status};
  const auto found = series_.find(key);
  if (found != series_.end()) return found->second;
  // What the families take together past their bound needs no entries of its own.
  if (series_.size() >= kMaxStatuses * options_.max_series) series_.clear();
  key.component = InternName(span.component).view();
  key.name = InternName(span.name).view();
  const std::string_view kind = SpanKindName(span.kind);
  return series_
      .emplace(key, Series{spans_.With(key.component, key.name, kind, SpanStatusName(span.status)),
                           durations_.With(key.component, key.name, kind)})
      .first->second;
}

bool SpanMetrics::WantsExemplar(Series& series, std::uint64_t duration_ns) const {
  if (!options_.exemplars) return false;
  if (series.batch == batch_ && duration_ns <= series.slowest_ns) return false;
  series.batch = batch_;
  series.slowest_ns = duration_ns;
  return true;
}

void SpanMetrics::OnEnd(std::span<const SpanData> spans) {
  ++batch_;
  for (const SpanData& span : spans) {
    Series& series = SeriesOf(span);
    const double seconds = static_cast<double>(span.duration_ns()) * 1e-9;
    series.spans.Increment();
    if (WantsExemplar(series, span.duration_ns())) {
      ObserveWithTrace(series.duration, seconds,
                       {.trace_id = span.trace_id, .span_id = span.span_id, .flags = span.flags});
    } else {
      series.duration.Observe(seconds);
    }
  }
}

VITALS_NAMESPACE_END
