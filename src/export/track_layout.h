#ifndef VITALS_SRC_EXPORT_TRACK_LAYOUT_H_
#define VITALS_SRC_EXPORT_TRACK_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "trace/trace_tree.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN
namespace exporter {

/// A row of a timeline, on which a span lies within its parent or beside others.
struct Track {
  std::uint32_t thread_id = 0;
  std::string_view thread_name;
  std::size_t number = 0;  ///< among those of its thread: 0 is its own, the others overflow
  std::uint64_t id = 0;    ///< the thread's for its own, else above those of all threads
};

/// When a span is shown, on which track.
struct PlacedSpan {
  std::uint64_t start_unix_ns = 0;
  std::uint64_t end_unix_ns = 0;
  std::uint64_t clipped_ns = 0;  ///< by how much it really started before its parent
  std::uint32_t track = trace::TraceTree::kNone;
  bool in_parent = false;  ///< whether it lies in its parent, on the same track
};

struct TrackLayout {
  std::vector<Track> tracks;         ///< those of a thread together, threads by their first span
  std::vector<PlacedSpan> spans;     ///< by index
  std::vector<std::uint32_t> order;  ///< of the spans by start, parents before their children
};

/// Places each span on a track of its thread: in its parent where that is open there and nothing
/// else is open in it, else on the lowest track on which nothing is. n log n.
TrackLayout LayOutTracks(std::span<const SpanData> spans, const trace::TraceTree& tree);

}  // namespace exporter
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPORT_TRACK_LAYOUT_H_
