#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"
#include "vitals/base/log.h"

namespace vitals_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// Collects what is logged while it lives.
class LogCapture {
 public:
  LogCapture() {
    vitals::SetLogSink([this](vitals::LogSeverity, std::string_view message) {
      const std::lock_guard lock(mutex_);
      messages_.emplace_back(message);
    });
  }
  ~LogCapture() { vitals::SetLogSink(nullptr); }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
};

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  const auto server = MustCreate();
  EXPECT_EQ(server->url(), fmt::format("http://127.0.0.1:{}", server->port()));
  auto client = RawClient::Tcp(server->port());
  const auto health = client.Get("/health");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  EXPECT_EQ(health->body, "healthy");
  EXPECT_EQ(health->Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(health->Header("Connection"), "");
  EXPECT_THAT(health->Header("Date"), MatchesRegex("[A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] "
                                                   "20[0-9][0-9] [0-9:]+ GMT"));
  EXPECT_EQ(client.Get("/echo?a=%20b")->body, "GET /echo?a=%20b ");
  EXPECT_EQ(client.Get("/page")->body, std::string(kPageBytes, 'x'));
  EXPECT_EQ(server->stats().requests, 3u);
  EXPECT_EQ(server->stats().connections_accepted, 1u);
}

TEST(HttpServer, UnknownPathAndMethod) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  EXPECT_EQ(client.Get("/unknown")->status, 404);
  EXPECT_EQ(client.Get("/health/")->status, 404);
  ASSERT_TRUE(client.Send("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
  const auto refused = client.Read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->Header("Allow"), "GET, HEAD");
  ASSERT_TRUE(client.Send("BREW /health HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(client.Read()->status, 405);
  EXPECT_EQ(client.Get("/health")->status, 200);
}

TEST(HttpServer, PostHasABody) {
  HttpRouter router;
  ASSERT_TRUE(router
                  .Add({"/post", HttpExecution::kWorker,
                        [](const HttpRequest& request) {
                          return TextResponse(200,
                                              fmt::format("{} {}", request.method, request.body));
                        },
                        "", "POST"})
                  .ok());
  HttpServerOptions options;
  options.max_body_bytes = 5;
  const auto server = MustCreate(std::move(options), std::move(router));
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.Send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
  EXPECT_EQ(client.Read()->body, "POST abc");
  const auto refused = client.Get("/post");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->Header("Allow"), "POST");
  ASSERT_TRUE(client.Send("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcdef"));
  EXPECT_EQ(client.Read()->status, 413);
}

TEST(HttpServer, HeadHasTheHeadersOfGet) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  for (const std::string_view path : {"/health", "/page"}) {
    ASSERT_TRUE(client.Send(fmt::format("HEAD {} HTTP/1.1\r\nHost: a\r\n\r\n", path)));
    const auto head = client.Read(/*head=*/true);
    const auto get = client.Get(path);
    ASSERT_TRUE(head && get);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->Header("Content-Length"), std::to_string(get->body.size()));
  }
}

TEST(HttpServer, Http10ClosesUnlessAsked) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.Send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto kept = client.Read();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->Header("Connection"), "keep-alive");
  ASSERT_TRUE(client.Send("GET /health HTTP/1.0\r\n\r\n"));
  const auto closed = client.Read();
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->Header("Connection"), "close");
  EXPECT_EQ(closed->body, "healthy");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(HttpServer, ConnectionCloseIsHonoured) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  const auto answer = client.Get("/health", "Connection: close\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->Header("Connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    // Of both kinds, so that an inline answer could overtake a worker's.
    requests +=
        fmt::format("GET /{}?{} HTTP/1.1\r\nHost: a\r\n\r\n", i % 2 == 0 ? "echo" : "health", i);
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, i % 2 == 0 ? fmt::format("GET /echo?{} ", i) : "healthy");
  }
}

TEST(HttpServer, ReadsBodies) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.Send("GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
  EXPECT_EQ(client.Read()->body, "GET /echo? abc");
  ASSERT_TRUE(
      client.Send("GET /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
  EXPECT_EQ(client.Read()->body, "GET /echo? abc");
  ASSERT_TRUE(
      client.Send("GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.Read()->status, 100);
  ASSERT_TRUE(client.Send("abc"));
  EXPECT_EQ(client.Read()->body, "GET /echo? abc");
}

TEST(HttpServer, AnswersAClientThatStoppedSending) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.SendGet("/echo"));
  client.ShutdownSending();
  EXPECT_EQ(client.Read()->status, 200);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(HttpServer, RefusesMalformedRequests) {
  struct Case {
    std::string bytes;
    int status;
  };
  const std::vector<Case> cases = {
      {"\r\n\r\n", 400},
      {"hello\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET /health\r\n\r\n", 400},
      {"GET /health HTTP/9.9\r\nHost: a\r\n\r\n", 400},
      {"GET /health HTTX/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET  /health HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /he alth HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET health HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GE\x01T /health HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /health HTTP/1.1\nHost: a\n\n\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost a\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n", 400},
      {std::string("GET /health HTTP/1.1\r\nHost: a") + '\0' + "b\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n", 413},
      {"GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11171\r\n", 413},
      {"GET /health HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {std::string(20'000, 'x'), 431},
  };
  const auto server = MustCreate();
  for (const Case& c : cases) {
    auto client = RawClient::Tcp(server->port());
    ASSERT_TRUE(client.Send(c.bytes));
    client.ShutdownSending();
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << c.bytes.substr(0, 100);
    EXPECT_EQ(answer->status, c.status) << c.bytes.substr(0, 100) << "\n" << answer->body;
    EXPECT_EQ(answer->Header("Connection"), "close");
    EXPECT_TRUE(client.ReadsEnd());
  }
  EXPECT_EQ(server->stats().requests_malformed, cases.size());
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/health")->status, 200);
}

TEST(HttpServer, TellsAClientThatIsStillSendingWhyItIsRefused) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.Send("GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
  ASSERT_TRUE(client.Send(std::string(1'000'000, 'x')));
  EXPECT_EQ(client.Read()->status, 413);
}

TEST(HttpServer, HandlersThatThrowAreA500WithoutTheText) {
  const LogCapture log;
  HttpRouter router;
  AddRoute(router, "/throws", HttpExecution::kWorker,
           [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("the secret"); });
  AddRoute(router, "/throws-int", HttpExecution::kInline,
           [](const HttpRequest&) -> HttpResponse { throw 7; });
  AddRoute(router, "/status", HttpExecution::kInline,
           [](const HttpRequest&) { return TextResponse(7, "?"); });
  const auto server = MustCreate({}, std::move(router));
  auto client = RawClient::Tcp(server->port());
  for (const std::string_view path : {"/throws", "/throws-int", "/status"}) {
    const auto answer = client.Get(path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_THAT(answer->body, Not(HasSubstr("secret")));
  }
  EXPECT_THAT(log.messages(), Contains(HasSubstr("/throws failed: the secret")));
  EXPECT_THAT(log.messages(), SizeIs(3));
}

TEST(HttpServer, LeavesOutHeadersThatWouldSplitTheAnswer) {
  const LogCapture log;
  HttpRouter router;
  AddRoute(router, "/", HttpExecution::kInline, [](const HttpRequest&) {
    HttpResponse response = TextResponse(200, "ok");
    response.headers = {{"A", "1"}, {"B", "2\r\nC: 3"}, {"D:", "4"}, {"", "5"}};
    return response;
  });
  const auto server = MustCreate({}, std::move(router));
  const auto answer = RawClient::Tcp(server->port()).Get("/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_THAT(answer->headers, Contains(Pair("A", "1")));
  EXPECT_EQ(answer->Header("B"), "");
  EXPECT_EQ(answer->Header("C"), "");
  EXPECT_THAT(log.messages(), SizeIs(3));
}

TEST(HttpServer, AnswersWithoutABody) {
  HttpRouter router;
  AddRoute(router, "/", HttpExecution::kInline,
           [](const HttpRequest&) { return TextResponse(204, "must not be sent"); });
  const auto server = MustCreate({}, std::move(router));
  auto client = RawClient::Tcp(server->port());
  const auto answer = client.Get("/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->Header("Content-Length"), "");
  EXPECT_EQ(client.Get("/")->status, 204);
}

TEST(HttpServer, CompressesWhatMayBeCompressed) {
  const std::string text(100'000, 'a');
  HttpRouter router;
  AddRoute(router, "/gzip", HttpExecution::kWorker, [text](const HttpRequest&) {
    HttpResponse response = TextResponse(200, text);
    response.allow_gzip = true;
    return response;
  });
  AddRoute(router, "/plain", HttpExecution::kWorker,
           [text](const HttpRequest&) { return TextResponse(200, text); });
  const auto server = MustCreate({}, std::move(router));
  auto client = RawClient::Tcp(server->port());

  const auto compressed = client.Get("/gzip", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(compressed);
  EXPECT_EQ(compressed->Header("Content-Encoding"), "gzip");
  EXPECT_EQ(compressed->Header("Vary"), "Accept-Encoding");
  EXPECT_LT(compressed->body.size(), 1000u);
  EXPECT_EQ(compressed->body.substr(0, 2), "\x1f\x8b");

  const auto refused = client.Get("/gzip", "Accept-Encoding: gzip;q=0\r\n");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->Header("Content-Encoding"), "");
  EXPECT_EQ(refused->Header("Vary"), "Accept-Encoding");
  EXPECT_EQ(refused->body, text);

  const auto plain = client.Get("/plain", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->Header("Content-Encoding"), "");
  EXPECT_EQ(plain->body, text);

  ASSERT_TRUE(client.Send("HEAD /gzip HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"));
  EXPECT_EQ(client.Read(/*head=*/true)->Header("Content-Length"),
            std::to_string(compressed->body.size()));
}

}  // namespace
}  // namespace vitals_test
