#include "trace/span_codec.h"

#include <string>
#include <utility>
#include <vector>

#include "base/varint.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

enum ValueType : char { kInt = 0, kDouble = 1, kBool = 2, kString = 3 };

constexpr std::size_t kMaxNumberBytes = 5;  // a varint of 32 bits

std::size_t MaxTextBytes(std::string_view text) noexcept {
  return base::kMaxVarintBytes + text.size();
}

std::size_t MaxAttributesBytes(const std::vector<SpanAttribute>& attributes) noexcept {
  std::size_t bytes = base::kMaxVarintBytes;
  for (const SpanAttribute& attribute : attributes) {
    bytes += kMaxNumberBytes + 1 + base::kMaxVarintBytes;
    if (const auto* text = std::get_if<std::string>(&attribute.value)) bytes += text->size();
  }
  return bytes;
}

bool HasDetails(const SpanData& span) noexcept {
  return !span.status_message.empty() || !span.trace_state.empty() || !span.events.empty() ||
         !span.links.empty() ||
         (span.dropped_attributes | span.dropped_events | span.dropped_links |
          span.truncated_values) != 0;
}

std::size_t MaxDetailsBytes(const SpanData& span) noexcept {
  std::size_t bytes = MaxTextBytes(span.status_message) + MaxTextBytes(span.trace_state) +
                      4 * kMaxNumberBytes + 2 * base::kMaxVarintBytes;
  for (const SpanEvent& event : span.events) {
    bytes += kMaxNumberBytes + sizeof(event.time_unix_ns) + MaxAttributesBytes(event.attributes);
  }
  for (const SpanLink& link : span.links) {
    bytes += sizeof(TraceId) + sizeof(SpanId) + 1 + MaxTextBytes(link.trace_state) +
             MaxAttributesBytes(link.attributes);
  }
  return bytes;
}

template <typename T>
char* WriteFixed(const T& value, char* out) noexcept {
  std::memcpy(out, &value, sizeof(value));
  return out + sizeof(value);
}

template <typename T>
T ReadFixed(const char*& in) noexcept {
  T value;
  std::memcpy(&value, in, sizeof(value));
  in += sizeof(value);
  return value;
}

char* WriteText(std::string_view text, char* out) noexcept {
  out = base::WriteVarint(text.size(), out);
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

std::string_view ReadText(const char*& in) noexcept {
  const auto size = static_cast<std::size_t>(base::ReadVarint(in));
  const std::string_view text(in, size);
  in += size;
  return text;
}

std::uint32_t ReadNumber(const char*& in) noexcept {
  return static_cast<std::uint32_t>(base::ReadVarint(in));
}

char* WriteValue(const AttributeValue& value, char* out) noexcept {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    *out++ = kInt;
    return base::WriteVarint(base::ZigZag(*number), out);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    *out++ = kString;
    return WriteText(*text, out);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    *out++ = kDouble;
    return WriteFixed(*number, out);
  }
  *out++ = kBool;
  *out++ = *std::get_if<bool>(&value) ? 1 : 0;
  return out;
}

AttributeView ReadValue(const char*& in) noexcept {
  switch (static_cast<ValueType>(*in++)) {
    case kInt:
      return base::UnZigZag(base::ReadVarint(in));
    case kDouble:
      return ReadFixed<double>(in);
    case kBool:
      return *in++ != 0;
    case kString:
      break;
  }
  return ReadText(in);
}

char* WriteAttributes(const std::vector<SpanAttribute>& attributes, NameTable& names, char* out) {
  out = base::WriteVarint(attributes.size(), out);
  for (const SpanAttribute& attribute : attributes) {
    const std::uint32_t key = names.IdOf(attribute.key);
    names.AddValueType(key, attribute.value.index());
    out = base::WriteVarint(key, out);
    out = WriteValue(attribute.value, out);
  }
  return out;
}

std::vector<SpanAttribute> ReadAttributes(const char*& in, const NameTable& names) {
  std::vector<SpanAttribute> attributes(base::ReadVarint(in));
  for (SpanAttribute& attribute : attributes) {
    attribute.key = names.NameOf(ReadNumber(in));
    attribute.value = std::visit(
        [](const auto& value) {
          if constexpr (std::is_same_v<decltype(value), const std::string_view&>) {
            return AttributeValue(std::string(value));
          } else {
            return AttributeValue(value);
          }
        },
        ReadValue(in));
  }
  return attributes;
}

char* WriteDetails(const SpanData& span, NameTable& names, char* out) {
  out = WriteText(span.status_message, out);
  out = WriteText(span.trace_state, out);
  for (const std::uint32_t count :
       {span.dropped_attributes, span.dropped_events, span.dropped_links, span.truncated_values}) {
    out = base::WriteVarint(count, out);
  }
  out = base::WriteVarint(span.events.size(), out);
  for (const SpanEvent& event : span.events) {
    out = base::WriteVarint(names.IdOf(event.name), out);
    out = WriteFixed(event.time_unix_ns, out);
    out = WriteAttributes(event.attributes, names, out);
  }
  out = base::WriteVarint(span.links.size(), out);
  for (const SpanLink& link : span.links) {
    out = WriteFixed(link.trace_id, out);
    out = WriteFixed(link.span_id, out);
    *out++ = static_cast<char>(link.flags);
    out = WriteText(link.trace_state, out);
    out = WriteAttributes(link.attributes, names, out);
  }
  return out;
}

void ReadDetails(const char* in, const NameTable& names, SpanData& span) {
  span.status_message = ReadText(in);
  span.trace_state = ReadText(in);
  for (std::uint32_t* const count : {&span.dropped_attributes, &span.dropped_events,
                                     &span.dropped_links, &span.truncated_values}) {
    *count = ReadNumber(in);
  }
  span.events.resize(base::ReadVarint(in));
  for (SpanEvent& event : span.events) {
    event.name = names.NameOf(ReadNumber(in));
    event.time_unix_ns = ReadFixed<std::uint64_t>(in);
    event.attributes = ReadAttributes(in, names);
  }
  span.links.resize(base::ReadVarint(in));
  for (SpanLink& link : span.links) {
    link.trace_id = ReadFixed<TraceId>(in);
    link.span_id = ReadFixed<SpanId>(in);
    link.flags = ReadFixed<std::uint8_t>(in);
    link.trace_state = ReadText(in);
    link.attributes = ReadAttributes(in, names);
  }
}

}  // namespace

std::size_t MaxRecordBytes(const SpanData& span) noexcept {
  return sizeof(SpanHead) + MaxAttributesBytes(span.attributes) +
         (HasDetails(span) ? MaxDetailsBytes(span) : 0);
}

char* EncodeSpan(const SpanData& span, bool late, NameTable& names, char* out) {
  const bool has_details = HasDetails(span);
  SpanHead head = {};
  head.name = names.IdOf(span.name);
  head.component = names.IdOf(span.component);
  head.thread_name = names.IdOf(span.thread_name);
  head.thread_id = span.thread_id;
  head.kind = span.kind;
  head.status = span.status;
  head.flags = span.flags;
  head.bits = static_cast<std::uint8_t>((span.parent_is_remote ? SpanHead::kParentIsRemote : 0) |
                                        (late ? SpanHead::kLate : 0) |
                                        (has_details ? SpanHead::kHasDetails : 0));
  head.span_id = span.span_id.value;
  head.parent_span_id = span.parent_span_id.value;
  head.start_unix_ns = span.start_unix_ns;
  head.end_unix_ns = span.end_unix_ns;

  char* end = WriteAttributes(span.attributes, names, out + sizeof(head));
  if (has_details) end = WriteDetails(span, names, end);
  head.record_bytes = static_cast<std::uint32_t>(end - out);
  std::memcpy(out, &head, sizeof(head));
  return end;
}

SpanData DecodeSpan(const char* record, const TraceId& trace_id, const NameTable& names) {
  const SpanHead head = HeadOf(record);
  SpanData span;
  span.trace_id = trace_id;
  span.span_id = {head.span_id};
  span.parent_span_id = {head.parent_span_id};
  span.parent_is_remote = (head.bits & SpanHead::kParentIsRemote) != 0;
  span.flags = head.flags;
  span.kind = head.kind;
  span.status = head.status;
  span.name = names.NameOf(head.name);
  span.component = names.NameOf(head.component);
  span.start_unix_ns = head.start_unix_ns;
  span.end_unix_ns = head.end_unix_ns;
  span.thread_id = head.thread_id;
  span.thread_name = names.NameOf(head.thread_name);
  const char* in = record + sizeof(head);
  span.attributes = ReadAttributes(in, names);
  if ((head.bits & SpanHead::kHasDetails) != 0) ReadDetails(in, names, span);
  return span;
}

AttributeCursor::AttributeCursor(const char* record) noexcept
    : in_(record + sizeof(SpanHead)), left_(base::ReadVarint(in_)) {}

bool AttributeCursor::Next() noexcept {
  if (left_ == 0) return false;
  --left_;
  key_ = ReadNumber(in_);
  value_ = ReadValue(in_);
  return true;
}

}  // namespace trace
VITALS_NAMESPACE_END
