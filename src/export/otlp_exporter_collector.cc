#include "vitals/export/otlp_exporter_collector.h"

VITALS_NAMESPACE_BEGIN

std::vector<CollectedFamily> OtlpExporterCollector::Collect() {
  std::vector<CollectedFamily> families;
  const std::shared_ptr<const OtlpHttpExporter> exporter = exporter_.lock();
  if (exporter == nullptr) return families;
  const auto add = [&](const char* name, const char* help, MetricType type,
                       std::vector<CollectedSample> samples) {
    families.push_back({.name = name, .help = help, .type = type, .samples = std::move(samples)});
  };
  const auto number = [](auto count) { return static_cast<double>(count); };
  const auto value = [&](auto count) {
    return std::vector<CollectedSample>{{Labels(), number(count)}};
  };
  const auto reason = [&](const char* text, std::uint64_t count) {
    return CollectedSample(Labels{{"reason", text}}, number(count));
  };
  const OtlpHttpExporterStats stats = exporter->stats();
  add("vitals_otlp_spans_sent_total", "Spans that the collector took.", MetricType::kCounter,
      value(stats.sent_spans));
  add("vitals_otlp_spans_dropped_total", "Spans that were not sent.", MetricType::kCounter,
      {reason("queue_full", stats.dropped_queue_full), reason("rejected", stats.dropped_rejected),
       reason("expired", stats.dropped_expired), reason("stopped", stats.dropped_stopped)});
  add("vitals_otlp_batches_sent_total", "Requests that the collector took.", MetricType::kCounter,
      value(stats.sent_batches));
  add("vitals_otlp_requests_failed_total", "Requests without an answer of 2xx.",
      MetricType::kCounter, value(stats.failed_requests));
  add("vitals_otlp_retries_total", "Requests that sent a batch once more.", MetricType::kCounter,
      value(stats.retries));
  add("vitals_otlp_queue_spans", "Spans that wait.", MetricType::kGauge, value(stats.queue_spans));
  add("vitals_otlp_queue_bytes", "Memory of the spans that wait.", MetricType::kGauge,
      value(stats.queue_bytes));
  return families;
}

VITALS_NAMESPACE_END
