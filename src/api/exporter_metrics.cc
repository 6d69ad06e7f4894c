#include "api/exporter_metrics.h"

VITALS_NAMESPACE_BEGIN
namespace api {

absl::StatusOr<ExporterMetrics> ExporterMetrics::Create(Registry& registry) {
  const auto in_flight = registry.AddGauge(
      {.name = "vitals_exporter_scrapes_in_flight", .help = "Scrapes that are being answered."});
  const auto duration = registry.AddHistogram(
      {.name = "vitals_exporter_scrape_duration_seconds",
       .help = "Time to gather and encode a page.",
       .bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1, 10},
       .unit = "seconds"});
  const auto bytes = registry.AddHistogram({.name = "vitals_exporter_page_bytes",
                                            .help = "Sizes of pages, before compression.",
                                            .bounds = Bounds::Exponential(1024, 4, 9),
                                            .unit = "bytes"});
  const auto scrapes = registry.AddCounter(
      {.name = "vitals_exporter_scrapes_total", .help = "Scrapes by the status of their answer."},
      {"code"});
  const auto left_out =
      registry.AddCounter({.name = "vitals_exporter_gather_errors_total",
                           .help = "Collectors and families that were left out of a page."});
  absl::Status status = in_flight.status();
  status.Update(duration.status());
  status.Update(bytes.status());
  status.Update(scrapes.status());
  status.Update(left_out.status());
  if (!status.ok()) return status;
  return ExporterMetrics{
      *in_flight,           *duration, *bytes, scrapes->With("200"), scrapes->With("400"),
      scrapes->With("500"), *left_out};
}

}  // namespace api
VITALS_NAMESPACE_END
