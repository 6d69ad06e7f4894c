#ifndef VITALS_SRC_TRACE_TRACE_TREE_H_
#define VITALS_SRC_TRACE_TRACE_TREE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// Who is whose parent among the spans of a trace. It is a forest whatever the ids say; how it is
/// made one is in "vitals/trace/critical_path.h". Spans are named by their index.
class VITALS_EXPORT TraceTree {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// Of at most kMaxAnalyzedSpans. Linear.
  explicit TraceTree(std::span<const SpanData> spans);

  /// Where to begin, or kNone for no spans.
  std::uint32_t root() const noexcept { return root_; }

  std::uint32_t parent(std::size_t span) const noexcept { return parents_[span]; }

  /// Those that `span` may have waited for, in the order of the spans: not consumers below a
  /// producer.
  std::span<const std::uint32_t> AwaitedChildren(std::size_t span) const noexcept {
    return std::span(children_).subspan(first_child_[span],
                                        first_child_[span + 1] - first_child_[span]);
  }

  /// Whether a span before it has its id: then it has neither parent nor children.
  bool IsDuplicate(std::size_t span) const noexcept { return duplicates_[span]; }
  const std::vector<bool>& duplicates() const noexcept { return duplicates_; }

 private:
  void FindParents(std::span<const SpanData> spans);
  void CutCircles(std::span<const SpanData> spans);
  void ListChildren(std::span<const SpanData> spans);
  void ChooseRoot(std::span<const SpanData> spans);

  std::vector<std::uint32_t> parents_;
  std::vector<bool> duplicates_;
  std::vector<std::uint32_t> first_child_;  // in children_; one more than there are spans
  std::vector<std::uint32_t> children_;     // those of one parent together
  std::uint32_t root_ = kNone;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_TREE_H_
