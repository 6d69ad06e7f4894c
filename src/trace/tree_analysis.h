#ifndef VITALS_SRC_TRACE_TREE_ANALYSIS_H_
#define VITALS_SRC_TRACE_TREE_ANALYSIS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "trace/trace_tree.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/critical_path.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// ResourceExhausted for more spans than kMaxAnalyzedSpans, whose tree is not to be made.
VITALS_EXPORT absl::Status CheckAnalyzable(std::span<const SpanData> spans);

/// The critical path of the spans that `tree` was made of.
CriticalPath WalkCriticalPath(std::span<const SpanData> spans, const TraceTree& tree);

/// TraceAnalysis::self_ns of the spans that `tree` was made of.
std::vector<std::uint64_t> SelfTimes(std::span<const SpanData> spans, const TraceTree& tree);

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TREE_ANALYSIS_H_
