#include "export/json_members.h"

#include <string>
#include <type_traits>
#include <variant>

VITALS_NAMESPACE_BEGIN
namespace exporter {

void WriteAttributeValue(const AttributeValue& value, base::JsonWriter& json) {
  std::visit(
      [&json](const auto& plain) {
        using Value = std::decay_t<decltype(plain)>;
        if constexpr (std::is_same_v<Value, std::int64_t>) {
          json.Int(plain);
        } else if constexpr (std::is_same_v<Value, double>) {
          json.Double(plain);
        } else if constexpr (std::is_same_v<Value, bool>) {
          json.Bool(plain);
        } else {
          json.String(plain);
        }
      },
      value);
}

void WriteText(std::string_view key, std::string_view text, base::JsonWriter& json) {
  json.Key(key);
  json.String(text);
}

void WriteNumber(std::string_view key, std::uint64_t number, base::JsonWriter& json) {
  json.Key(key);
  json.Uint(number);
}

void WriteTime(std::string_view key, std::uint64_t unix_ns, base::JsonWriter& json) {
  json.Key(key);
  json.QuotedUint(unix_ns);
}

void WriteTextIfAny(std::string_view key, std::string_view text, base::JsonWriter& json) {
  if (!text.empty()) WriteText(key, text, json);
}

void WriteNumberIfAny(std::string_view key, std::uint64_t number, base::JsonWriter& json) {
  if (number != 0) WriteNumber(key, number, json);
}

void WriteMarkIf(std::string_view key, bool is_so, base::JsonWriter& json) {
  if (!is_so) return;
  json.Key(key);
  json.Bool(true);
}

void WriteAttributes(std::string_view key, const std::vector<SpanAttribute>& attributes,
                     base::JsonWriter& json) {
  if (attributes.empty()) return;
  json.Key(key);
  json.BeginObject();
  for (const SpanAttribute& attribute : attributes) {
    json.Key(attribute.key);
    WriteAttributeValue(attribute.value, json);
  }
  json.EndObject();
}

void WriteLosses(const SpanData& span, base::JsonWriter& json) {
  WriteNumberIfAny("dropped_attributes", span.dropped_attributes, json);
  WriteNumberIfAny("dropped_events", span.dropped_events, json);
  WriteNumberIfAny("dropped_links", span.dropped_links, json);
  WriteNumberIfAny("truncated_values", span.truncated_values, json);
}

void WriteNameTimes(const SpanNameTimes& times, base::JsonWriter& json) {
  WriteText("component", times.component, json);
  WriteText("name", times.name, json);
  WriteNumber("count", times.count, json);
  WriteNumber("errors", times.errors, json);
  WriteNumber("total_ns", times.total_ns, json);
  WriteNumber("self_ns", times.self_ns, json);
  WriteNumber("critical_path_ns", times.critical_path_ns, json);
}

void WriteMarks(const std::vector<std::string_view>& names, base::JsonWriter& json) {
  json.Key("marks");
  json.BeginArray();
  for (const std::string_view name : names) json.String(name);
  json.EndArray();
}

void WriteKeeping(const TraceSummary& trace, base::JsonWriter& json) {
  WriteMarks(TraceMarkNames(trace.marks), json);
  WriteText("kept_for", TraceKeepReasonName(trace.kept_for), json);
  WriteNumber("refused_spans", trace.refused_spans, json);
}

}  // namespace exporter
VITALS_NAMESPACE_END
