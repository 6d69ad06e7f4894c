// A service as the W3C's test suite of Trace Context drives it. POST /test with
// [{"url": "http://...", "arguments": [...]}, ...] posts each `arguments` to its `url`, in the
// trace that the request carries. The first argument is the port, a free one without. Ends when its
// input does.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "vitals/net/http_client.h"
#include "vitals/net/http_server.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/propagation.h"
#include "vitals/trace/span.h"
#include "vitals/trace/tracer_provider.h"

namespace {

using nlohmann::json;
using vitals::net::HttpClient;
using vitals::net::HttpClientRequest;
using vitals::net::HttpRequest;
using vitals::net::HttpResponse;
using vitals::net::TextResponse;

// Whether `body` is what /test takes.
bool IsListOfCalls(const json& body) {
  if (!body.is_array()) return false;
  for (const json& call : body) {
    if (!call.is_object() || !call.contains("url") || !call["url"].is_string() ||
        !call.contains("arguments")) {
      return false;
    }
  }
  return true;
}

absl::Status Post(HttpClient& client, const vitals::Tracer& tracer, const json& call) {
  const vitals::Span span = tracer.StartSpan("POST", vitals::SpanKind::kClient);
  const std::string body = call["arguments"].dump();
  HttpClientRequest request;
  request.method = "POST";
  request.url = call["url"].get<std::string>();
  request.headers.emplace_back("Content-Type", "application/json");
  vitals::Inject(span.context(), [&request](std::string_view name, std::string_view value) {
    request.headers.emplace_back(name, value);
  });
  request.body = body;
  return client.Send(request).status();
}

HttpResponse Answer(const HttpRequest& request, const vitals::Tracer& tracer) {
  const vitals::ContextScope caller(vitals::Extract(request.headers));
  const vitals::Span span = tracer.StartSpan("POST /test", vitals::SpanKind::kServer);
  const json calls = json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!IsListOfCalls(calls)) {
    return TextResponse(400, "the body must be a list of {\"url\": text, \"arguments\": any}\n");
  }
  // One for each request: what is called may call back, and must not wait for this one.
  const auto client = HttpClient::Create();
  if (!client.ok()) return TextResponse(500, std::string(client.status().message()) + "\n");
  for (const json& call : calls) {
    const absl::Status sent = Post(**client, tracer, call);
    if (!sent.ok()) return TextResponse(502, std::string(sent.message()) + "\n");
  }
  return TextResponse(200, "done\n");
}

}  // namespace

int main(int argc, char** argv) {
  const auto provider = vitals::TracerProvider::Create({});
  if (!provider.ok()) return EXIT_FAILURE;
  const vitals::Tracer tracer = (*provider)->GetTracer("trace_context_service");
  vitals::net::HttpRouter router;
  vitals::net::HttpRoute route;
  route.path = "/test";
  route.method = "POST";
  route.execution = vitals::net::HttpExecution::kWorker;
  route.handler = [&tracer](const HttpRequest& request) { return Answer(request, tracer); };
  if (!router.Add(std::move(route)).ok()) return EXIT_FAILURE;
  vitals::net::HttpServerOptions options;
  if (argc > 1) options.port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
  const auto server = vitals::net::HttpServer::Create(std::move(options), std::move(router));
  if (!server.ok()) {
    std::cerr << server.status().message() << '\n';
    return EXIT_FAILURE;
  }
  std::cout << "listening at " << (*server)->url() << "/test" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return EXIT_SUCCESS;
}
