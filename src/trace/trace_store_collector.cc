#include "vitals/trace/trace_store_collector.h"

#include <string>

#include "vitals/model/labels.h"

VITALS_NAMESPACE_BEGIN
namespace {

CollectedFamily Family(const char* name, const char* help, MetricType type) {
  return {.name = std::string("vitals_trace_store_") + name, .help = help, .type = type};
}

CollectedFamily Gauge(const char* name, const char* help, std::size_t value) {
  CollectedFamily family = Family(name, help, MetricType::kGauge);
  family.samples = {{Labels(), static_cast<double>(value)}};
  return family;
}

CollectedFamily Counter(const char* name, const char* help, std::uint64_t value) {
  CollectedFamily family = Family(name, help, MetricType::kCounter);
  family.samples = {{Labels(), static_cast<double>(value)}};
  return family;
}

CollectedFamily CounterByReason(const char* name, const char* help,
                                const std::vector<std::pair<const char*, std::uint64_t>>& reasons) {
  CollectedFamily family = Family(name, help, MetricType::kCounter);
  for (const auto& [reason, value] : reasons) {
    family.samples.emplace_back(Labels{{"reason", reason}}, static_cast<double>(value));
  }
  return family;
}

}  // namespace

std::vector<CollectedFamily> TraceStoreCollector::Collect() {
  const std::shared_ptr<const TraceStore> store = store_.lock();
  if (store == nullptr) return {};
  const TraceStoreStats stats = store->stats();
  return {
      Gauge("traces", "Traces that are kept.", stats.traces),
      Gauge("spans", "Spans of kept traces.", stats.spans),
      Gauge("bytes", "Memory of kept traces and indexes.", stats.bytes),
      Gauge("pending_traces", "Traces that are not decided yet.", stats.pending_traces),
      Gauge("pending_spans", "Spans of pending traces.", stats.pending_spans),
      Gauge("pending_bytes", "Memory of pending traces.", stats.pending_bytes),
      Counter("received_spans_total", "Spans that came.", stats.received_spans),
      CounterByReason("kept_traces_total", "Traces that were kept, and why.",
                      {{"everything", stats.kept_everything},
                       {"error", stats.kept_errors},
                       {"slow", stats.kept_slow},
                       {"random", stats.kept_random}}),
      Counter("dropped_traces_total", "Traces for which there was no reason to keep them.",
              stats.dropped_traces),
      CounterByReason("dropped_spans_total", "Spans that were not kept, and why.",
                      {{"not_kept", stats.dropped_spans_not_kept},
                       {"late", stats.dropped_spans_late},
                       {"limit", stats.dropped_spans_limit}}),
      Counter("dropped_late_errors_total", "Errors that came after their trace was dropped.",
              stats.dropped_late_errors),
      CounterByReason("evicted_traces_total", "Kept traces that had to go, and why.",
                      {{"bytes", stats.evicted_traces_bytes}, {"age", stats.evicted_traces_age}}),
      Counter("evicted_spans_total", "Spans of evicted traces.", stats.evicted_spans),
      Counter("late_spans_total", "Spans that came after their trace was kept.", stats.late_spans),
      Counter("incomplete_traces_total", "Traces that were decided without their root.",
              stats.incomplete_traces),
      Counter("early_decisions_total", "Traces that were decided early for want of memory.",
              stats.early_decisions),
  };
}

VITALS_NAMESPACE_END
