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
#include "fmt/format.h"
#include "vitals/export/chrome_trace.h"
#include "vitals/export/otlp_json.h"
#include "vitals/export/trace_json.h"
#include "vitals/trace/bottleneck_summary.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

using net::HttpRequest;
using net::HttpResponse;

constexpr std::string_view kTracePrefix = "/api/v1/traces/";

// Traces of a search, and of a summary, whose request names no limit.
constexpr std::size_t kDefaultTraces = 20;
constexpr std::size_t kDefaultSummaryTraces = 1000;
constexpr std::size_t kSummaryNames = 100;

void WriteSummary(base::JsonWriter& json, const TraceSummary& trace) {
  json.BeginObject();
  json.Key("trace_id");
  json.String(trace.trace_id.ToString());
  json.Key("root_name");
  json.String(trace.root_name);
  json.Key("root_component");
  json.String(trace.root_component);
  json.Key("start_unix_ns");
  json.QuotedUint(trace.start_unix_ns);
  json.Key("duration_ns");
  json.Uint(trace.duration_ns());
  json.Key("span_count");
  json.Uint(trace.span_count);
  json.Key("error_count");
  json.Uint(trace.error_count);
  json.Key("refused_spans");
  json.Uint(trace.refused_spans);
  json.Key("kept_for");
  json.String(TraceKeepReasonName(trace.kept_for));
  json.Key("marks");
  json.BeginArray();
  for (const std::string_view name : TraceMarkNames(trace.marks)) json.String(name);
  json.EndArray();
  json.EndObject();
}

void WriteBottleneck(base::JsonWriter& json, const Bottleneck& name) {
  json.BeginObject();
  json.Key("component");
  json.String(name.component);
  json.Key("name");
  json.String(name.name);
  const std::pair<std::string_view, std::uint64_t> numbers[] = {
      {"count", name.count},
      {"errors", name.errors},
      {"total_ns", name.total_ns},
      {"self_ns", name.self_ns},
      {"critical_path_ns", name.critical_path_ns},
      {"p50_ns", name.p50_ns},
      {"p95_ns", name.p95_ns},
      {"p99_ns", name.p99_ns}};
  for (const auto& [key, value] : numbers) {
    json.Key(key);
    json.Uint(value);
  }
  json.Key("critical_path_share");
  json.Double(name.critical_path_share);
  json.EndObject();
}

void WriteActiveSpan(base::JsonWriter& json, const ActiveSpan& span) {
  json.BeginObject();
  json.Key("trace_id");
  json.String(span.trace_id.ToString());
  json.Key("span_id");
  json.String(span.span_id.ToString());
  if (span.parent_span_id.IsValid()) {
    json.Key("parent_span_id");
    json.String(span.parent_span_id.ToString());
  }
  json.Key("component");
  json.String(span.component);
  json.Key("name");
  json.String(span.name);
  json.Key("kind");
  json.String(SpanKindName(span.kind));
  json.Key("start_unix_ns");
  json.QuotedUint(span.start_unix_ns);
  json.Key("duration_ns");
  json.Uint(span.duration_ns);
  json.Key("thread_id");
  json.Uint(span.thread_id);
  json.Key("thread_name");
  json.String(span.thread_name);
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

HttpResponse Summarize(const TraceStore& store, const HttpRequest& request) {
  const auto query = ParseTraceQuery(request.query, kDefaultSummaryTraces);
  if (!query.ok()) return JsonError(query.status());
  BottleneckSummary summary;
  std::uint64_t too_large = 0;
  absl::Status status = store.ForEachTrace(*query, [&](const StoredTrace& trace) {
    if (!summary.AddTrace(trace.spans).ok()) ++too_large;
    return true;
  });
  if (!status.ok()) return JsonError(status);
  const std::vector<Bottleneck> names = summary.Top(std::numeric_limits<std::size_t>::max());
  const auto shown = std::span(names).first(std::min(names.size(), kSummaryNames));
  return JsonData([&](base::JsonWriter& json) {
    json.BeginObject();
    json.Key("traces");
    json.Uint(summary.trace_count());
    json.Key("traces_too_large");
    json.Uint(too_large);
    json.Key("critical_path_ns");
    json.Uint(summary.critical_path_ns());
    json.Key("names");
    json.BeginArray();
    for (const Bottleneck& name : shown) WriteBottleneck(json, name);
    json.EndArray();
    json.Key("omitted_names");
    json.Uint(names.size() - shown.size());
    json.EndObject();
  });
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
