#ifndef VITALS_SRC_API_TRACE_QUERY_PARSER_H_
#define VITALS_SRC_API_TRACE_QUERY_PARSER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// Reads what a search asks for from the query of its URL: see AddTraceRoutes(). Without a limit it
/// is `default_limit`. InvalidArgument names the field and what would be right. A field that is not
/// known, or is there twice, is refused, so that a mistyped one does not widen the search.
absl::StatusOr<TraceQuery> ParseTraceQuery(std::string_view query, std::size_t default_limit);

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_TRACE_QUERY_PARSER_H_
