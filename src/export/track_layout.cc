#include "export/track_layout.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

VITALS_NAMESPACE_BEGIN
namespace exporter {
namespace {

using trace::TraceTree;

template <typename T>
using LeastFirst = std::priority_queue<T, std::vector<T>, std::greater<>>;

// Each span once, none before its parent.
std::vector<std::uint32_t> ParentsFirst(const TraceTree& tree, std::size_t count) {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> way_up;
  std::vector<bool> listed(count);
  for (std::uint32_t start = 0; start < count; ++start) {
    way_up.clear();
    for (std::uint32_t span = start; span != TraceTree::kNone && !listed[span];
         span = tree.parent(span)) {
      listed[span] = true;
      way_up.push_back(span);
    }
    order.insert(order.end(), way_up.rbegin(), way_up.rend());
  }
  return order;
}

class Layouter {
 public:
  Layouter(std::span<const SpanData> spans, const TraceTree& tree) : spans_(spans), tree_(tree) {}

  TrackLayout Run() {
    Clip();
    for (const std::uint32_t span : layout_.order) Place(span);
    NumberTracks();
    return std::move(layout_);
  }

 private:
  // The tracks of a thread, by their index among all.
  struct Thread {
    std::vector<std::uint32_t> tracks;
    LeastFirst<std::pair<std::uint64_t, std::size_t>> busy;  // until when, number of the track
    LeastFirst<std::size_t> free;                            // number of the track
  };

  // Gives spans the times they are shown with, and orders them.
  void Clip() {
    layout_.spans.resize(spans_.size());
    layout_.order = ParentsFirst(tree_, spans_.size());
    std::vector<std::uint32_t> depth(spans_.size());
    for (const std::uint32_t i : layout_.order) {
      PlacedSpan& placed = layout_.spans[i];
      placed.start_unix_ns = spans_[i].start_unix_ns;
      if (const std::uint32_t parent = tree_.parent(i); parent != TraceTree::kNone) {
        depth[i] = depth[parent] + 1;
        placed.start_unix_ns = std::max(placed.start_unix_ns, layout_.spans[parent].start_unix_ns);
      }
      placed.clipped_ns = placed.start_unix_ns - spans_[i].start_unix_ns;
      placed.end_unix_ns = std::max(placed.start_unix_ns, spans_[i].end_unix_ns);
    }
    const auto key = [&](std::uint32_t i) {
      const PlacedSpan& placed = layout_.spans[i];
      return std::tuple(placed.start_unix_ns, ~placed.end_unix_ns, depth[i], i);
    };
    std::sort(layout_.order.begin(), layout_.order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  }

  void Place(std::uint32_t span) {
    PlacedSpan& placed = layout_.spans[span];
    placed.track = TrackOfParent(span);
    placed.in_parent = placed.track != TraceTree::kNone;
    if (!placed.in_parent) placed.track = TakeFreeTrack(span);
    open_[placed.track].push_back(span);
  }

  // kNone where the span cannot lie in its parent.
  std::uint32_t TrackOfParent(std::uint32_t span) {
    const std::uint32_t parent = tree_.parent(span);
    if (parent == TraceTree::kNone || spans_[parent].thread_id != spans_[span].thread_id) {
      return TraceTree::kNone;
    }
    const PlacedSpan& outer = layout_.spans[parent];
    const PlacedSpan& inner = layout_.spans[span];
    if (outer.track == TraceTree::kNone || inner.end_unix_ns > outer.end_unix_ns) {
      return TraceTree::kNone;
    }
    std::vector<std::uint32_t>& open = open_[outer.track];
    while (!open.empty() && layout_.spans[open.back()].end_unix_ns <= inner.start_unix_ns) {
      open.pop_back();
    }
    return !open.empty() && open.back() == parent ? outer.track : TraceTree::kNone;
  }

  std::uint32_t TakeFreeTrack(std::uint32_t span) {
    const PlacedSpan& placed = layout_.spans[span];
    Thread& thread = threads_[spans_[span].thread_id];
    while (!thread.busy.empty() && thread.busy.top().first <= placed.start_unix_ns) {
      thread.free.push(thread.busy.top().second);
      thread.busy.pop();
    }
    if (thread.free.empty()) {
      thread.free.push(thread.tracks.size());
      AddTrack(spans_[span], thread);
    }
    const std::size_t number = thread.free.top();
    thread.free.pop();
    thread.busy.emplace(placed.end_unix_ns, number);
    const std::uint32_t track = thread.tracks[number];
    open_[track].clear();
    return track;
  }

  void AddTrack(const SpanData& span, Thread& thread) {
    if (thread.tracks.empty()) thread_order_.push_back(span.thread_id);
    const std::size_t number = thread.tracks.size();
    thread.tracks.push_back(static_cast<std::uint32_t>(layout_.tracks.size()));
    layout_.tracks.push_back({span.thread_id, span.thread_name, number});
    open_.emplace_back();
  }

  // Puts the tracks of a thread together, and gives them their ids.
  void NumberTracks() {
    std::uint64_t next_id = kLeastOverflowId;
    for (const std::uint32_t id : thread_order_) next_id = std::max(next_id, std::uint64_t{id} + 1);
    std::vector<Track> tracks;
    std::vector<std::uint32_t> place(layout_.tracks.size());
    for (const std::uint32_t thread_id : thread_order_) {
      for (const std::uint32_t track : threads_[thread_id].tracks) {
        place[track] = static_cast<std::uint32_t>(tracks.size());
        tracks.push_back(layout_.tracks[track]);
        tracks.back().id = tracks.back().number == 0 ? thread_id : next_id++;
      }
    }
    layout_.tracks = std::move(tracks);
    for (PlacedSpan& placed : layout_.spans) placed.track = place[placed.track];
  }

  // Linux gives no thread an id above 2^22.
  static constexpr std::uint64_t kLeastOverflowId = 10'000'000;

  const std::span<const SpanData> spans_;
  const TraceTree& tree_;
  TrackLayout layout_;
  absl::flat_hash_map<std::uint32_t, Thread> threads_;  // by id
  std::vector<std::uint32_t> thread_order_;
  std::vector<std::vector<std::uint32_t>> open_;  // by track: spans, outermost first
};

}  // namespace

TrackLayout LayOutTracks(std::span<const SpanData> spans, const TraceTree& tree) {
  return Layouter(spans, tree).Run();
}

}  // namespace exporter
VITALS_NAMESPACE_END
