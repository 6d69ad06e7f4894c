#ifndef VITALS_TRACE_TRACE_STATE_H_
#define VITALS_TRACE_TRACE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

/// \file
/// Tracestates: what other tracing systems want carried along with a trace, a list of keys and
/// opaque values. Rules and limits are those of W3C Trace Context, level 2, "Tracestate Header".
///
/// A SpanContext names a tracestate by a handle of 4 bytes; its text is in a table of the process.
///
///     TraceState state = LoadTraceState(context.trace_state);
///     if (absl::Status set = state.Set("rojo", "00f067aa0ba902b7"); !set.ok()) return set;
///     context.trace_state = StoreTraceState(state);

VITALS_NAMESPACE_BEGIN

/// A tracestate that is valid: at most 32 members, no key twice, the newest first. A value of one
/// string; not synchronized.
class VITALS_EXPORT TraceState {
 public:
  /// A key and its value: views that live until the TraceState changes or ends.
  struct Member {
    std::string_view key;
    std::string_view value;

    friend bool operator==(const Member&, const Member&) = default;
  };

  static constexpr std::size_t kMaxMembers = 32;
  static constexpr std::size_t kMaxKeyBytes = 256;
  static constexpr std::size_t kMaxValueBytes = 256;
  /// Longest text that Parse() takes, blanks included: twice what 32 members can need.
  static constexpr std::size_t kMaxInputBytes = 32 * 1024;

  /// The empty tracestate.
  TraceState() = default;

  /// The tracestate of a header, or of several joined with commas. Empty members are skipped, as
  /// are blanks and tabs around members. Nothing when a member breaks the rules of Set(), a key is
  /// there twice, or there are more than 32: such a tracestate is to be discarded as a whole.
  static std::optional<TraceState> Parse(std::string_view text);

  /// The value of this key.
  std::optional<std::string_view> Get(std::string_view key) const noexcept;

  /// Puts a member at the front, in place of the one that has this key. Where there are 32 others
  /// the last of them goes.
  ///
  /// A key is lower-case letters, digits, `_`, `-`, `*` and `/`, begins with a letter or digit, and
  /// has at most 256 characters; or it is two of these joined by `@`, a tenant of at most 241
  /// characters and a system of at most 14. (Level 2's own grammar would take an `@` anywhere but
  /// at the front; the W3C's test suite does not.) A value is 1 to 256 printable ASCII characters
  /// without `,` and `=`, of which the last is no blank. InvalidArgument for others.
  absl::Status Set(std::string_view key, std::string_view value);

  /// Removes the member with this key; false when there was none.
  bool Erase(std::string_view key);

  /// Removes whole members until text() has at most `max_bytes`: first those of more than 128
  /// characters, then any, each time the last ones first.
  void Trim(std::size_t max_bytes);

  /// All members, first to last.
  std::vector<Member> members() const;

  bool empty() const noexcept { return text_.empty(); }

  /// As the header has it, without blanks that mean nothing; empty without members.
  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const TraceState&, const TraceState&) = default;

 private:
  struct Range;
  std::optional<Range> Find(std::string_view key) const noexcept;
  void EraseRange(Range range);
  void EraseLongerThan(std::size_t member_bytes, std::size_t max_bytes);

  std::string text_;
};

/// Longest tracestate that the table keeps; a longer one is trimmed. Level 2 asks for no less.
inline constexpr std::size_t kMaxTraceStateBytes = 512;

/// Different tracestates that the table keeps, so that it takes at most about 3 MB.
inline constexpr std::size_t kMaxTraceStates = 4096;

/// Keeps a tracestate, trimmed to kMaxTraceStateBytes, and returns its handle: the same one for the
/// same text for as long as it is kept. 0 for the empty one, and when there is no memory.
///
/// When the table is full, one that has not been stored or read for long makes room. Its handle
/// reads as empty from then on, and not as the text that took its place: nor as any later one,
/// until a million of them have come and gone in that place.
///
/// Thread-safe; works in fork children and in static destructors. Takes a lock, 25 ns where nobody
/// else holds it: for where messages come in, not for every span.
VITALS_EXPORT TraceStateHandle StoreTraceState(const TraceState& state) noexcept;

/// The same for a text; 0 for one that is not valid.
VITALS_EXPORT TraceStateHandle StoreTraceState(std::string_view text) noexcept;

/// The text of a tracestate as a header has it; empty for 0, and for a handle whose entry is gone.
/// Thread-safety and cost as those of StoreTraceState().
VITALS_EXPORT std::string TraceStateText(TraceStateHandle handle);

/// The same as a value.
VITALS_EXPORT TraceState LoadTraceState(TraceStateHandle handle);

/// How many tracestates had to make room for others.
VITALS_EXPORT std::uint64_t EvictedTraceStates() noexcept;

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACE_STATE_H_
