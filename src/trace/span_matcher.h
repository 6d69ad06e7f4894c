#ifndef VITALS_SRC_TRACE_SPAN_MATCHER_H_
#define VITALS_SRC_TRACE_SPAN_MATCHER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "trace/name_table.h"
#include "trace/span_codec.h"
#include "trace/trace_record.h"
#include "trace/trace_signature.h"
#include "vitals/base/config.h"
#include "vitals/trace/trace_query.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// What of a trace is asked before its signature: the columns that a search scans.
struct TraceColumns {
  std::uint64_t start_unix_ns;
  std::uint64_t duration_ns;
  std::uint8_t statuses;  ///< as TraceRecord::statuses
};

/// A TraceQuery in the numbers of a NameTable. It refers to the query's texts.
class SpanMatcher {
 public:
  /// Needs the lock of the names.
  SpanMatcher(const TraceQuery& query, const NameTable& names);

  /// False where no span ever had a name of the query, or a key with a value of such a type.
  bool can_match() const noexcept { return can_match_; }

  /// Whether it asks for more than the columns tell.
  bool asks_for_spans() const noexcept {
    return name_ || component_ || query_.status || !conditions_.empty();
  }

  bool MatchesColumns(const TraceColumns& columns) const noexcept {
    return columns.start_unix_ns >= query_.min_start_unix_ns &&
           columns.start_unix_ns <= query_.max_start_unix_ns &&
           columns.duration_ns >= query_.min_duration_ns &&
           columns.duration_ns <= query_.max_duration_ns && (columns.statuses & statuses_) != 0;
  }

  /// Has the processor fetch what MayMatch() looks at first.
  void Prefetch(const Signature<const SignatureBlock>& signature) const noexcept {
    if (!required_.empty()) signature.Prefetch(required_.front().front());
  }

  /// False where no span of the trace can match.
  bool MayMatch(const Signature<const SignatureBlock>& signature) const noexcept;

  /// Whether the trace matches.
  bool Matches(const TraceRecord& trace) const noexcept;

 private:
  // One of these facets must be there. Several: the same text as values of several types.
  using AnyFacet = std::vector<Facet>;

  struct Condition {
    std::uint32_t key;
    std::vector<AttributeView> values;  // any of them
  };

  std::optional<std::uint32_t> Find(std::string_view text, const NameTable& names);
  void RequireFacets();
  bool MatchesSpan(const SpanHead& head, const char* record) const noexcept;

  const TraceQuery& query_;
  bool can_match_ = true;
  std::uint8_t statuses_ = 0xFF;
  std::optional<std::uint32_t> name_;
  std::optional<std::uint32_t> component_;
  std::vector<Condition> conditions_;
  std::vector<AnyFacet> required_;
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_SPAN_MATCHER_H_
