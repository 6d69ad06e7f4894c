#include "telemetry/trace_collector.h"

#include <cstdint>

#include "vitals/base/interned_name.h"
#include "vitals/trace/trace_state.h"

VITALS_NAMESPACE_BEGIN

std::vector<CollectedFamily> TraceCollector::Collect() {
  const std::shared_ptr<const TracerProvider> provider = provider_.lock();
  if (provider == nullptr) return {};
  const TraceStats stats = provider->stats();
  const auto sample = [](const char* reason, std::uint64_t value) {
    return CollectedSample{Labels({{"reason", reason}}), static_cast<double>(value)};
  };
  return {{.name = "vitals_trace_spans_total",
           .help = "Ended spans that were handed to the processors.",
           .type = MetricType::kCounter,
           .samples = {{Labels(), static_cast<double>(stats.spans)}}},
          {.name = "vitals_trace_dropped_spans_total",
           .help = "Sampled spans that were lost.",
           .type = MetricType::kCounter,
           .samples = {sample("ring_full", stats.dropped_ring_full),
                       sample("no_ring", stats.dropped_no_ring),
                       sample("backlog", stats.dropped_backlog)}},
          {.name = "vitals_trace_unlisted_open_spans_total",
           .help = "Spans that were not listed while they were open, for want of a place.",
           .type = MetricType::kCounter,
           .samples = {{Labels(), static_cast<double>(stats.unlisted_open_spans)}}},
          {.name = "vitals_trace_refused_names_total",
           .help = "Names of spans and keys beyond the most that a process keeps.",
           .type = MetricType::kCounter,
           .samples = {{Labels(), static_cast<double>(RefusedNames())}}},
          {.name = "vitals_trace_evicted_states_total",
           .help = "Tracestates that made room for others.",
           .type = MetricType::kCounter,
           .samples = {{Labels(), static_cast<double>(EvictedTraceStates())}}}};
}

VITALS_NAMESPACE_END
