#ifndef VITALS_SRC_TRACE_TRACE_RECORD_H_
#define VITALS_SRC_TRACE_TRACE_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "trace/name_table.h"
#include "trace/span_buffer.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// What one trace may hold.
struct TraceLimits {
  std::size_t max_spans;
  std::size_t max_bytes;
};

/// A trace, pending or kept: its spans as records, and what is known of them together.
struct TraceRecord {
  enum class Root : std::uint8_t { kNone, kWithRemoteParent, kWithoutParent };

  TraceId id;
  std::uint64_t start_unix_ns = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t end_unix_ns = 0;
  std::uint64_t root_start_unix_ns = 0;
  std::uint32_t root_name = 0;  ///< numbers of a NameTable
  std::uint32_t root_component = 0;
  std::uint32_t span_count = 0;
  std::uint32_t error_count = 0;
  std::uint32_t refused_spans = 0;
  std::uint32_t facet_count = 0;
  Root root = Root::kNone;
  std::uint8_t statuses = 0;  ///< bit i: a span has status i
  bool failed = false;        ///< a span had an error, also one that was refused
  bool has_late_spans = false;
  SpanBuffer spans;

  std::uint64_t duration_ns() const noexcept {
    return span_count == 0 ? 0 : end_unix_ns - start_unix_ns;
  }

  /// Takes in a span; false where a limit refuses it, which is counted.
  bool Add(const SpanData& span, bool late, const TraceLimits& limits, NameTable& names);

  /// All but the marks and the reason for which it is kept.
  TraceSummary Summarize(const NameTable& names) const;

 private:
  bool HasRoomFor(const SpanData& span, std::size_t record_bytes, const TraceLimits& limits) const;
  void NoteRoot(const SpanData& span, NameTable& names);
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_RECORD_H_
