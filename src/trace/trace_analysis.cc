#include "vitals/trace/trace_analysis.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "trace/trace_tree.h"
#include "trace/tree_analysis.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

struct Interval {
  std::uint64_t start;
  std::uint64_t end;
};

// How long at least one of them lasts. `intervals` rise by start.
std::uint64_t UnionOf(std::span<const Interval> intervals) {
  std::uint64_t covered = 0;
  std::uint64_t covered_until = 0;
  for (const Interval& interval : intervals) {
    const std::uint64_t start = std::max(interval.start, covered_until);
    if (interval.end <= start) continue;
    covered += interval.end - start;
    covered_until = interval.end;
  }
  return covered;
}

bool IsWorse(const SpanNameTimes& a, const SpanNameTimes& b) {
  return std::tuple(b.critical_path_ns, b.self_ns, a.component, a.name) <
         std::tuple(a.critical_path_ns, a.self_ns, b.component, b.name);
}

std::vector<SpanNameTimes> TimesByName(std::span<const SpanData> spans, const TraceTree& tree,
                                       const TraceAnalysis& analysis) {
  std::vector<SpanNameTimes> names;
  absl::flat_hash_map<std::pair<std::string_view, std::string_view>, std::size_t> index;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const SpanData& span = spans[i];
    if (tree.IsDuplicate(i)) continue;
    const auto [at, is_new] = index.try_emplace({span.component, span.name}, names.size());
    if (is_new) names.push_back({.component = span.component, .name = span.name});
    SpanNameTimes& times = names[at->second];
    times.count += 1;
    times.errors += span.status == SpanStatus::kError ? 1 : 0;
    times.total_ns += span.duration_ns();
    times.self_ns += analysis.self_ns[i];
    times.critical_path_ns += analysis.critical_path.exclusive_ns[i];
  }
  std::sort(names.begin(), names.end(), IsWorse);
  return names;
}

}  // namespace

std::vector<std::uint64_t> SelfTimes(std::span<const SpanData> spans, const TraceTree& tree) {
  std::vector<std::uint64_t> self_ns(spans.size());
  std::vector<Interval> children;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const SpanData& span = spans[i];
    if (tree.IsDuplicate(i)) continue;
    children.clear();
    for (const std::uint32_t child : tree.AwaitedChildren(i)) {
      children.push_back({std::max(spans[child].start_unix_ns, span.start_unix_ns),
                          std::min(spans[child].end_unix_ns, span.end_unix_ns)});
    }
    std::sort(children.begin(), children.end(),
              [](const Interval& a, const Interval& b) { return a.start < b.start; });
    self_ns[i] = span.duration_ns() - UnionOf(children);
  }
  return self_ns;
}

}  // namespace trace

absl::StatusOr<TraceAnalysis> AnalyzeTrace(std::span<const SpanData> spans) {
  if (absl::Status status = trace::CheckAnalyzable(spans); !status.ok()) return status;
  const trace::TraceTree tree(spans);
  TraceAnalysis analysis;
  analysis.duplicate = tree.duplicates();
  analysis.critical_path = trace::WalkCriticalPath(spans, tree);
  analysis.self_ns = trace::SelfTimes(spans, tree);
  analysis.names = trace::TimesByName(spans, tree, analysis);
  return analysis;
}

VITALS_NAMESPACE_END
