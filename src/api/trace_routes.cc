#include "vitals/api/trace_routes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_response.h"
#include "api/query_fields.h"
#include "api/trace_query_parser.h"
#include "export/json_members.h"
#include "fmt/format.h"
#include "vitals/export/chrome_trace.h"
#include "vitals/export/otlp_json.h"
#include "vitals/export/trace_json.h"
#include "vitals/trace/bottleneck_summary.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

using exporter::WriteId;
using exporter::WriteKeeping;
using exporter::WriteNameTimes;
using exporter::WriteNumber;
using exporter::WriteText;
using exporter::WriteTime;
using net::HttpRequest;
using net::HttpResponse;

constexpr std::string_view kTracePrefix = "/api/v1/traces/";

// Traces of a search, and of a summary, whose request names no limit.
constexpr std::size_t kDefaultTraces = 20;
constexpr std::size_t kDefaultSummaryTraces = 1000;
constexpr std::size_t kSummaryNames = 100;

void WriteSummary(base::JsonWriter& json, const TraceSummary& trace) {
  json.BeginObject();
  WriteId("trace_id", trace.trace_id, json);
  WriteText("root_name", trace.root_name, json);
  WriteText("root_component", trace.root_component, json);
  WriteTime("start_unix_ns", trace.start_unix_ns, json);
  WriteNumber("duration_ns", trace.duration_ns(), json);
  WriteNumber("span_count", trace.span_count, json);
  WriteNumber("error_count", trace.error_count, json);
  WriteKeeping(trace, json);
  json.EndObject();
}

void WriteBottleneck(base::JsonWriter& json, const Bottleneck& name) {
  json.BeginObject();
  WriteNameTimes(name, json);
  WriteNumber("p50_ns", name.p50_ns, json);
  WriteNumber("p95_ns", name.p95_ns, json);
  WriteNumber("p99_ns", name.p99_ns, json);
  json.Key("critical_path_share");
  json.Double(name.critical_path_share);
  json.EndObject();
}

void WriteActiveSpan(base::JsonWriter& json, const ActiveSpan& span) {
  json.BeginObject();
  WriteId("trace_id", span.trace_id, json);
  WriteId("span_id", span.span_id, json);
  if (span.parent_span_id.IsValid()) WriteId("parent_span_id", span.parent_span_id, json);
  WriteText("component", span.component, json);
  WriteText("name", span.name, json);
  WriteText("kind", SpanKindName(span.kind), json);
  WriteTime("start_unix_ns", span.start_unix_ns, json);
  WriteNumber("duration_ns", span.duration_ns, json);
  WriteNumber("thread_id", span.thread_id, json);
  WriteText("thread_name", span.thread_name, json);
  json.EndObject();
}

HttpResponse Search(const TraceStore& store, const HttpRequest& request) {
  const auto query = ParseTraceQuery(request.query, kDefaultTraces);
  if (!query.ok()) return JsonError(query.status());
  const auto traces = store.Search(*query);
  if (!traces.ok()) return JsonError(traces.status());
  return JsonData([&](base::JsonWriter& json) {
    json.BeginArray();
    for (const TraceSummary& trace : *traces) WriteSummary(json, trace);
    json.EndArray();
  });
}

// Where the time of some traces went, and which of them are whole.
class SummaryPage {
 public:
  void Add(const StoredTrace& trace) {
    ++found_;
    if (!times_.AddTrace(trace.spans).ok()) {
      ++too_large_;
      return;
    }
    incomplete_ += (trace.summary.marks & kTraceMarkIncomplete) != 0 ? 1 : 0;
    truncated_ += (trace.summary.marks & kTraceMarkTruncated) != 0 ? 1 : 0;
  }

  HttpResponse Show(std::size_t pending, std::size_t limit) const {
    const std::vector<Bottleneck> names = times_.Top(std::numeric_limits<std::size_t>::max());
    const auto shown = std::span(names).first(std::min(names.size(), kSummaryNames));
    return JsonData([&](base::JsonWriter& json) {
      json.BeginObject();
      WriteNumber("traces", times_.trace_count(), json);
      WriteNumber("incomplete", incomplete_, json);
      WriteNumber("truncated", truncated_, json);
      WriteNumber("traces_too_large", too_large_, json);
      WriteNumber("pending", pending, json);
      json.Key("limit_reached");
      json.Bool(found_ >= limit);
      WriteNumber("critical_path_ns", times_.critical_path_ns(), json);
      json.Key("names");
      json.BeginArray();
      for (const Bottleneck& name : shown) WriteBottleneck(json, name);
      json.EndArray();
      WriteNumber("omitted_names", names.size() - shown.size(), json);
      json.EndObject();
    });
  }

 private:
  BottleneckSummary times_;
  std::size_t found_ = 0;
  std::uint64_t incomplete_ = 0;
  std::uint64_t truncated_ = 0;
  std::uint64_t too_large_ = 0;
};

HttpResponse Summarize(const TraceStore& store, const HttpRequest& request) {
  auto query = ParseTraceQuery(request.query, kDefaultSummaryTraces);
  if (!query.ok()) return JsonError(query.status());
  // Most pending traces are short of spans, and will not be kept.
  query->stage = TraceStage::kPending;
  const auto pending = store.Search(*query);
  if (!pending.ok()) return JsonError(pending.status());
  query->stage = TraceStage::kKept;
  SummaryPage page;
  const absl::Status status = store.ForEachTrace(*query, [&page](const StoredTrace& trace) {
    page.Add(trace);
    return true;
  });
  return status.ok() ? page.Show(pending->size(), query->limit) : JsonError(status);
}

HttpResponse ShowActive(const TracerProvider& provider) {
  return JsonData([&](base::JsonWriter& json) {
    json.BeginArray();
    for (const ActiveSpan& span : provider.ActiveSpans()) WriteActiveSpan(json, span);
    json.EndArray();
  });
}

enum class TraceFormat { kJson, kOtlp, kChrome };

absl::StatusOr<TraceFormat> ParseFormat(std::string_view query) {
  const auto fields = DecodeQuery(query);
  if (!fields.ok()) return fields.status();
  if (fields->empty()) return TraceFormat::kJson;
  const auto& [field, value] = fields->front();
  if (fields->size() == 1 && field == "format") {
    if (value == "json") return TraceFormat::kJson;
    if (value == "otlp") return TraceFormat::kOtlp;
    if (value == "chrome") return TraceFormat::kChrome;
  }
  return absl::InvalidArgumentError(
      "a trace takes one field: format=json, format=otlp or format=chrome");
}

HttpResponse ShowTrace(const TraceRoutesOptions& options, const HttpRequest& request) {
  const std::string_view text = request.path.substr(kTracePrefix.size());
  const auto id = TraceId::FromHex(text);
  if (!id) {
    return JsonError(absl::InvalidArgumentError(fmt::format(
        "'{}' is no trace id: write 32 lower-case hexadecimal digits, not all zero", text)));
  }
  const auto format = ParseFormat(request.query);
  if (!format.ok()) return JsonError(format.status());
  const auto trace = options.store->Find(*id);
  if (!trace) {
    return JsonError(absl::NotFoundError(
        fmt::format("there is no trace {}: it was not kept, or has been evicted since", text)));
  }
  std::string page;
  absl::Status status;
  if (*format == TraceFormat::kOtlp) {
    EncodeOtlpJson(*trace, options.resource, page);
  } else if (*format == TraceFormat::kChrome) {
    status = EncodeChromeTrace(*trace, page);
  } else {
    status = EncodeTraceJson(*trace, page);
  }
  return status.ok() ? JsonResponse(std::move(page)) : JsonError(status);
}

}  // namespace

absl::Status AddTraceRoutes(const TraceRoutesOptions& options, net::HttpRouter& router) {
  if (options.store == nullptr || options.provider == nullptr) {
    return absl::InvalidArgumentError("the trace pages need a store and a provider");
  }
  const auto worker = net::HttpExecution::kWorker;
  absl::Status status =
      router.Add({.path = "/api/v1/traces",
                  .execution = worker,
                  .handler = [store = options.store](const auto& r) { return Search(*store, r); },
                  .title = "Traces, newest first"});
  status.Update(router.Add(
      {.path = "/api/v1/traces/summary",
       .execution = worker,
       .handler = [store = options.store](const auto& r) { return Summarize(*store, r); },
       .title = "Where the time of traces goes"}));
  status.Update(router.Add(
      {.path = "/api/v1/traces/active",
       .execution = worker,
       .handler = [provider = options.provider](const auto&) { return ShowActive(*provider); },
       .title = "Spans that are open now"}));
  status.Update(router.Add({.path = std::string(kTracePrefix) + "*",
                            .execution = worker,
                            .handler = [options](const auto& r) { return ShowTrace(options, r); },
                            .title = {}}));
  return status;
}

}  // namespace api
VITALS_NAMESPACE_END
