#ifndef VITALS_SRC_TRACE_TRACE_STATE_TABLE_H_
#define VITALS_SRC_TRACE_TRACE_STATE_TABLE_H_

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// As base::GuardNamesAtFork(), for the table of tracestates.
void GuardTraceStatesAtFork();

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_STATE_TABLE_H_
