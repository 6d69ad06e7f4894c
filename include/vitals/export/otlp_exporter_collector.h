#ifndef VITALS_EXPORT_OTLP_EXPORTER_COLLECTOR_H_
#define VITALS_EXPORT_OTLP_EXPORTER_COLLECTOR_H_

#include <memory>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/export/otlp_http_exporter.h"
#include "vitals/metrics/collector.h"

VITALS_NAMESPACE_BEGIN

/// Shows what an OtlpHttpExporter did, as `vitals_otlp_...`, for as long as it lives: spans sent,
/// spans dropped by reason, requests that failed, retries, and what waits.
///
///     std::shared_ptr<vitals::OtlpHttpExporter> exporter = ...;
///     registry.AddCollector(std::make_shared<vitals::OtlpExporterCollector>(exporter));
class VITALS_EXPORT OtlpExporterCollector final : public Collector {
 public:
  explicit OtlpExporterCollector(std::weak_ptr<const OtlpHttpExporter> exporter)
      : exporter_(std::move(exporter)) {}

  std::vector<CollectedFamily> Collect() override;

 private:
  const std::weak_ptr<const OtlpHttpExporter> exporter_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_OTLP_EXPORTER_COLLECTOR_H_
