#ifndef VITALS_SRC_TRACE_TRACE_ASSEMBLY_H_
#define VITALS_SRC_TRACE_TRACE_ASSEMBLY_H_

#include <string_view>

#include "trace/name_table.h"
#include "vitals/base/config.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Decodes the records of the trace with this summary, sorts and marks its spans.
StoredTrace AssembleTrace(const TraceSummary& summary, std::string_view records,
                          const NameTable& names);

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_ASSEMBLY_H_
