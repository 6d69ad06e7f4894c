#ifndef VITALS_TRACE_TRACE_QUERY_H_
#define VITALS_TRACE_TRACE_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/model/span_data.h"

/// \file
/// What is asked of a TraceStore, and what it answers.

VITALS_NAMESPACE_BEGIN

/// Why a store keeps a trace. The first that applies.
enum class TraceKeepReason : std::uint8_t {
  kNone = 0,    ///< not decided yet
  kEverything,  ///< TailKeepingOptions::keep_everything
  kError,       ///< a span failed
  kSlow,        ///< among the slowest of its root's name
  kRandom,      ///< chosen by its id
};

/// "none", "everything", "error", "slow" or "random".
VITALS_EXPORT std::string_view TraceKeepReasonName(TraceKeepReason reason) noexcept;

/// What one has to know of a trace before trusting its picture. A set of bits.
enum TraceMark : std::uint8_t {
  kTraceMarkNone = 0,
  kTraceMarkPending = 1,     ///< not decided yet: spans may be missing, and it may be dropped
  kTraceMarkIncomplete = 2,  ///< its local root had not ended when it was decided
  kTraceMarkTruncated = 4,   ///< spans were refused: see TraceSummary::refused_spans
  kTraceMarkLate = 8,        ///< spans came after it was decided
};

/// What one has to know of a span within its trace. A set of bits; the times are as recorded.
enum SpanMark : std::uint8_t {
  kSpanMarkNone = 0,
  kSpanMarkLate = 1,        ///< it came after its trace was decided
  kSpanMarkOrphan = 2,      ///< its parent is of this process, and not in the trace
  kSpanMarkOutOfOrder = 4,  ///< it starts before its parent, or ends after it
};

/// The names of the marks in a set, such as "late"; in the order of the bits.
VITALS_EXPORT std::vector<std::string_view> TraceMarkNames(std::uint8_t marks);
VITALS_EXPORT std::vector<std::string_view> SpanMarkNames(std::uint8_t marks);

/// One line about a trace.
struct TraceSummary {
  TraceId trace_id;
  /// Of the root: the span without a parent, else the one with a remote parent that started first.
  /// Empty where neither has ended. Both live as long as the process.
  std::string_view root_name;
  std::string_view root_component;
  std::uint64_t start_unix_ns = 0;  ///< of the span that started first
  std::uint64_t end_unix_ns = 0;    ///< of the span that ended last
  std::uint32_t span_count = 0;
  std::uint32_t error_count = 0;    ///< spans with SpanStatus::kError
  std::uint32_t refused_spans = 0;  ///< beyond a limit of the store
  std::uint8_t marks = 0;           ///< of TraceMark
  TraceKeepReason kept_for = TraceKeepReason::kNone;

  std::uint64_t duration_ns() const noexcept { return end_unix_ns - start_unix_ns; }

  friend bool operator==(const TraceSummary&, const TraceSummary&) = default;
};

/// A whole trace, as far as the store has it.
struct StoredTrace {
  TraceSummary summary;
  std::vector<SpanData> spans;           ///< by rising start; of equal ones the longer first
  std::vector<std::uint8_t> span_marks;  ///< of SpanMark, one for each of `spans`
};

/// How far a store is with a trace.
enum class TraceStage : std::uint8_t {
  kAny = 0,
  kPending,  ///< not decided yet
  kKept,
};

/// Which traces are wanted. What is not set matches all.
///
/// Name, component, status and attributes are those of a span: a trace matches where one of its
/// spans has all of them. Texts are compared exactly, byte by byte.
struct TraceQuery {
  /// When the trace started, both included.
  std::uint64_t min_start_unix_ns = 0;
  std::uint64_t max_start_unix_ns = std::numeric_limits<std::uint64_t>::max();
  /// How long it took, both included.
  std::uint64_t min_duration_ns = 0;
  std::uint64_t max_duration_ns = std::numeric_limits<std::uint64_t>::max();

  std::optional<std::string> name = {};
  std::optional<std::string> component = {};
  std::optional<SpanStatus> status = {};
  /// Keys and the texts of their values: see AttributeValueText(). At most kMaxAttributes.
  std::vector<std::pair<std::string, std::string>> attributes = {};
  /// As of when the search begins.
  TraceStage stage = TraceStage::kAny;

  std::size_t limit = 20;  ///< 1 to kMaxLimit

  static constexpr std::size_t kMaxLimit = 1'000;
  static constexpr std::size_t kMaxAttributes = 16;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACE_QUERY_H_
