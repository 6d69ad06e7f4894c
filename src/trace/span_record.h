#ifndef VITALS_SRC_TRACE_SPAN_RECORD_H_
#define VITALS_SRC_TRACE_SPAN_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/span.h"

/// \file
/// A span in a ring, as Span writes it and RecordDecoder reads it. One to eight slots of 64 bytes,
/// in the byte order of the machine; it never leaves the process.
///
///     slot 0   RecordHeader
///     slot 1   ContentHeader, 8 bytes | items, 56 bytes
///     slot 2   items ...
///
/// Items follow each other without padding; pointers are to NUL-terminated names that stay:
///
///     integer, double   kind 1 | key 8 | value 8
///     bool              kind 1 | key 8 | value 1
///     string            kind 1 | key 8 | size 1 | bytes
///     status            kind 1 | size 1 | bytes
///     event             kind 1 | attributes 1 | name 8 | ticks 8 | its attributes
///     link              kind 1 | attributes 1 | trace id 16 | span id 8 | flags 1 | trace state 4
///                       | its attributes
///     nothing           kind 1; where the first one was dropped: a record without items counts
///     nothing

VITALS_NAMESPACE_BEGIN
namespace trace {

inline constexpr std::size_t kSlotBytes = 64;
inline constexpr std::size_t kMaxRecordSlots = 8;

/// The kind of an item.
enum class ItemKind : std::uint8_t {
  kInteger = 1,
  kDouble,
  kBool,
  kString,
  kStatus,
  kEvent,
  kLink,
  kNothing
};

/// Bytes of a link without attributes.
inline constexpr std::size_t kLinkBytes = 2 + 16 + 8 + 1 + 4;

/// What the record is told by besides its ids.
struct RecordMeta {
  std::uint16_t tracer = 0;  ///< see TracerTable
  std::uint8_t slots = 0;    ///< 0: no record, but slots to be passed over
  SpanKind kind = SpanKind::kInternal;
  SpanStatus status = SpanStatus::kUnset;
  bool parent_is_remote = false;
  std::uint8_t flags = 0;
  std::uint32_t trace_state = 0;  ///< or the slots to be passed over

  /// 16 bits tracer, 4 slots, 3 kind, 2 status, 1 parent_is_remote, 2 flags, 4 unused, 32
  /// trace_state.
  std::uint64_t Pack() const noexcept {
    return std::uint64_t{tracer} | std::uint64_t{slots} << 16 |
           static_cast<std::uint64_t>(kind) << 20 | static_cast<std::uint64_t>(status) << 23 |
           static_cast<std::uint64_t>(parent_is_remote) << 25 | std::uint64_t{flags} << 26 |
           std::uint64_t{trace_state} << 32;
  }

  static RecordMeta Unpack(std::uint64_t bits) noexcept {
    return {.tracer = static_cast<std::uint16_t>(bits),
            .slots = static_cast<std::uint8_t>(bits >> 16 & 0xF),
            .kind = static_cast<SpanKind>(bits >> 20 & 7),
            .status = static_cast<SpanStatus>(bits >> 23 & 3),
            .parent_is_remote = (bits >> 25 & 1) != 0,
            .flags = static_cast<std::uint8_t>(bits >> 26 & 3),
            .trace_state = static_cast<std::uint32_t>(bits >> 32)};
  }
};

/// The first slot.
struct RecordHeader {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;
  std::uint64_t start_ticks;
  std::uint64_t end_ticks;
  const char* name;
  std::uint64_t meta;  ///< RecordMeta::Pack()
};
static_assert(sizeof(RecordHeader) == kSlotBytes);

/// What the second slot begins with, where there is one.
struct ContentHeader {
  std::uint16_t bytes;  ///< of the items
  std::uint8_t dropped_attributes;
  std::uint8_t dropped_events;
  std::uint8_t dropped_links;
  std::uint8_t truncated_values;
  std::uint16_t unused;
};
static_assert(sizeof(ContentHeader) == 8);
static_assert(sizeof(ContentHeader) + kMaxSpanContentBytes == (kMaxRecordSlots - 1) * kSlotBytes);

/// Slots of a record with so many bytes of items; an item is never without bytes.
constexpr std::size_t SlotsFor(std::size_t content_bytes) noexcept {
  if (content_bytes == 0) return 1;
  return 1 + (sizeof(ContentHeader) + content_bytes + kSlotBytes - 1) / kSlotBytes;
}

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_SPAN_RECORD_H_
