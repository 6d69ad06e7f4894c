#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "vitals/api/trace_routes.h"
#include "vitals/trace/trace_store.h"

// What a client asks of the trace pages, as a query of each and as the id of a trace: any bytes get
// an answer in its envelope, and no more traces than may be asked for.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

vitals::net::HttpRouter MakeRouter() {
  const auto store = vitals::TraceStore::Create({.keeping = {.keep_everything = true}}).value();
  const std::shared_ptr<vitals::TracerProvider> provider =
      vitals::TracerProvider::Create({.drain_interval = std::chrono::milliseconds(0)}).value();
  for (std::uint64_t id = 1; id <= 30; ++id) {
    vitals::SpanData span;
    span.trace_id = {.high = 0, .low = id};
    span.span_id = {id};
    span.name = "job";
    span.component = "worker";
    span.start_unix_ns = 1'700'000'000'000'000'000 + id;
    span.end_unix_ns = span.start_unix_ns + id * 1'000;
    span.attributes = {{"bytes", std::int64_t{4'096}}};
    store->OnEnd({&span, 1});
  }
  vitals::net::HttpRouter router;
  Require(vitals::api::AddTraceRoutes({.store = store, .provider = provider}, router).ok());
  return router;
}

void Ask(std::string_view path, std::string_view query, bool is_in_envelope) {
  static const vitals::net::HttpRouter router = MakeRouter();
  vitals::net::HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  const vitals::net::HttpRoute* const route = router.Find(path);
  if (route == nullptr) return;
  const vitals::net::HttpResponse response = route->handler(request);
  Require(response.status == 200 || response.status == 400 || response.status == 404);
  const std::string_view page = response.content();
  if (response.status != 200) Require(page.starts_with(R"({"status":"error","errorType":")"));
  if (response.status == 200 && is_in_envelope) {
    Require(page.starts_with(R"({"status":"success","data":)"));
  }
  Require(page.ends_with('}'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Ask("/api/v1/traces", text, true);
  Ask("/api/v1/traces/summary", text, true);
  const std::string_view id = text.substr(0, text.find('?'));
  const std::string_view query = text.substr(std::min(id.size() + 1, text.size()));
  Ask("/api/v1/traces/" + std::string(id), query, id == "active");
  return 0;
}
