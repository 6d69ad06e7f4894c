#ifndef VITALS_SRC_TRACE_SPAN_CODEC_H_
#define VITALS_SRC_TRACE_SPAN_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <variant>

#include "trace/name_table.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

/// \file
/// A span as the store has it in memory: one record of a trace's buffer. It never leaves the
/// process, so reading trusts what EncodeSpan() wrote.
///
///     SpanHead | attributes | details, where SpanHead::kHasDetails
///
///     attributes   count, then for each: number of the key, type, value
///     value        int: zigzag varint; double: 8 bytes; bool: 1 byte; string: size, bytes
///     details      status message, trace state (size, bytes each), the four counts of what was
///                  dropped; count of events, for each: name, time (8 bytes), attributes; count of
///                  links, for each: ids (24 bytes), flags (1 byte), trace state, attributes
///
/// Numbers are varints where nothing else is said.

VITALS_NAMESPACE_BEGIN
namespace trace {

/// The part of a record that every span has. Records are not aligned: copy it out with HeadOf().
struct SpanHead {
  enum Bits : std::uint8_t { kParentIsRemote = 1, kLate = 2, kHasDetails = 4 };

  std::uint32_t record_bytes;  ///< of the whole record
  std::uint32_t name;          ///< numbers of a NameTable, here and below
  std::uint32_t component;
  std::uint32_t thread_name;
  std::uint32_t thread_id;
  SpanKind kind;
  SpanStatus status;
  std::uint8_t flags;
  std::uint8_t bits;
  std::uint64_t span_id;
  std::uint64_t parent_span_id;
  std::uint64_t start_unix_ns;
  std::uint64_t end_unix_ns;
};
static_assert(sizeof(SpanHead) == 56 && std::is_trivially_copyable_v<SpanHead>);

/// Room that the record of a span needs at the most.
std::size_t MaxRecordBytes(const SpanData& span) noexcept;

/// Writes the record of a span, at most MaxRecordBytes(), and returns its end.
char* EncodeSpan(const SpanData& span, bool late, NameTable& names, char* out);

/// The span of a record of this trace.
SpanData DecodeSpan(const char* record, const TraceId& trace_id, const NameTable& names);

inline SpanHead HeadOf(const char* record) noexcept {
  SpanHead head;
  std::memcpy(&head, record, sizeof(head));
  return head;
}

/// An AttributeValue whose string is in the record.
using AttributeView = std::variant<std::int64_t, double, bool, std::string_view>;

/// Reads the attributes of a span's record, one by one, without decoding the rest.
class AttributeCursor {
 public:
  explicit AttributeCursor(const char* record) noexcept;

  /// Moves to the next one; false when there is none.
  bool Next() noexcept;

  /// Of the one it stands on.
  std::uint32_t key() const noexcept { return key_; }
  const AttributeView& value() const noexcept { return value_; }

 private:
  const char* in_;
  std::uint64_t left_;
  std::uint32_t key_ = 0;
  AttributeView value_;
};

/// Calls `visit(head, record)` for each record of a trace's buffer, until it returns false.
template <typename Visit>
void VisitRecords(std::string_view records, Visit visit) {
  const char* const end = records.data() + records.size();
  for (const char* record = records.data(); record != end;) {
    const SpanHead head = HeadOf(record);
    if (!visit(head, record)) return;
    record += head.record_bytes;
  }
}

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_SPAN_CODEC_H_
