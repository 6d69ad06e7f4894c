#include "trace/record_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "vitals/trace/trace_state.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// Reads items one after the other. It trusts them: only Span writes them, in this process.
class ItemReader {
 public:
  ItemReader(const char* begin, std::size_t bytes) noexcept : next_(begin), end_(begin + bytes) {}

  bool AtEnd() const noexcept { return next_ == end_; }

  template <typename T>
  T Take() noexcept {
    T value;
    std::memcpy(&value, next_, sizeof(value));
    next_ += sizeof(value);
    return value;
  }

  std::string_view TakeText() noexcept {
    const auto size = Take<std::uint8_t>();
    const std::string_view text(next_, size);
    next_ += size;
    return text;
  }

 private:
  const char* next_;
  const char* const end_;
};

void AssignText(std::string_view text, std::string& value) {
  if (base::IsValidUtf8(text)) {
    value.assign(text);
  } else {
    value = base::ToValidUtf8(text);
  }
}

AttributeValue& ValueOf(std::string_view key, std::vector<SpanAttribute>& attributes) {
  // Keys are interned: equal texts are one.
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& known) {
    return known.key.data() == key.data();
  });
  if (found != attributes.end()) return found->value;
  return attributes.emplace_back(SpanAttribute{key, {}}).value;
}

// Reads what a span gathered.
class ContentDecoder {
 public:
  ContentDecoder(RecordDecoder& names, const Timeline& timeline, SpanData& span) noexcept
      : names_(names), timeline_(timeline), span_(span) {}

  void Decode(ItemReader items) {
    while (!items.AtEnd()) {
      switch (const auto kind = items.Take<ItemKind>()) {
        case ItemKind::kStatus:
          DecodeStatus(items.TakeText());
          break;
        case ItemKind::kEvent:
          DecodeEvent(items);
          break;
        case ItemKind::kLink:
          DecodeLink(items);
          break;
        case ItemKind::kNothing:
          break;
        default:
          DecodeAttribute(kind, items, span_.attributes);
      }
    }
  }

 private:
  void DecodeStatus(std::string_view message) {
    // An error that turned out well in the end has left its message.
    if (span_.status == SpanStatus::kError) AssignText(message, span_.status_message);
  }

  void DecodeAttribute(ItemKind kind, ItemReader& items, std::vector<SpanAttribute>& attributes) {
    AttributeValue& value = ValueOf(names_.Keep(items.Take<const char*>()).view(), attributes);
    switch (kind) {
      case ItemKind::kInteger:
        value = items.Take<std::int64_t>();
        break;
      case ItemKind::kDouble:
        value = items.Take<double>();
        break;
      case ItemKind::kBool:
        value = items.Take<char>() != 0;
        break;
      default:
        AssignText(items.TakeText(), value.emplace<std::string>());
    }
  }

  void DecodeAttributes(std::uint8_t count, ItemReader& items,
                        std::vector<SpanAttribute>& attributes) {
    for (; count > 0; --count) DecodeAttribute(items.Take<ItemKind>(), items, attributes);
  }

  void DecodeEvent(ItemReader& items) {
    const auto count = items.Take<std::uint8_t>();
    SpanEvent& event = span_.events.emplace_back();
    event.name = names_.Keep(items.Take<const char*>()).view();
    event.time_unix_ns = timeline_.UnixNanoseconds(items.Take<std::uint64_t>());
    DecodeAttributes(count, items, event.attributes);
  }

  void DecodeLink(ItemReader& items) {
    const auto count = items.Take<std::uint8_t>();
    SpanLink& link = span_.links.emplace_back();
    link.trace_id = items.Take<TraceId>();
    link.span_id = items.Take<SpanId>();
    link.flags = items.Take<std::uint8_t>();
    link.trace_state = TraceStateText(items.Take<TraceStateHandle>());
    DecodeAttributes(count, items, link.attributes);
  }

  RecordDecoder& names_;
  const Timeline& timeline_;
  SpanData& span_;
};

}  // namespace

SpanData& SpanBatch::Next() {
  if (size_ == spans_.size()) spans_.emplace_back();
  return spans_[size_];
}

InternedName RecordDecoder::Keep(const char* name) noexcept {
  // The low bits of literals' addresses differ little.
  const std::uint64_t hash = std::bit_cast<std::uintptr_t>(name) * 0x9E3779B97F4A7C15;
  Known& known = known_[hash >> 54];
  static_assert(kKnownNames == std::size_t{1} << (64 - 54));
  if (known.literal != name || std::strcmp(name, known.kept.c_str()) != 0) {
    known = {name, InternName(name)};
  }
  return known.kept;
}

void RecordDecoder::Decode(const RecordHeader& record, const Timeline& timeline, SpanData& span) {
  const RecordMeta meta = RecordMeta::Unpack(record.meta);
  span.trace_id = record.trace_id;
  span.span_id = record.span_id;
  span.parent_span_id = record.parent_span_id;
  span.parent_is_remote = meta.parent_is_remote;
  span.flags = meta.flags;
  span.kind = meta.kind;
  span.status = meta.status;
  span.name = Keep(record.name).view();
  span.start_unix_ns = timeline.UnixNanoseconds(record.start_ticks);
  span.end_unix_ns = std::max(span.start_unix_ns, timeline.UnixNanoseconds(record.end_ticks));
  span.status_message.clear();
  span.trace_state.clear();
  if (meta.trace_state != 0) span.trace_state = TraceStateText(meta.trace_state);
  span.attributes.clear();
  span.events.clear();
  span.links.clear();
  ContentHeader content{};
  const char* const items = reinterpret_cast<const char*>(&record + 1);
  if (meta.slots > 1) std::memcpy(&content, items, sizeof(content));
  span.dropped_attributes = content.dropped_attributes;
  span.dropped_events = content.dropped_events;
  span.dropped_links = content.dropped_links;
  span.truncated_values = content.truncated_values;
  ContentDecoder(*this, timeline, span).Decode({items + sizeof(content), content.bytes});
}

}  // namespace trace
VITALS_NAMESPACE_END
