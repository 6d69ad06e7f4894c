#ifndef VITALS_TRACE_TRACE_ANALYSIS_H_
#define VITALS_TRACE_TRACE_ANALYSIS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/critical_path.h"

VITALS_NAMESPACE_BEGIN

/// The spans of a trace, or of several, that have one component and name, taken together.
struct SpanNameTimes {
  std::string_view component;  ///< as in SpanData
  std::string_view name;
  std::uint64_t count = 0;
  std::uint64_t errors = 0;            ///< with SpanStatus::kError
  std::uint64_t total_ns = 0;          ///< the sum of durations
  std::uint64_t self_ns = 0;           ///< the sum of self times: see TraceAnalysis::self_ns
  std::uint64_t critical_path_ns = 0;  ///< exclusive time on the critical path

  friend bool operator==(const SpanNameTimes&, const SpanNameTimes&) = default;
};

/// Where the time of one trace went.
struct TraceAnalysis {
  CriticalPath critical_path;
  /// By span: whether a span before it has its id. It is left out of all else.
  std::vector<bool> duplicate;
  /// By span: its duration without the time in which at least one of its children ran, other than
  /// consumers below a producer. 0 for duplicates.
  std::vector<std::uint64_t> self_ns;
  /// The most time on the critical path first, then the most self time, then by component and name.
  std::vector<SpanNameTimes> names;
};

/// The critical path of a trace, its self times, and both by name. What is said of `spans`, errors
/// and cost at ComputeCriticalPath() holds here, and takes twice as long.
VITALS_EXPORT absl::StatusOr<TraceAnalysis> AnalyzeTrace(std::span<const SpanData> spans);

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACE_ANALYSIS_H_
