#include "vitals/trace/bottleneck_summary.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "trace/duration_sketch.h"
#include "trace/trace_tree.h"
#include "trace/tree_analysis.h"
#include "vitals/base/interned_name.h"

VITALS_NAMESPACE_BEGIN

class BottleneckSummary::Impl {
 public:
  explicit Impl(std::size_t max_names) : max_names_(max_names) {}

  void AddTrace(std::span<const SpanData> spans) {
    const trace::TraceTree tree(spans);
    const CriticalPath path = trace::WalkCriticalPath(spans, tree);
    const std::vector<std::uint64_t> self_ns = trace::SelfTimes(spans, tree);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (!tree.IsDuplicate(i)) AddSpan(spans[i], self_ns[i], path.exclusive_ns[i]);
    }
    ++trace_count_;
  }

  std::vector<Bottleneck> Top(std::size_t limit) const {
    std::vector<const Entry*> entries;
    for (const auto& [key, entry] : entries_) entries.push_back(&entry);
    const std::size_t count = std::min(limit, entries.size());
    std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count),
                      entries.end(), IsWorse);
    std::vector<Bottleneck> top;
    for (const Entry* const entry : std::span(entries).first(count)) top.push_back(Show(*entry));
    return top;
  }

  std::uint64_t trace_count() const { return trace_count_; }
  std::uint64_t critical_path_ns() const { return critical_path_ns_; }

 private:
  struct Entry {
    SpanNameTimes sums;
    trace::DurationSketch durations;
  };

  using Key = std::pair<std::string_view, std::string_view>;

  static bool IsWorse(const Entry* a, const Entry* b) {
    return std::tuple(b->sums.critical_path_ns, b->sums.self_ns, a->sums.component, a->sums.name) <
           std::tuple(a->sums.critical_path_ns, a->sums.self_ns, b->sums.component, b->sums.name);
  }

  Entry& FindOrAdd(Key key) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second;
    if (entries_.size() >= max_names_) key = {"", kTooManyNames};
    Entry& entry = entries_[key];
    std::tie(entry.sums.component, entry.sums.name) = key;
    return entry;
  }

  void AddSpan(const SpanData& span, std::uint64_t self_ns, std::uint64_t critical_path_ns) {
    Entry& entry = FindOrAdd({span.component, span.name});
    entry.sums.count += 1;
    entry.sums.errors += span.status == SpanStatus::kError ? 1 : 0;
    entry.sums.total_ns += span.duration_ns();
    entry.sums.self_ns += self_ns;
    entry.sums.critical_path_ns += critical_path_ns;
    entry.durations.Add(span.duration_ns());
    critical_path_ns_ += critical_path_ns;
  }

  Bottleneck Show(const Entry& entry) const {
    Bottleneck shown{entry.sums};
    if (critical_path_ns_ > 0) {
      shown.critical_path_share =
          static_cast<double>(shown.critical_path_ns) / static_cast<double>(critical_path_ns_);
    }
    shown.p50_ns = entry.durations.QuantileNs(0.50);
    shown.p95_ns = entry.durations.QuantileNs(0.95);
    shown.p99_ns = entry.durations.QuantileNs(0.99);
    return shown;
  }

  const std::size_t max_names_;
  absl::flat_hash_map<Key, Entry> entries_;
  std::uint64_t trace_count_ = 0;
  std::uint64_t critical_path_ns_ = 0;
};

BottleneckSummary::BottleneckSummary(std::size_t max_names)
    : impl_(std::make_unique<Impl>(max_names)) {}
BottleneckSummary::~BottleneckSummary() = default;
BottleneckSummary::BottleneckSummary(BottleneckSummary&&) noexcept = default;
BottleneckSummary& BottleneckSummary::operator=(BottleneckSummary&&) noexcept = default;

absl::Status BottleneckSummary::AddTrace(std::span<const SpanData> spans) {
  if (absl::Status status = trace::CheckAnalyzable(spans); !status.ok()) return status;
  impl_->AddTrace(spans);
  return absl::OkStatus();
}

std::vector<Bottleneck> BottleneckSummary::Top(std::size_t limit) const {
  return impl_->Top(limit);
}

std::uint64_t BottleneckSummary::trace_count() const noexcept { return impl_->trace_count(); }

std::uint64_t BottleneckSummary::critical_path_ns() const noexcept {
  return impl_->critical_path_ns();
}

VITALS_NAMESPACE_END
