#ifndef VITALS_VITALS_H_
#define VITALS_VITALS_H_

/// \file
/// Everything a host needs to be observed. Code that only records may include the header of its
/// instrument, such as "vitals/metrics/counter.h", or "vitals/trace/tracer.h", which is lighter.

#include "vitals/exposition/openmetrics_encoder.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/health/health_monitor.h"
#include "vitals/metrics/collector.h"
#include "vitals/metrics/enum_family.h"
#include "vitals/metrics/gatherer_group.h"
#include "vitals/metrics/histogram_batch.h"
#include "vitals/metrics/registry.h"
#include "vitals/metrics/sampled.h"
#include "vitals/metrics/scoped_timer.h"
#include "vitals/metrics/trace_exemplar.h"
#include "vitals/telemetry/telemetry.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/propagation.h"
#include "vitals/trace/tracer.h"

#endif  // VITALS_VITALS_H_
