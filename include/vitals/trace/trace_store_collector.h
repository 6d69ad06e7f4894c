#ifndef VITALS_TRACE_TRACE_STORE_COLLECTOR_H_
#define VITALS_TRACE_TRACE_STORE_COLLECTOR_H_

#include <memory>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"
#include "vitals/trace/trace_store.h"

VITALS_NAMESPACE_BEGIN

/// Shows the figures of a TraceStore, for as long as it lives:
///
///   vitals_trace_store_traces, ..._spans, ..._bytes              kept, now
///   vitals_trace_store_pending_traces, ..._spans, ..._bytes      not decided yet
///   vitals_trace_store_received_spans_total
///   vitals_trace_store_kept_traces_total{reason}                 everything, error, slow, random
///   vitals_trace_store_dropped_traces_total
///   vitals_trace_store_dropped_spans_total{reason}               not_kept, late, limit
///   vitals_trace_store_dropped_late_errors_total
///   vitals_trace_store_evicted_traces_total{reason}              bytes, age
///   vitals_trace_store_evicted_spans_total
///   vitals_trace_store_late_spans_total
///   vitals_trace_store_incomplete_traces_total
///   vitals_trace_store_early_decisions_total
class VITALS_EXPORT TraceStoreCollector final : public Collector {
 public:
  explicit TraceStoreCollector(std::weak_ptr<const TraceStore> store) : store_(std::move(store)) {}

  std::vector<CollectedFamily> Collect() override;

 private:
  const std::weak_ptr<const TraceStore> store_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACE_STORE_COLLECTOR_H_
