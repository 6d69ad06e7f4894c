#include "vitals/export/otlp_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json_writer.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace {

using base::JsonWriter;

// Of trace.proto: bits 8 and 9 of a span's flags say whether it is known that the parent was in
// another process, and whether it was.
constexpr std::uint32_t kHasIsRemote = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;

template <std::size_t size>
void WriteHex(JsonWriter& json, std::string_view key, const std::array<char, size>& digits) {
  json.Key(key);
  json.String({digits.data(), digits.size()});
}

void WriteText(JsonWriter& json, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  json.Key(key);
  json.String(text);
}

void WriteCount(JsonWriter& json, std::string_view key, std::uint32_t count) {
  if (count == 0) return;
  json.Key(key);
  json.Uint(count);
}

// An AnyValue.
class ValueWriter {
 public:
  explicit ValueWriter(JsonWriter& json) : json_(json) {}

  void operator()(std::int64_t value) const {
    json_.Key("intValue");
    json_.QuotedInt(value);
  }
  void operator()(double value) const {
    json_.Key("doubleValue");
    json_.Double(value);
  }
  void operator()(bool value) const {
    json_.Key("boolValue");
    json_.Bool(value);
  }
  void operator()(std::string_view value) const {
    json_.Key("stringValue");
    json_.String(value);
  }

 private:
  JsonWriter& json_;
};

// A KeyValue.
template <typename Value>
void WriteAttribute(JsonWriter& json, std::string_view key, const Value& value) {
  json.BeginObject();
  json.Key("key");
  json.String(key);
  json.Key("value");
  json.BeginObject();
  if constexpr (std::is_same_v<Value, AttributeValue>) {
    std::visit(ValueWriter(json), value);
  } else {
    ValueWriter{json}(value);
  }
  json.EndObject();
  json.EndObject();
}

// The member `attributes`, which is not there for none.
class AttributeList {
 public:
  explicit AttributeList(JsonWriter& json) : json_(json) {}

  template <typename Value>
  void Add(std::string_view key, const Value& value) {
    if (is_empty_) {
      json_.Key("attributes");
      json_.BeginArray();
    }
    is_empty_ = false;
    WriteAttribute(json_, key, value);
  }

  void End() {
    if (!is_empty_) json_.EndArray();
  }

 private:
  JsonWriter& json_;
  bool is_empty_ = true;
};

template <typename Attributes>
void WriteAttributes(JsonWriter& json, const Attributes& attributes) {
  AttributeList list(json);
  for (const auto& [key, value] : attributes) list.Add(key, value);
  list.End();
}

// What a store says of a span and its trace; all empty where it is from none.
struct Marks {
  std::string trace;
  std::uint32_t refused_spans = 0;
  std::string span;
};

bool HasKey(const SpanData& span, std::string_view key) {
  return std::any_of(span.attributes.begin(), span.attributes.end(),
                     [key](const SpanAttribute& attribute) { return attribute.key == key; });
}

void WriteSpanAttributes(JsonWriter& json, const SpanData& span, const Marks& marks) {
  AttributeList list(json);
  for (const auto& [key, value] : span.attributes) list.Add(key, value);
  const auto add_number = [&](std::string_view key, std::uint32_t number) {
    if (number != 0 && !HasKey(span, key)) list.Add(key, std::int64_t{number});
  };
  const auto add_text = [&](std::string_view key, std::string_view text) {
    if (!text.empty() && !HasKey(span, key)) list.Add(key, text);
  };
  add_number("thread.id", span.thread_id);
  add_text("thread.name", span.thread_name);
  add_text("vitals.trace.marks", marks.trace);
  add_number("vitals.trace.refused_spans", marks.refused_spans);
  add_text("vitals.span.marks", marks.span);
  list.End();
}

void WriteEvents(JsonWriter& json, const SpanData& span) {
  if (span.events.empty()) return;
  json.Key("events");
  json.BeginArray();
  for (const SpanEvent& event : span.events) {
    json.BeginObject();
    json.Key("timeUnixNano");
    json.QuotedUint(event.time_unix_ns);
    json.Key("name");
    json.String(event.name);
    WriteAttributes(json, event.attributes);
    json.EndObject();
  }
  json.EndArray();
}

void WriteLinks(JsonWriter& json, const SpanData& span) {
  if (span.links.empty()) return;
  json.Key("links");
  json.BeginArray();
  for (const SpanLink& link : span.links) {
    json.BeginObject();
    WriteHex(json, "traceId", link.trace_id.ToHex());
    WriteHex(json, "spanId", link.span_id.ToHex());
    WriteText(json, "traceState", link.trace_state);
    WriteAttributes(json, link.attributes);
    // Whether the other span was in another process is not known: bits 8 and 9 stay zero.
    WriteCount(json, "flags", link.flags);
    json.EndObject();
  }
  json.EndArray();
}

void WriteStatus(JsonWriter& json, const SpanData& span) {
  if (span.status == SpanStatus::kUnset) return;
  json.Key("status");
  json.BeginObject();
  WriteText(json, "message", span.status_message);
  json.Key("code");
  json.Uint(static_cast<std::uint64_t>(span.status));
  json.EndObject();
}

void WriteSpan(JsonWriter& json, const SpanData& span, const Marks& marks) {
  json.BeginObject();
  WriteHex(json, "traceId", span.trace_id.ToHex());
  WriteHex(json, "spanId", span.span_id.ToHex());
  WriteText(json, "traceState", span.trace_state);
  if (span.parent_span_id.IsValid()) WriteHex(json, "parentSpanId", span.parent_span_id.ToHex());
  json.Key("flags");
  json.Uint(span.flags | kHasIsRemote | (span.parent_is_remote ? kIsRemote : 0));
  json.Key("name");
  json.String(span.name);
  json.Key("kind");
  json.Uint(static_cast<std::uint64_t>(span.kind));
  json.Key("startTimeUnixNano");
  json.QuotedUint(span.start_unix_ns);
  json.Key("endTimeUnixNano");
  json.QuotedUint(span.end_unix_ns);
  WriteSpanAttributes(json, span, marks);
  WriteCount(json, "droppedAttributesCount", span.dropped_attributes);
  WriteEvents(json, span);
  WriteCount(json, "droppedEventsCount", span.dropped_events);
  WriteLinks(json, span);
  WriteCount(json, "droppedLinksCount", span.dropped_links);
  WriteStatus(json, span);
  json.EndObject();
}

// The spans by component, those of one component in the order in which they came.
std::vector<const SpanData*> ByComponent(std::span<const SpanData> spans) {
  std::vector<const SpanData*> result;
  result.reserve(spans.size());
  for (const SpanData& span : spans) result.push_back(&span);
  std::stable_sort(result.begin(), result.end(), [](const SpanData* a, const SpanData* b) {
    return a->component < b->component;
  });
  return result;
}

std::string Joined(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

void WriteScopes(JsonWriter& json, std::span<const SpanData> spans, const StoredTrace* stored) {
  Marks marks;
  if (stored != nullptr) {
    marks.trace = Joined(TraceMarkNames(stored->summary.marks));
    marks.refused_spans = stored->summary.refused_spans;
  }
  const std::vector<const SpanData*> ordered = ByComponent(spans);
  for (auto span = ordered.begin(); span != ordered.end();) {
    const std::string_view component = (*span)->component;
    json.BeginObject();
    json.Key("scope");
    json.BeginObject();
    WriteText(json, "name", component);
    json.EndObject();
    json.Key("spans");
    json.BeginArray();
    for (; span != ordered.end() && (*span)->component == component; ++span) {
      if (stored != nullptr) {
        const std::uint8_t set = stored->span_marks[static_cast<std::size_t>(*span - spans.data())];
        marks.span = Joined(SpanMarkNames(set));
      }
      WriteSpan(json, **span, marks);
    }
    json.EndArray();
    json.EndObject();
  }
}

// `stored` is where the spans are from; null when no store has marked them.
void Encode(std::span<const SpanData> spans, const StoredTrace* stored, const Resource& resource,
            std::string& out) {
  JsonWriter json(out, JsonWriter::NonFinite::kString);
  json.BeginObject();
  json.Key("resourceSpans");
  json.BeginArray();
  if (!spans.empty()) {
    json.BeginObject();
    json.Key("resource");
    json.BeginObject();
    WriteAttributes(json, resource.attributes());
    json.EndObject();
    json.Key("scopeSpans");
    json.BeginArray();
    WriteScopes(json, spans, stored);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

void EncodeOtlpJson(std::span<const SpanData> spans, const Resource& resource, std::string& out) {
  Encode(spans, nullptr, resource, out);
}

void EncodeOtlpJson(const StoredTrace& trace, const Resource& resource, std::string& out) {
  Encode(trace.spans, &trace, resource, out);
}

VITALS_NAMESPACE_END
