#ifndef VITALS_TRACE_CRITICAL_PATH_H_
#define VITALS_TRACE_CRITICAL_PATH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN

/// Most spans of one trace that are analyzed; more are refused.
inline constexpr std::size_t kMaxAnalyzedSpans = 1'000'000;

/// A stretch of time that the trace could not have been done without, and the span that spent it:
/// none of this span's children was waited for.
struct CriticalPathSection {
  std::size_t span_index = 0;  ///< in the spans that were given
  std::uint64_t start_unix_ns = 0;
  std::uint64_t end_unix_ns = 0;  ///< above the start

  std::uint64_t duration_ns() const noexcept { return end_unix_ns - start_unix_ns; }

  friend bool operator==(const CriticalPathSection&, const CriticalPathSection&) = default;
};

/// What made a trace as long as it is.
struct CriticalPath {
  /// The span whose time is explained, as an index; nothing for no spans.
  std::optional<std::size_t> root;
  /// Latest first. Each ends where the one before it starts; together they are the root's time.
  std::vector<CriticalPathSection> sections;
  /// By span: the sum of its sections, 0 for who is not on the path.
  std::vector<std::uint64_t> exclusive_ns;
};

/// The critical path of one trace, by the rule of Jaeger's user interface: from the end of the
/// root, walk back through the child that finished last, at or before the time that was reached;
/// where it starts, go on with the next. Of children that end together the one that starts later is
/// taken, then the one that comes first in `spans`.
///
///     root   |--------------------------------|         sections, latest first:
///     a        |------|                                 root, c, root, a, root
///     b                  |---------|
///     c                       |--------|                b is left out: c ended after it and
///                                                       started before it had ended
///
/// Children are cut to the time of their parents first, and left out, with their descendants, where
/// no time remains. So is a CONSUMER below a PRODUCER: a producer does not wait.
///
/// `spans` are of one trace, in any order (trace ids are not looked at). They need not be whole:
///   - The root is a span without a parent; else one whose parent is remote, and not among `spans`;
///     else one whose parent is missing. Of several the one that starts first, then the one that
///     ends last, then the first. The others are on no path.
///   - A span that is its own parent has none. Parents that go in a circle are cut above the span
///     of it that starts first.
///   - Of several spans with one id the first is taken, and the others are left out.
///
/// ResourceExhausted for more than kMaxAnalyzedSpans. No recursion: chains of any depth are fine.
/// Takes n log n time, 10 to 25 ms for 100,000 spans, and about 100 bytes a span meanwhile.
VITALS_EXPORT absl::StatusOr<CriticalPath> ComputeCriticalPath(std::span<const SpanData> spans);

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_CRITICAL_PATH_H_
