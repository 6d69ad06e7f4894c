#ifndef VITALS_SRC_TRACE_KEPT_TRACES_H_
#define VITALS_SRC_TRACE_KEPT_TRACES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "trace/name_table.h"
#include "trace/span_matcher.h"
#include "trace/trace_record.h"
#include "trace/trace_signature.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// A trace that was decided to be kept.
struct KeptTrace {
  TraceRecord record;
  Clock::MonotonicTime kept_at;
  TraceKeepReason reason = TraceKeepReason::kNone;
  bool is_incomplete = false;
};

/// The kept traces in the order in which they were decided, in segments. Each has a number that
/// tells its place; they leave from the front only. Needs the store's lock.
class KeptTraces {
 public:
  /// Traces of a segment: what a search looks at in one go.
  static constexpr std::size_t kSegmentTraces = 256;

  /// A trace that a search has to look at.
  struct Candidate {
    std::uint64_t start_unix_ns;
    TraceId id;
  };

  void Add(KeptTrace trace);

  /// Null when it is not there.
  const KeptTrace* Find(const TraceId& id) const noexcept;

  /// Adds a span to a trace that is there, marked late; false where a limit refuses it.
  bool AddLateSpan(const SpanData& span, const TraceLimits& limits, NameTable& names);

  /// Null when there is none.
  const KeptTrace* Oldest() const noexcept;
  void RemoveOldest();

  /// Segments are numbered, without gaps.
  std::uint64_t first_segment() const noexcept { return first_segment_; }
  std::uint64_t end_segment() const noexcept { return first_segment_ + segments_.size(); }

  /// Appends the traces of a segment that may match.
  void Scan(std::uint64_t segment, const SpanMatcher& matcher,
            std::vector<Candidate>& candidates) const;

  std::size_t size() const noexcept { return index_.size(); }
  std::size_t spans() const noexcept { return spans_; }
  std::size_t bytes() const noexcept;

 private:
  // What a search looks at first. 32 bytes.
  struct Row {
    TraceColumns columns;
    std::uint32_t first_block;  // of the segment's signatures
    std::uint32_t block_count;
  };

  struct Segment {
    std::array<Row, kSegmentTraces> rows;
    std::array<KeptTrace, kSegmentTraces> traces;
    std::vector<SignatureBlock> signatures;

    std::size_t heap_bytes() const noexcept;
  };

  // Adds the facets of the records behind the first `offset` bytes to the trace's signature.
  void AddFacets(std::uint64_t number, std::size_t offset) noexcept;

  static TraceColumns ColumnsOf(const TraceRecord& record) noexcept;
  Segment& SegmentOf(std::uint64_t number) const noexcept {
    return *segments_[number / kSegmentTraces - first_segment_];
  }

  absl::flat_hash_map<TraceId, std::uint64_t> index_;
  std::deque<std::unique_ptr<Segment>> segments_;
  std::uint64_t first_segment_ = 0;
  std::uint64_t first_ = 0;  // number of the oldest
  std::uint64_t end_ = 0;    // one more than that of the latest
  std::size_t spans_ = 0;
  std::size_t heap_bytes_ = 0;  // segments, buffers
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_KEPT_TRACES_H_
