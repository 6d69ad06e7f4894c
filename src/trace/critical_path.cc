#include "vitals/trace/critical_path.h"

#include <algorithm>
#include <tuple>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "trace/tree_analysis.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// A span with the time of it that lies within its parents'.
struct ClippedSpan {
  std::uint32_t span;
  std::uint64_t start;
  std::uint64_t end;
};

bool IsTakenBefore(const ClippedSpan& a, const ClippedSpan& b) {
  return std::tuple(b.end, b.start, a.span) < std::tuple(a.end, a.start, b.span);
}

// The walk from the end of the root to its start. It keeps one frame for each span between the root
// and where it is, and the children of all of these in one list, the innermost last.
class Walk {
 public:
  Walk(std::span<const SpanData> spans, const TraceTree& tree, CriticalPath& path)
      : spans_(spans), tree_(tree), path_(path) {}

  void Run(std::uint32_t root) {
    Enter({root, spans_[root].start_unix_ns, spans_[root].end_unix_ns});
    while (!frames_.empty()) Step();
  }

 private:
  struct Frame {
    std::uint32_t span;
    std::uint64_t start;
    std::uint64_t reached;  // what is after it is explained
    std::size_t first_child;
    std::size_t next_child;
  };

  void Enter(const ClippedSpan& span) {
    const std::size_t first = children_.size();
    frames_.push_back({span.span, span.start, span.end, first, first});
    for (const std::uint32_t child : tree_.AwaitedChildren(span.span)) {
      const std::uint64_t start = std::max(spans_[child].start_unix_ns, span.start);
      const std::uint64_t end = std::min(spans_[child].end_unix_ns, span.end);
      // Nor can a child without duration explain anything.
      if (start < end) children_.push_back({child, start, end});
    }
    std::sort(children_.begin() + static_cast<std::ptrdiff_t>(first), children_.end(),
              IsTakenBefore);
  }

  void Step() {
    Frame& frame = frames_.back();
    while (frame.next_child < children_.size() && children_[frame.next_child].end > frame.reached) {
      ++frame.next_child;
    }
    if (frame.next_child == children_.size()) {
      AddSection(frame.span, frame.start, frame.reached);
      children_.resize(frame.first_child);
      frames_.pop_back();
      return;
    }
    const ClippedSpan child = children_[frame.next_child++];
    AddSection(frame.span, child.end, frame.reached);
    frame.reached = child.start;
    Enter(child);
  }

  void AddSection(std::uint32_t span, std::uint64_t start, std::uint64_t end) {
    if (start == end) return;
    path_.sections.push_back({span, start, end});
    path_.exclusive_ns[span] += end - start;
  }

  const std::span<const SpanData> spans_;
  const TraceTree& tree_;
  CriticalPath& path_;
  std::vector<Frame> frames_;
  std::vector<ClippedSpan> children_;
};

}  // namespace

CriticalPath WalkCriticalPath(std::span<const SpanData> spans, const TraceTree& tree) {
  CriticalPath path;
  path.exclusive_ns.resize(spans.size());
  if (tree.root() == TraceTree::kNone) return path;
  path.root = tree.root();
  Walk(spans, tree, path).Run(tree.root());
  return path;
}

absl::Status CheckAnalyzable(std::span<const SpanData> spans) {
  if (spans.size() <= kMaxAnalyzedSpans) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      fmt::format("a trace of {} spans: at most {} are analyzed", spans.size(), kMaxAnalyzedSpans));
}

}  // namespace trace

absl::StatusOr<CriticalPath> ComputeCriticalPath(std::span<const SpanData> spans) {
  if (absl::Status status = trace::CheckAnalyzable(spans); !status.ok()) return status;
  return trace::WalkCriticalPath(spans, trace::TraceTree(spans));
}

VITALS_NAMESPACE_END
