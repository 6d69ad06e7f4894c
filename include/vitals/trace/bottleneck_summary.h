#ifndef VITALS_TRACE_BOTTLENECK_SUMMARY_H_
#define VITALS_TRACE_BOTTLENECK_SUMMARY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_analysis.h"

VITALS_NAMESPACE_BEGIN

/// What the spans of one component and name cost, over many traces.
struct Bottleneck : SpanNameTimes {
  double critical_path_share = 0;  ///< of the time on all critical paths, from 0 to 1
  /// Quantiles of the duration, within kSummaryRelativeError, for up to 208 days.
  std::uint64_t p50_ns = 0;
  std::uint64_t p95_ns = 0;
  std::uint64_t p99_ns = 0;
};

/// Where the time of many traces goes, by component and span name: the list of bottlenecks. Fed
/// trace by trace, it keeps none of them.
///
/// Memory is bounded by the number of names: each takes some KiB, by how far its durations spread,
/// and never above 50 KiB. Not thread-safe.
class VITALS_EXPORT BottleneckSummary {
 public:
  /// Keeps `max_names` pairs of component and name apart, and counts all further ones as one, which
  /// has no component and the name kTooManyNames.
  explicit BottleneckSummary(std::size_t max_names = 1'000);
  ~BottleneckSummary();
  BottleneckSummary(BottleneckSummary&& other) noexcept;
  BottleneckSummary& operator=(BottleneckSummary&& other) noexcept;

  /// Adds the spans of one trace: see ComputeCriticalPath() for what they may be, and for the cost.
  /// A trace that comes twice counts twice. When it fails, with ResourceExhausted for more spans
  /// than kMaxAnalyzedSpans, nothing was added.
  absl::Status AddTrace(std::span<const SpanData> spans);

  /// The `limit` names with the most time on critical paths; then those with the most self time,
  /// then by component and name.
  std::vector<Bottleneck> Top(std::size_t limit) const;

  std::uint64_t trace_count() const noexcept;

  /// Of all traces together.
  std::uint64_t critical_path_ns() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_BOTTLENECK_SUMMARY_H_
