#include "vitals/export/trace_json.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "base/json_writer.h"
#include "export/json_members.h"
#include "vitals/trace/trace_analysis.h"

VITALS_NAMESPACE_BEGIN
namespace exporter {
namespace {

class TraceJsonEncoder {
 public:
  // `stored` is where the spans are from; null when no store has marked them.
  TraceJsonEncoder(std::span<const SpanData> spans, const StoredTrace* stored,
                   const TraceAnalysis& analysis, const TraceJsonOptions& options,
                   std::string& page)
      : spans_(spans),
        stored_(stored),
        analysis_(analysis),
        max_bytes_(options.max_bytes),
        begin_(page.size()),
        page_(page),
        json_(page) {}

  void Run() {
    json_.BeginObject();
    if (!spans_.empty()) WriteHead();
    if (stored_ != nullptr) WriteKeeping(stored_->summary, json_);
    WriteLists();
    json_.EndObject();
  }

 private:
  void WriteHead() {
    std::uint64_t start = spans_.front().start_unix_ns;
    std::uint64_t end = spans_.front().end_unix_ns;
    for (const SpanData& span : spans_) {
      start = std::min(start, span.start_unix_ns);
      end = std::max(end, span.end_unix_ns);
    }
    WriteId("trace_id", spans_.front().trace_id, json_);
    WriteInterval(start, end);
    WriteId("root_span_id", spans_[*analysis_.critical_path.root].span_id, json_);
  }

  void WriteLists() {
    const auto& sections = analysis_.critical_path.sections;
    const std::size_t omitted_sections = WriteList(
        "critical_path", sections.size(), [&](std::size_t i) { WriteSection(sections[i]); });
    const auto& names = analysis_.names;
    const std::size_t omitted_names =
        WriteList("names", names.size(), [&](std::size_t i) { WriteName(names[i]); });
    const std::vector<std::uint32_t> order = SpansByStart();
    const std::size_t omitted_spans =
        WriteList("spans", order.size(), [&](std::size_t i) { WriteSpan(order[i]); });
    WriteNumber("omitted_sections", omitted_sections, json_);
    WriteNumber("omitted_names", omitted_names, json_);
    WriteNumber("omitted_spans", omitted_spans, json_);
  }

  // Returns how many found no room.
  template <typename WriteElement>
  std::size_t WriteList(std::string_view key, std::size_t count, const WriteElement& write) {
    std::size_t written = 0;
    json_.Key(key);
    json_.BeginArray();
    while (written < count && page_.size() - begin_ < max_bytes_) write(written++);
    json_.EndArray();
    return count - written;
  }

  std::vector<std::uint32_t> SpansByStart() const {
    std::vector<std::uint32_t> order(spans_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tuple(spans_[a].start_unix_ns, spans_[b].end_unix_ns, a) <
             std::tuple(spans_[b].start_unix_ns, spans_[a].end_unix_ns, b);
    });
    return order;
  }

  void WriteSection(const CriticalPathSection& section) {
    json_.BeginObject();
    WriteId("span_id", spans_[section.span_index].span_id, json_);
    WriteInterval(section.start_unix_ns, section.end_unix_ns);
    json_.EndObject();
  }

  void WriteName(const SpanNameTimes& times) {
    json_.BeginObject();
    WriteNameTimes(times, json_);
    json_.EndObject();
  }

  void WriteSpan(std::uint32_t i) {
    const SpanData& span = spans_[i];
    json_.BeginObject();
    WriteId("span_id", span.span_id, json_);
    if (span.parent_span_id.IsValid()) WriteId("parent_span_id", span.parent_span_id, json_);
    WriteMarkIf("parent_is_remote", span.parent_is_remote, json_);
    WriteText("component", span.component, json_);
    WriteText("name", span.name, json_);
    WriteText("kind", SpanKindName(span.kind), json_);
    WriteText("status", SpanStatusName(span.status), json_);
    WriteTextIfAny("status_message", span.status_message, json_);
    WriteInterval(span.start_unix_ns, span.end_unix_ns);
    WriteNumber("self_ns", analysis_.self_ns[i], json_);
    WriteNumber("critical_path_ns", analysis_.critical_path.exclusive_ns[i], json_);
    WriteNumber("flags", span.flags, json_);
    WriteNumber("thread_id", span.thread_id, json_);
    WriteText("thread_name", span.thread_name, json_);
    WriteTextIfAny("trace_state", span.trace_state, json_);
    WriteAttributes("attributes", span.attributes, json_);
    WriteEvents(span);
    WriteLinks(span);
    WriteLosses(span, json_);
    WriteMarkIf("duplicate", analysis_.duplicate[i], json_);
    if (stored_ != nullptr && stored_->span_marks[i] != kSpanMarkNone) {
      WriteMarks(SpanMarkNames(stored_->span_marks[i]), json_);
    }
    json_.EndObject();
  }

  void WriteEvents(const SpanData& span) {
    if (span.events.empty()) return;
    json_.Key("events");
    json_.BeginArray();
    for (const SpanEvent& event : span.events) {
      json_.BeginObject();
      WriteText("name", event.name, json_);
      WriteTime("time_unix_ns", event.time_unix_ns, json_);
      WriteAttributes("attributes", event.attributes, json_);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteLinks(const SpanData& span) {
    if (span.links.empty()) return;
    json_.Key("links");
    json_.BeginArray();
    for (const SpanLink& link : span.links) {
      json_.BeginObject();
      WriteId("trace_id", link.trace_id, json_);
      WriteId("span_id", link.span_id, json_);
      WriteNumber("flags", link.flags, json_);
      WriteTextIfAny("trace_state", link.trace_state, json_);
      WriteAttributes("attributes", link.attributes, json_);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteInterval(std::uint64_t start, std::uint64_t end) {
    WriteTime("start_unix_ns", start, json_);
    WriteTime("end_unix_ns", end, json_);
    WriteNumber("duration_ns", end - start, json_);
  }

  const std::span<const SpanData> spans_;
  const StoredTrace* const stored_;
  const TraceAnalysis& analysis_;
  const std::size_t max_bytes_;
  const std::size_t begin_;
  std::string& page_;
  base::JsonWriter json_;
};

absl::Status Encode(std::span<const SpanData> spans, const StoredTrace* stored, std::string& page,
                    const TraceJsonOptions& options) {
  const absl::StatusOr<TraceAnalysis> analysis = AnalyzeTrace(spans);
  if (!analysis.ok()) return analysis.status();
  TraceJsonEncoder(spans, stored, *analysis, options, page).Run();
  return absl::OkStatus();
}

}  // namespace
}  // namespace exporter

absl::Status EncodeTraceJson(std::span<const SpanData> spans, std::string& page,
                             const TraceJsonOptions& options) {
  return exporter::Encode(spans, nullptr, page, options);
}

absl::Status EncodeTraceJson(const StoredTrace& trace, std::string& page,
                             const TraceJsonOptions& options) {
  return exporter::Encode(trace.spans, &trace, page, options);
}

VITALS_NAMESPACE_END
