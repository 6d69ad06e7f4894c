#ifndef VITALS_SRC_TELEMETRY_TRACE_COLLECTOR_H_
#define VITALS_SRC_TELEMETRY_TRACE_COLLECTOR_H_

#include <memory>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"
#include "vitals/trace/tracer_provider.h"

VITALS_NAMESPACE_BEGIN

/// Shows what became of a provider's spans, as `vitals_trace_...`, for as long as it lives.
class TraceCollector final : public Collector {
 public:
  explicit TraceCollector(std::weak_ptr<const TracerProvider> provider)
      : provider_(std::move(provider)) {}

  std::vector<CollectedFamily> Collect() override;

 private:
  const std::weak_ptr<const TracerProvider> provider_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_TRACE_COLLECTOR_H_
