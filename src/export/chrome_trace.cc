#include "vitals/export/chrome_trace.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "export/json_members.h"
#include "export/track_layout.h"
#include "fmt/format.h"
#include "trace/trace_tree.h"
#include "trace/tree_analysis.h"

VITALS_NAMESPACE_BEGIN
namespace exporter {
namespace {

using trace::TraceTree;

// Arguments of a span that are not attributes.
constexpr std::array<std::string_view, 12> kOwnArguments = {
    "span_id",       "parent_span_id",     "kind",
    "status",        "status_message",     "clipped_ns",
    "trace_state",   "dropped_attributes", "dropped_events",
    "dropped_links", "truncated_values",   "marks"};

class ChromeTraceEncoder {
 public:
  // `stored` is where the spans are from; null when no store has marked them.
  ChromeTraceEncoder(std::span<const SpanData> spans, const StoredTrace* stored,
                     const ChromeTraceOptions& options, std::string& page)
      : spans_(spans),
        stored_(stored),
        options_(options),
        process_id_(options.process_id != 0 ? options.process_id
                                            : static_cast<std::uint32_t>(::getpid())),
        tree_(spans),
        layout_(LayOutTracks(spans, tree_)),
        begin_(page.size()),
        page_(page),
        json_(page) {
    if (!spans.empty()) origin_unix_ns_ = layout_.spans[layout_.order.front()].start_unix_ns;
    ListFlows();
  }

  void Run() {
    json_.BeginObject();
    WriteText("displayTimeUnit", "ns", json_);
    json_.Key("traceEvents");
    json_.BeginArray();
    NameTracks();
    std::size_t written = 0;
    while (written < layout_.order.size() && page_.size() - begin_ < options_.max_bytes) {
      WriteSpan(layout_.order[written++]);
    }
    json_.EndArray();
    WriteOtherData(layout_.order.size() - written);
    json_.EndObject();
  }

 private:
  // Finds, for each span, the children that do not lie in it.
  void ListFlows() {
    flows_.resize(spans_.size());
    for (const std::uint32_t i : layout_.order) {
      if (HasFlow(i)) flows_[tree_.parent(i)].push_back(i);
    }
  }

  bool HasFlow(std::uint32_t i) const {
    return tree_.parent(i) != TraceTree::kNone && !layout_.spans[i].in_parent;
  }

  // Begins an event; its other members follow.
  void BeginEvent(std::string_view phase, std::string_view name, std::uint64_t thread_id) {
    json_.BeginObject();
    WriteText("ph", phase, json_);
    WriteText("name", name, json_);
    WriteNumber("pid", process_id_, json_);
    WriteNumber("tid", thread_id, json_);
  }

  void BeginTimedEvent(std::string_view phase, std::string_view name, const PlacedSpan& placed,
                       std::uint64_t unix_ns) {
    BeginEvent(phase, name, layout_.tracks[placed.track].id);
    json_.Key("ts");
    json_.Thousandths(unix_ns - origin_unix_ns_);
  }

  void WriteMetadata(std::string_view name, std::uint64_t thread_id, std::string_view key,
                     const AttributeValue& value) {
    BeginEvent("M", name, thread_id);
    json_.Key("args");
    json_.BeginObject();
    json_.Key(key);
    WriteAttributeValue(value, json_);
    json_.EndObject();
    json_.EndObject();
  }

  void NameTracks() {
    if (!options_.process_name.empty()) {
      WriteMetadata("process_name", process_id_, "name", std::string(options_.process_name));
    }
    std::int64_t place = 0;
    for (const Track& track : layout_.tracks) {
      std::string name(track.thread_name);
      if (name.empty()) name = fmt::format("thread {}", track.thread_id);
      if (track.number > 0) name += fmt::format(" (overflow {})", track.number);
      WriteMetadata("thread_name", track.id, "name", std::move(name));
      WriteMetadata("thread_sort_index", track.id, "sort_index", place++);
    }
  }

  // A flow binds to the innermost event that is open when it comes, in the order of the page where
  // times are equal. So flows from a span come right after it, with the time of its start, and not
  // with that of the child, when other events may be open in it.
  void WriteSpan(std::uint32_t i) {
    const SpanData& span = spans_[i];
    const PlacedSpan& placed = layout_.spans[i];
    BeginTimedEvent("X", span.name, placed, placed.start_unix_ns);
    json_.Key("dur");
    json_.Thousandths(placed.end_unix_ns - placed.start_unix_ns);
    WriteText("cat", span.component, json_);
    WriteArguments(i);
    json_.EndObject();
    if (HasFlow(i)) WriteFlow("f", i, placed);
    for (const std::uint32_t child : flows_[i]) WriteFlow("s", child, placed);
    for (const SpanEvent& event : span.events) WriteSpanEvent(event, placed);
  }

  void WriteFlow(std::string_view phase, std::uint32_t child, const PlacedSpan& at) {
    BeginTimedEvent(phase, "parent", at, at.start_unix_ns);
    WriteText("cat", "parent", json_);
    WriteNumber("id", child + std::uint64_t{1}, json_);
    WriteText("bp", "e", json_);
    json_.EndObject();
  }

  void WriteSpanEvent(const SpanEvent& event, const PlacedSpan& placed) {
    const std::uint64_t time =
        std::clamp(event.time_unix_ns, placed.start_unix_ns, placed.end_unix_ns);
    BeginTimedEvent("i", event.name, placed, time);
    WriteText("s", "t", json_);
    WriteAttributes("args", event.attributes, json_);
    json_.EndObject();
  }

  void WriteArguments(std::uint32_t i) {
    const SpanData& span = spans_[i];
    json_.Key("args");
    json_.BeginObject();
    WriteId("span_id", span.span_id, json_);
    if (span.parent_span_id.IsValid()) WriteId("parent_span_id", span.parent_span_id, json_);
    WriteText("kind", SpanKindName(span.kind), json_);
    WriteText("status", SpanStatusName(span.status), json_);
    WriteTextIfAny("status_message", span.status_message, json_);
    WriteTextIfAny("trace_state", span.trace_state, json_);
    WriteNumberIfAny("clipped_ns", layout_.spans[i].clipped_ns, json_);
    WriteLosses(span, json_);
    if (stored_ != nullptr && stored_->span_marks[i] != kSpanMarkNone) {
      WriteMarks(SpanMarkNames(stored_->span_marks[i]), json_);
    }
    for (const SpanAttribute& attribute : span.attributes) {
      if (std::find(kOwnArguments.begin(), kOwnArguments.end(), attribute.key) !=
          kOwnArguments.end()) {
        json_.Key(fmt::format("attribute.{}", attribute.key));
      } else {
        json_.Key(attribute.key);
      }
      WriteAttributeValue(attribute.value, json_);
    }
    json_.EndObject();
  }

  void WriteOtherData(std::size_t omitted_spans) {
    json_.Key("otherData");
    json_.BeginObject();
    if (!spans_.empty()) {
      WriteId("trace_id", spans_.front().trace_id, json_);
      WriteTime("start_unix_ns", origin_unix_ns_, json_);
    }
    if (stored_ != nullptr) WriteKeeping(stored_->summary, json_);
    WriteNumber("omitted_spans", omitted_spans, json_);
    json_.EndObject();
  }

  const std::span<const SpanData> spans_;
  const StoredTrace* const stored_;
  const ChromeTraceOptions& options_;
  const std::uint32_t process_id_;
  const TraceTree tree_;
  const TrackLayout layout_;
  std::uint64_t origin_unix_ns_ = 0;
  std::vector<std::vector<std::uint32_t>> flows_;  // by span: children that do not lie in it
  const std::size_t begin_;
  std::string& page_;
  base::JsonWriter json_;
};

absl::Status Encode(std::span<const SpanData> spans, const StoredTrace* stored, std::string& page,
                    const ChromeTraceOptions& options) {
  if (absl::Status status = trace::CheckAnalyzable(spans); !status.ok()) return status;
  ChromeTraceEncoder(spans, stored, options, page).Run();
  return absl::OkStatus();
}

}  // namespace
}  // namespace exporter

absl::Status EncodeChromeTrace(std::span<const SpanData> spans, std::string& page,
                               const ChromeTraceOptions& options) {
  return exporter::Encode(spans, nullptr, page, options);
}

absl::Status EncodeChromeTrace(const StoredTrace& trace, std::string& page,
                               const ChromeTraceOptions& options) {
  return exporter::Encode(trace.spans, &trace, page, options);
}

VITALS_NAMESPACE_END
