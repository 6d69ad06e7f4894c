#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/net/server_test.h"

namespace vitals_test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kShort(150);

// Keeps the kernel from taking a page for a client that does not read.
constexpr int kSmallReceiveBuffer = 4096;

HttpServerOptions ShortRequests() {
  HttpServerOptions options;
  options.request_timeout = kShort;
  return options;
}

TEST(HttpServerLimits, AnswersASilentClientWith408) {
  const auto server = MustCreate(ShortRequests());
  auto client = RawClient::Tcp(server->port());
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server->stats().timeouts, 1u);
}

TEST(HttpServerLimits, AnswersAHalfRequestWith408) {
  for (const std::string_view part :
       {"G", "GET /health HTTP/1.1\r\nHost: a\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc"}) {
    const auto server = MustCreate(ShortRequests());
    auto client = RawClient::Tcp(server->port());
    ASSERT_TRUE(client.Send(part));
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << part;
    EXPECT_EQ(answer->status, 408) << part;
    EXPECT_TRUE(client.ReadsEnd());
  }
}

TEST(HttpServerLimits, ProgressDoesNotMoveTheRequestTimeout) {
  const auto server = MustCreate(ShortRequests());
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.Send("GET /health HTTP/1.1\r\nHost: a\r\n"));
  const auto start = Clock::now();
  // A byte every few milliseconds, as slowloris sends them, until the server has had enough.
  while (server->stats().timeouts == 0 && Clock::now() < start + std::chrono::seconds(20)) {
    if (!client.Send("X")) break;
    std::this_thread::sleep_for(milliseconds(5));
  }
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_GE(Clock::now() - start, kShort - milliseconds(20));
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
}

TEST(HttpServerLimits, LaterRequestsHaveTheirOwnTimeout) {
  const auto server = MustCreate(ShortRequests());
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/health")->status, 200);
  // Idle for longer than a request may take: the keep-alive time counts.
  std::this_thread::sleep_for(2 * kShort);
  ASSERT_EQ(client.Get("/health")->status, 200);
  ASSERT_TRUE(client.Send("GET"));
  EXPECT_EQ(client.Read()->status, 408);
}

TEST(HttpServerLimits, ClosesIdleConnectionsWithoutAWord) {
  HttpServerOptions options;
  options.keep_alive_timeout = kShort;
  const auto server = MustCreate(options);
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/health")->status, 200);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server->stats().timeouts, 0u);
}

TEST(HttpServerLimits, CutsClientsThatDoNotRead) {
  HttpServerOptions options;
  options.write_timeout = kShort;
  options.max_concurrent_work = 1;
  const auto server = MustCreate(options);
  auto stalled = RawClient::Tcp(server->port(), "127.0.0.1", kSmallReceiveBuffer);
  ASSERT_TRUE(stalled.SendGet("/page"));
  ASSERT_TRUE(Eventually([&] { return server->stats().timeouts == 1; }));
  // Its page is no longer counted.
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(Eventually([&] { return client.Get("/echo")->status == 200; }));
  EXPECT_LT(stalled.ReadAll().size(), kPageBytes);
}

TEST(HttpServerLimits, CutsClientsThatTakeTooLongForAnAnswer) {
  HttpServerOptions options;
  options.answer_timeout = kShort;
  const auto server = MustCreate(options);
  auto slow = RawClient::Tcp(server->port(), "127.0.0.1", kSmallReceiveBuffer);
  ASSERT_TRUE(slow.SendGet("/page"));
  ASSERT_TRUE(Eventually([&] { return server->stats().timeouts == 1; }));
  EXPECT_LT(slow.ReadAll().size(), kPageBytes);
}

TEST(HttpServerLimits, ReadersThatProgressAreServed) {
  HttpServerOptions options;
  // More than a busy machine may keep both sides from running.
  options.write_timeout = milliseconds(2000);
  const auto server = MustCreate(options);
  auto client = RawClient::Tcp(server->port(), "127.0.0.1", 256 * 1024);
  ASSERT_TRUE(client.SendGet("/page"));
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), kPageBytes);
}

TEST(HttpServerLimits, StalledReadersDoNotHoldUpOthers) {
  HttpServerOptions options;
  options.io_threads = 1;
  options.max_concurrent_work = 8;
  const auto server = MustCreate(options);
  std::vector<RawClient> stalled;
  for (int i = 0; i < 8; ++i) {
    stalled.push_back(RawClient::Tcp(server->port(), "127.0.0.1", kSmallReceiveBuffer));
    ASSERT_TRUE(stalled.back().SendGet("/page"));
  }
  // All eight pages are being written: one more is too many.
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(Eventually([&] { return client.Get("/echo")->status == 503; }));
  std::vector<Clock::duration> latencies;
  for (int i = 0; i < 21; ++i) {
    const auto start = Clock::now();
    ASSERT_EQ(client.Get("/health")->status, 200);
    latencies.push_back(Clock::now() - start);
  }
  // The median: a machine with other work may keep any one of them waiting.
  std::sort(latencies.begin(), latencies.end());
  EXPECT_LT(latencies[latencies.size() / 2], milliseconds(100));
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/health")->status, 200);
  // One of them catches up, and its place is free.
  EXPECT_EQ(stalled.front().Read()->body.size(), kPageBytes);
  EXPECT_TRUE(Eventually([&] { return client.Get("/echo")->status == 200; }));
}

TEST(HttpServerLimits, ARouteMayLeaveSomeRequestsToWorkers) {
  std::promise<void> open;
  HttpRouter router;
  ASSERT_TRUE(
      router
          .Add({.path = "/status",
                .handler =
                    [gate = open.get_future().share()](const HttpRequest& request) {
                      if (request.query == "long") gate.wait();
                      HttpResponse response = TextResponse(200, std::string(1000, 'a'));
                      response.allow_gzip = true;
                      return response;
                    },
                .title = "",
                .needs_worker = [](const HttpRequest& request) { return request.query == "long"; }})
          .ok());
  HttpServerOptions options;
  options.max_concurrent_work = 1;
  const auto server = MustCreate(options, std::move(router));
  auto waiting = RawClient::Tcp(server->port());
  ASSERT_TRUE(waiting.SendGet("/status?long", "Accept-Encoding: gzip\r\n"));
  ASSERT_TRUE(Eventually([&] { return server->stats().requests == 1; }));
  auto client = RawClient::Tcp(server->port());
  EXPECT_EQ(client.Get("/status?long")->status, 503);
  const auto quick = client.Get("/status", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(quick->status, 200);
  EXPECT_EQ(quick->Header("Content-Encoding"), "") << "not on the thread that serves the sockets";
  open.set_value();
  EXPECT_EQ(waiting.Read()->Header("Content-Encoding"), "gzip");
}

TEST(HttpServerLimits, RefusesWorkBeyondTheLimit) {
  std::promise<void> open;
  HttpRouter router = TestRouter();
  AddRoute(router, "/wait", HttpExecution::kWorker,
           [gate = open.get_future().share()](const HttpRequest&) {
             gate.wait();
             return TextResponse(200, "done");
           });
  HttpServerOptions options;
  options.max_concurrent_work = 2;
  const auto server = MustCreate(options, std::move(router));
  auto first = RawClient::Tcp(server->port());
  auto second = RawClient::Tcp(server->port());
  ASSERT_TRUE(first.SendGet("/wait"));
  ASSERT_TRUE(second.SendGet("/wait"));
  ASSERT_TRUE(Eventually([&] { return server->stats().requests == 2; }));
  auto third = RawClient::Tcp(server->port());
  const auto refused = third.Get("/wait");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->Header("Retry-After"), "1");
  EXPECT_EQ(refused->Header("Connection"), "");
  EXPECT_EQ(third.Get("/health")->status, 200);
  EXPECT_EQ(server->stats().requests_rejected, 1u);
  open.set_value();
  EXPECT_EQ(first.Read()->body, "done");
  EXPECT_EQ(second.Read()->body, "done");
  EXPECT_EQ(third.Get("/wait")->status, 200);
}

TEST(HttpServerLimits, ClientsThatLeaveMidPageHarmNothing) {
  HttpServerOptions options;
  options.max_concurrent_work = 2;
  const auto server = MustCreate(options);
  for (int i = 0; i < 20; ++i) {
    auto leaving = RawClient::Tcp(server->port(), "127.0.0.1", kSmallReceiveBuffer);
    ASSERT_TRUE(leaving.SendGet("/page"));
    leaving.Close(/*reset=*/i % 2 == 0);
  }
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(Eventually([&] { return client.Get("/page")->status == 200; }));
}

TEST(HttpServerLimits, ReleasesASharedPageWhenItIsGivenUp) {
  const auto page = std::make_shared<const std::string>(kPageBytes, 'x');
  HttpRouter router;
  AddRoute(router, "/page", HttpExecution::kWorker,
           [weak = std::weak_ptr(page)](const HttpRequest&) {
             HttpResponse response;
             response.shared_body = weak.lock();
             return response;
           });
  const auto server = MustCreate({}, std::move(router));
  {
    auto client = RawClient::Tcp(server->port(), "127.0.0.1", kSmallReceiveBuffer);
    ASSERT_TRUE(client.SendGet("/page"));
    ASSERT_TRUE(Eventually([&] { return page.use_count() == 2; }));
  }
  EXPECT_TRUE(Eventually([&] { return page.use_count() == 1; }));
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/page")->status, 200);
  EXPECT_TRUE(Eventually([&] { return page.use_count() == 1; }));
}

TEST(HttpServerLimits, ClosesConnectionsBeyondTheLimit) {
  HttpServerOptions options;
  options.max_connections = 2;
  const auto server = MustCreate(options);
  auto first = RawClient::Tcp(server->port());
  ASSERT_EQ(first.Get("/health")->status, 200);
  {
    auto second = RawClient::Tcp(server->port());
    ASSERT_EQ(second.Get("/health")->status, 200);
    auto third = RawClient::Tcp(server->port());
    EXPECT_TRUE(third.ReadsEnd());
    EXPECT_EQ(server->stats().connections_refused, 1u);
    EXPECT_EQ(server->stats().connections_accepted, 3u);
  }
  EXPECT_EQ(first.Get("/health")->status, 200);
  EXPECT_TRUE(Eventually([&] {
    const auto answer = RawClient::Tcp(server->port()).Get("/health");
    return answer && answer->status == 200;
  }));
}

TEST(HttpServerLimits, SizeLimitsAreTheOptions) {
  HttpServerOptions options;
  options.max_header_bytes = 200;
  options.max_body_bytes = 10;
  const auto server = MustCreate(options);
  const auto status = [&](std::string_view headers, std::string_view body) {
    auto client = RawClient::Tcp(server->port());
    EXPECT_TRUE(client.SendGet("/health", headers));
    EXPECT_TRUE(client.Send(body));
    return client.Read()->status;
  };
  EXPECT_EQ(status("X: " + std::string(100, 'x') + "\r\n", ""), 200);
  EXPECT_EQ(status("X: " + std::string(200, 'x') + "\r\n", ""), 431);
  EXPECT_EQ(status("Content-Length: 10\r\n", "0123456789"), 200);
  EXPECT_EQ(status("Content-Length: 11\r\n", ""), 413);
}

}  // namespace
}  // namespace vitals_test
