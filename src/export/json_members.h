#ifndef VITALS_SRC_EXPORT_JSON_MEMBERS_H_
#define VITALS_SRC_EXPORT_JSON_MEMBERS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/trace_analysis.h"
#include "vitals/trace/trace_query.h"

/// \file
/// Members of the object that a writer is in, as the exports and pages of traces share them.

VITALS_NAMESPACE_BEGIN
namespace exporter {

/// The value as JSON has it: a number, a boolean or a string.
void WriteAttributeValue(const AttributeValue& value, base::JsonWriter& json);

VITALS_EXPORT void WriteText(std::string_view key, std::string_view text, base::JsonWriter& json);
VITALS_EXPORT void WriteNumber(std::string_view key, std::uint64_t number, base::JsonWriter& json);

/// `unix_ns` as a string of digits: many readers keep numbers as doubles.
VITALS_EXPORT void WriteTime(std::string_view key, std::uint64_t unix_ns, base::JsonWriter& json);

/// An id in hex digits.
template <typename Id>
void WriteId(std::string_view key, const Id& id, base::JsonWriter& json) {
  const auto hex = id.ToHex();
  WriteText(key, std::string_view(hex.data(), hex.size()), json);
}

/// These write nothing for an empty text, zero, false and no attributes.
void WriteTextIfAny(std::string_view key, std::string_view text, base::JsonWriter& json);
void WriteNumberIfAny(std::string_view key, std::uint64_t number, base::JsonWriter& json);
void WriteMarkIf(std::string_view key, bool is_so, base::JsonWriter& json);
void WriteAttributes(std::string_view key, const std::vector<SpanAttribute>& attributes,
                     base::JsonWriter& json);

/// What of the span found no room: dropped_attributes, dropped_events, dropped_links and
/// truncated_values, each if any.
void WriteLosses(const SpanData& span, base::JsonWriter& json);

/// What the spans of one name took together: component, name, count, errors, total_ns, self_ns and
/// critical_path_ns.
VITALS_EXPORT void WriteNameTimes(const SpanNameTimes& times, base::JsonWriter& json);

/// `marks`, a list of their names.
void WriteMarks(const std::vector<std::string_view>& names, base::JsonWriter& json);

/// What a store says of the trace: marks, kept_for and refused_spans.
VITALS_EXPORT void WriteKeeping(const TraceSummary& trace, base::JsonWriter& json);

}  // namespace exporter
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPORT_JSON_MEMBERS_H_
