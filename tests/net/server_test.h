#ifndef VITALS_TESTS_NET_SERVER_TEST_H_
#define VITALS_TESTS_NET_SERVER_TEST_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "tests/net/raw_client.h"
#include "tests/testing/eventually.h"
#include "vitals/net/http_server.h"

namespace vitals_test {

using vitals::net::HttpExecution;
using vitals::net::HttpHandler;
using vitals::net::HttpRequest;
using vitals::net::HttpResponse;
using vitals::net::HttpRouter;
using vitals::net::HttpServer;
using vitals::net::HttpServerOptions;
using vitals::net::TextResponse;

inline void AddRoute(HttpRouter& router, std::string path, HttpExecution execution,
                     HttpHandler handler) {
  ASSERT_TRUE(router.Add({std::move(path), execution, std::move(handler), ""}).ok());
}

/// Larger than what the kernel keeps for a client that does not read.
inline constexpr std::size_t kPageBytes = 32 * 1024 * 1024;

/// /health inline, /page a large shared body from a worker, /echo what was asked.
inline HttpRouter TestRouter() {
  static const auto page = std::make_shared<const std::string>(kPageBytes, 'x');
  HttpRouter router;
  AddRoute(router, "/health", HttpExecution::kInline,
           [](const HttpRequest&) { return TextResponse(200, "healthy"); });
  AddRoute(router, "/page", HttpExecution::kWorker, [](const HttpRequest&) {
    HttpResponse response;
    response.shared_body = page;
    return response;
  });
  AddRoute(router, "/echo", HttpExecution::kWorker, [](const HttpRequest& request) {
    std::string text(request.method);
    text.append(" ").append(request.path).append("?").append(request.query);
    text.append(" ").append(request.body);
    return TextResponse(200, text);
  });
  return router;
}

inline std::unique_ptr<HttpServer> MustCreate(HttpServerOptions options, HttpRouter router) {
  auto server = HttpServer::Create(std::move(options), std::move(router));
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

inline std::unique_ptr<HttpServer> MustCreate(HttpServerOptions options = {}) {
  return MustCreate(std::move(options), TestRouter());
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_NET_SERVER_TEST_H_
