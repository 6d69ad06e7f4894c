#include "trace/kept_traces.h"

#include <algorithm>
#include <utility>

#include "trace/span_codec.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

std::size_t KeptTraces::Segment::heap_bytes() const noexcept {
  return sizeof(Segment) + kHeapBlockBytes + signatures.capacity() * sizeof(SignatureBlock) +
         kHeapBlockBytes;
}

TraceColumns KeptTraces::ColumnsOf(const TraceRecord& record) noexcept {
  return {record.start_unix_ns, record.duration_ns(), record.statuses};
}

void KeptTraces::Add(KeptTrace trace) {
  if (end_ / kSegmentTraces == end_segment()) {
    segments_.push_back(std::make_unique<Segment>());
    heap_bytes_ += segments_.back()->heap_bytes();
  }
  Segment& segment = SegmentOf(end_);
  const std::size_t place = end_ % kSegmentTraces;
  const std::size_t first_block = segment.signatures.size();
  const std::size_t blocks = SignatureBlocks(trace.record.facet_count);

  heap_bytes_ -= segment.heap_bytes();
  segment.signatures.resize(first_block + blocks);
  if (place == kSegmentTraces - 1) segment.signatures.shrink_to_fit();
  heap_bytes_ += segment.heap_bytes() + trace.record.spans.heap_bytes();

  segment.rows[place] = {ColumnsOf(trace.record), static_cast<std::uint32_t>(first_block),
                         static_cast<std::uint32_t>(blocks)};
  segment.traces[place] = std::move(trace);
  const TraceRecord& record = segment.traces[place].record;
  AddFacets(end_, 0);
  index_.emplace(record.id, end_);
  spans_ += record.span_count;
  ++end_;
}

void KeptTraces::AddFacets(std::uint64_t number, std::size_t offset) noexcept {
  Segment& segment = SegmentOf(number);
  const Row& row = segment.rows[number % kSegmentTraces];
  const Signature<SignatureBlock> signature(segment.signatures.data() + row.first_block,
                                            row.block_count, number);
  const TraceRecord& trace = segment.traces[number % kSegmentTraces].record;
  VisitRecords(trace.spans.bytes().substr(offset), [&](const SpanHead& head, const char* record) {
    VisitFacets(head, record, [&](Facet facet) { signature.Add(facet); });
    return true;
  });
}

const KeptTrace* KeptTraces::Find(const TraceId& id) const noexcept {
  const auto found = index_.find(id);
  if (found == index_.end()) return nullptr;
  return &SegmentOf(found->second).traces[found->second % kSegmentTraces];
}

bool KeptTraces::AddLateSpan(const SpanData& span, const TraceLimits& limits, NameTable& names) {
  const std::uint64_t number = index_.find(span.trace_id)->second;
  Segment& segment = SegmentOf(number);
  TraceRecord& record = segment.traces[number % kSegmentTraces].record;
  const std::size_t records_before = record.spans.bytes().size();
  const std::size_t bytes_before = record.spans.heap_bytes();
  if (!record.Add(span, true, limits, names)) return false;

  heap_bytes_ += record.spans.heap_bytes() - bytes_before;
  ++spans_;
  segment.rows[number % kSegmentTraces].columns = ColumnsOf(record);
  // The signature stays as large as it was: it gets fuller, and tells less.
  AddFacets(number, records_before);
  return true;
}

const KeptTrace* KeptTraces::Oldest() const noexcept {
  if (first_ == end_) return nullptr;
  return &SegmentOf(first_).traces[first_ % kSegmentTraces];
}

void KeptTraces::RemoveOldest() {
  KeptTrace& trace = SegmentOf(first_).traces[first_ % kSegmentTraces];
  index_.erase(trace.record.id);
  spans_ -= trace.record.span_count;
  heap_bytes_ -= trace.record.spans.heap_bytes();
  trace = KeptTrace();
  ++first_;
  if (first_ / kSegmentTraces > first_segment_) {
    heap_bytes_ -= segments_.front()->heap_bytes();
    segments_.pop_front();
    ++first_segment_;
  }
}

void KeptTraces::Scan(std::uint64_t segment_number, const SpanMatcher& matcher,
                      std::vector<Candidate>& candidates) const {
  if (segment_number < first_segment_ || segment_number >= end_segment()) return;
  const Segment& segment = *segments_[segment_number - first_segment_];
  const std::uint64_t base = segment_number * kSegmentTraces;
  const std::size_t begin = std::max(first_, base) - base;
  const std::size_t end = std::min<std::uint64_t>(end_ - base, kSegmentTraces);
  const auto signature_of = [&](std::size_t place) {
    const Row& row = segment.rows[place];
    return Signature<const SignatureBlock>(segment.signatures.data() + row.first_block,
                                           row.block_count, base + place);
  };
  // In two steps: signatures are mostly not in a cache, and are fetched while others are looked at.
  std::array<std::uint8_t, kSegmentTraces> places;
  static_assert(kSegmentTraces <= 256);
  std::size_t count = 0;
  for (std::size_t place = begin; place < end; ++place) {
    if (!matcher.MatchesColumns(segment.rows[place].columns)) continue;
    places[count++] = static_cast<std::uint8_t>(place);
    matcher.Prefetch(signature_of(place));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!matcher.MayMatch(signature_of(places[i]))) continue;
    candidates.push_back(
        {segment.rows[places[i]].columns.start_unix_ns, segment.traces[places[i]].record.id});
  }
}

std::size_t KeptTraces::bytes() const noexcept {
  constexpr std::size_t kIndexEntryBytes = sizeof(decltype(index_)::value_type) + 1;
  return heap_bytes_ + index_.capacity() * kIndexEntryBytes +
         segments_.size() * sizeof(segments_.front());
}

}  // namespace trace
VITALS_NAMESPACE_END
