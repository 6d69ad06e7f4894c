#include "trace/trace_tree.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// Lower is the better root.
int RootRank(const SpanData& span) {
  if (!span.parent_span_id.IsValid()) return 0;
  return span.parent_is_remote ? 1 : 2;
}

bool IsBetterRoot(const SpanData& a, const SpanData& b) {
  return std::tuple(RootRank(a), a.start_unix_ns, b.end_unix_ns) <
         std::tuple(RootRank(b), b.start_unix_ns, a.end_unix_ns);
}

bool IsAwaited(const SpanData& parent, const SpanData& child) {
  return parent.kind != SpanKind::kProducer || child.kind != SpanKind::kConsumer;
}

}  // namespace

TraceTree::TraceTree(std::span<const SpanData> spans)
    : parents_(spans.size(), kNone),
      duplicates_(spans.size(), false),
      first_child_(spans.size() + 1, 0) {
  FindParents(spans);
  CutCircles(spans);
  ListChildren(spans);
  ChooseRoot(spans);
}

void TraceTree::FindParents(std::span<const SpanData> spans) {
  absl::flat_hash_map<SpanId, std::uint32_t> by_id;
  by_id.reserve(spans.size());
  for (std::uint32_t span = 0; span < spans.size(); ++span) {
    if (!spans[span].span_id.IsValid()) continue;
    duplicates_[span] = !by_id.try_emplace(spans[span].span_id, span).second;
  }
  for (std::uint32_t span = 0; span < spans.size(); ++span) {
    if (duplicates_[span]) continue;
    const auto found = by_id.find(spans[span].parent_span_id);
    if (found != by_id.end() && found->second != span) parents_[span] = found->second;
  }
}

void TraceTree::CutCircles(std::span<const SpanData> spans) {
  // Each span has one way up, so a walk that meets itself has found the only circle on it.
  std::vector<std::uint32_t> walk(spans.size(), kNone);  // by span: the walk that met it
  for (std::uint32_t start = 0; start < spans.size(); ++start) {
    std::uint32_t span = start;
    while (span != kNone && walk[span] == kNone) {
      walk[span] = start;
      span = parents_[span];
    }
    if (span == kNone || walk[span] != start) continue;
    std::uint32_t first = span;
    for (std::uint32_t other = parents_[span]; other != span; other = parents_[other]) {
      if (std::tuple(spans[other].start_unix_ns, other) <
          std::tuple(spans[first].start_unix_ns, first)) {
        first = other;
      }
    }
    parents_[first] = kNone;
  }
}

void TraceTree::ListChildren(std::span<const SpanData> spans) {
  const auto awaiting_parent = [&](std::uint32_t span) {
    const std::uint32_t parent = parents_[span];
    return parent != kNone && IsAwaited(spans[parent], spans[span]) ? parent : kNone;
  };
  for (std::uint32_t span = 0; span < spans.size(); ++span) {
    const std::uint32_t parent = awaiting_parent(span);
    if (parent != kNone) ++first_child_[parent + 1];
  }
  for (std::size_t span = 0; span < spans.size(); ++span) {
    first_child_[span + 1] += first_child_[span];
  }
  children_.resize(first_child_.back());
  std::vector<std::uint32_t> next(first_child_);
  for (std::uint32_t span = 0; span < spans.size(); ++span) {
    const std::uint32_t parent = awaiting_parent(span);
    if (parent != kNone) children_[next[parent]++] = span;
  }
}

void TraceTree::ChooseRoot(std::span<const SpanData> spans) {
  for (std::uint32_t span = 0; span < spans.size(); ++span) {
    if (parents_[span] != kNone || duplicates_[span]) continue;
    if (root_ == kNone || IsBetterRoot(spans[span], spans[root_])) root_ = span;
  }
}

}  // namespace trace
VITALS_NAMESPACE_END
