// Contexts that cross processes: read from the headers of a request, written to those of the next.

#include "vitals/trace/propagation.h"

#include <iostream>
#include <string_view>

#include "vitals/metrics/registry.h"
#include "vitals/metrics/trace_exemplar.h"
#include "vitals/net/http_client.h"
#include "vitals/net/http_message.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer_provider.h"

namespace {

// What `span` asks of another process.
vitals::net::HttpClientRequest NextRequest(const vitals::Span& span) {
  // [inject]
  vitals::net::HttpClientRequest next = {.url = "http://127.0.0.1:8080/store"};
  vitals::Inject(span.context(), [&next](std::string_view name, std::string_view value) {
    next.headers.emplace_back(name, value);
  });
  // [/inject]
  return next;
}

// [extract]
vitals::net::HttpClientRequest Forward(const vitals::net::HttpRequest& request,
                                       const vitals::Tracer& tracer) {
  const vitals::ContextScope caller(vitals::Extract(request.headers));
  const vitals::Span span = tracer.StartSpan("forward", vitals::SpanKind::kServer);
  return NextRequest(span);
}
// [/extract]

// [state]
absl::Status SetRojo(vitals::SpanContext& context, std::string_view value) {
  vitals::TraceState state = vitals::LoadTraceState(context.trace_state);
  if (absl::Status set = state.Set("rojo", value); !set.ok()) return set;
  context.trace_state = vitals::StoreTraceState(state);
  return absl::OkStatus();
}
// [/state]

void Record(vitals::Registry& registry) {
  const vitals::Histogram request_seconds =
      registry.AddHistogram({.name = "request_seconds", .help = "Time of requests."}).value();
  const double seconds = 0.25;
  // [exemplar]
  vitals::ObserveWithTrace(request_seconds, seconds);
  // [/exemplar]
}

}  // namespace

int main() {
  const auto provider = vitals::TracerProvider::Create({});
  if (!provider.ok()) return 1;
  vitals::net::HttpRequest request;
  request.headers = {{"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                     {"Tracestate", "congo=t61rcWkgMzE"}};
  const auto next = Forward(request, (*provider)->GetTracer("front"));
  for (const auto& [name, value] : next.headers) std::cout << name << ": " << value << '\n';

  vitals::SpanContext context = vitals::Extract(next.headers);
  if (!SetRojo(context, "00f067aa0ba902b7").ok()) return 1;
  std::cout << vitals::TraceStateText(context.trace_state) << '\n';

  const vitals::ContextScope scope(context);
  vitals::Registry registry;
  Record(registry);
}
