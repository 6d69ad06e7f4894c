#include "vitals/net/http_client.h"

#include <stdlib.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/raw_server.h"
#include "tests/net/server_test.h"
#include "tests/net/test_files.h"
#include "tests/testing/child_process.h"

namespace vitals_test {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using vitals::net::HttpClient;
using vitals::net::HttpClientOptions;
using vitals::net::HttpClientRequest;
using vitals::net::HttpClientResponse;
using vitals::net::TlsOptions;

std::unique_ptr<HttpClient> MustCreateClient(HttpClientOptions options = {}) {
  auto client = HttpClient::Create(std::move(options));
  EXPECT_TRUE(client.ok()) << client.status();
  return client.ok() ? *std::move(client) : nullptr;
}

absl::StatusOr<HttpClientResponse> Get(HttpClient& client, std::string url) {
  return client.Send({.url = std::move(url)});
}

// Sends on a thread of its own, for tests that play the server.
std::future<absl::StatusOr<HttpClientResponse>> SendAside(HttpClient& client,
                                                          HttpClientRequest request) {
  return std::async(std::launch::async,
                    [&client, request = std::move(request)] { return client.Send(request); });
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(HttpClientTest, SendsAndReceives) {
  const auto server = MustCreate();
  const auto client = MustCreateClient();
  const auto response = Get(*client, server->url() + "/echo?a=1");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "GET /echo?a=1 ");
  EXPECT_EQ(response->Header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response->Header("absent"), "");
  EXPECT_EQ(Get(*client, server->url() + "/absent")->status, 404);
  EXPECT_EQ(client->Send({.method = "PUT", .url = server->url() + "/echo"})->status, 405);
}

TEST(HttpClientTest, KeepsTheConnection) {
  const auto server = MustCreate();
  const auto client = MustCreateClient();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get(*client, server->url() + "/health")->status, 200);
  EXPECT_EQ(server->stats().connections_accepted, 1u);
}

TEST(HttpClientTest, TheRequestIsWhatWasAskedForAndNoMore) {
  RawServer server;
  const auto client = MustCreateClient({.user_agent = "tester/1"});
  auto sent = SendAside(*client, {.method = "POST",
                                  .url = server.Url("/v1?x=%20y"),
                                  .headers = {{"Content-Type", "application/json"}, {"Empty", ""}},
                                  .body = std::string_view("a\0b", 3)});
  auto connection = server.Accept();
  EXPECT_EQ(connection.ReadRequest(), fmt::format("POST /v1?x=%20y HTTP/1.1\r\n"
                                                  "Host: 127.0.0.1:{}\r\n"
                                                  "User-Agent: tester/1\r\n"
                                                  "Accept: */*\r\n"
                                                  "Content-Type: application/json\r\n"
                                                  "Empty:\r\n"
                                                  "Content-Length: 3\r\n\r\n",
                                                  server.port()) +
                                          std::string("a\0b", 3));
  connection.Send("HTTP/1.1 202 Accepted\r\nRetry-After:  7 \r\nContent-Length: 2\r\n\r\nok");
  const auto response = sent.get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 202);
  EXPECT_EQ(response->Header("Retry-After"), "7");
  EXPECT_EQ(response->body, "ok");
}

TEST(HttpClientTest, HeadAndInterimAnswersHaveNoBody) {
  RawServer server;
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.method = "HEAD", .url = server.Url()});
  auto connection = server.Accept();
  EXPECT_THAT(connection.ReadRequest(), StartsWith("HEAD / HTTP/1.1\r\n"));
  connection.Send(
      "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  const auto response = sent.get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->Header("Content-Length"), "5");
  EXPECT_EQ(response->Header("Link"), "");
}

TEST(HttpClientTest, TrailersAreNoHeaders) {
  RawServer server;
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.url = server.Url()});
  auto connection = server.Accept();
  connection.ReadRequest();
  connection.Send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n"
      "2\r\nok\r\n0\r\nDigest: 7\r\n\r\n");
  const auto response = sent.get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->Header("Trailer"), "Digest");
  EXPECT_EQ(response->Header("Digest"), "");
}

TEST(HttpClientTest, RedirectsAreAnswers) {
  RawServer server;
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.url = server.Url()});
  server.Accept().Send("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
  const auto response = sent.get();
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->Header("Location"), "/other");
}

TEST(HttpClientTest, UnixSocket) {
  const TemporaryFolder folder;
  const std::string path = folder.File("socket");
  const auto server = MustCreate({.unix_socket_path = path});
  const auto client = MustCreateClient({.unix_socket_path = path});
  EXPECT_EQ(Get(*client, "http://localhost/health")->body, "healthy");
}

TEST(HttpClientTest, ProxiesOfTheEnvironmentAreUsedOnlyWhenAsked) {
  const auto server = MustCreate();
  RawServer proxy;
  ::setenv("http_proxy", proxy.Url("").c_str(), 1);
  EXPECT_EQ(Get(*MustCreateClient(), server->url() + "/health")->body, "healthy");
  const auto client = MustCreateClient({.use_environment_proxy = true});
  auto sent = SendAside(*client, {.url = "http://host.invalid/"});
  auto connection = proxy.Accept();
  EXPECT_THAT(connection.ReadRequest(), StartsWith("GET http://host.invalid/ HTTP/1.1\r\n"));
  connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(sent.get()->status, 200);
  ::unsetenv("http_proxy");
}

TEST(HttpClientTest, NobodyListens) {
  RawServer server;
  const std::string url = server.Url();
  server.Close();
  const auto response = Get(*MustCreateClient(), url);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(response.status()), StartsWith("GET http://127.0.0.1:"));
}

TEST(HttpClientTest, AServerThatHangsTimesOut) {
  const RawServer server;
  const auto client = MustCreateClient({.timeout = milliseconds(30)});
  EXPECT_EQ(Get(*client, server.Url()).status().code(), absl::StatusCode::kDeadlineExceeded);
  const auto patient = MustCreateClient();
  EXPECT_EQ(patient->Send({.url = server.Url(), .timeout = milliseconds(30)}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(HttpClientTest, AServerThatSendsLittleByLittleTimesOut) {
  RawServer server;
  const auto client = MustCreateClient({.timeout = milliseconds(50)});
  auto sent = SendAside(*client, {.url = server.Url()});
  auto connection = server.Accept();
  connection.ReadRequest();
  EXPECT_TRUE(connection.Send("HTTP/1.1 200 OK\r\n\r\n"));
  while (sent.wait_for(milliseconds(1)) != std::future_status::ready) connection.Send("x");
  EXPECT_EQ(sent.get().status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(HttpClientTest, GarbageIsNoAnswer) {
  for (const char* const garbage :
       {"", "\x16\x03\x01\x02", "220 smtp.example ESMTP\r\n", "HTTP/1.1 200 OK\r\nContent-Len",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        "HTTP/9.9 200 OK\r\n\r\n"}) {
    RawServer server;
    const auto client = MustCreateClient();
    auto sent = SendAside(*client, {.url = server.Url()});
    auto connection = server.Accept();
    connection.ReadRequest();
    connection.Send(garbage);
    connection.Close();
    EXPECT_EQ(sent.get().status().code(), absl::StatusCode::kUnavailable) << garbage;
  }
}

TEST(HttpClientTest, HugeAnswersAreRefused) {
  const auto server = MustCreate();
  const auto client = MustCreateClient({.max_response_bytes = 1000});
  const auto response = Get(*client, server->url() + "/page");
  EXPECT_EQ(response.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(response.status()), HasSubstr("max_response_bytes (1000)"));
  const auto enough = MustCreateClient({.max_response_bytes = kPageBytes});
  EXPECT_EQ(Get(*enough, server->url() + "/page")->body.size(), kPageBytes);
}

TEST(HttpClientTest, HugeBodiesAreCutWhenAsked) {
  const auto server = MustCreate();
  const auto client = MustCreateClient({.max_response_bytes = 1000});
  const std::string url = server->url() + "/page";
  const auto enough = MustCreateClient({.max_response_bytes = kPageBytes});
  const auto whole = enough->Send({.url = url, .cut_body = true});
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->body.size(), kPageBytes);
  EXPECT_FALSE(whole->body_is_cut);
  // Twice: what was left unread is not taken for the next answer.
  for (int i = 0; i < 2; ++i) {
    const auto response = client->Send({.url = url, .cut_body = true});
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, whole->body.substr(0, 1000));
    EXPECT_TRUE(response->body_is_cut);
  }
}

TEST(HttpClientTest, HugeHeadersAreRefused) {
  RawServer server;
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.url = server.Url()});
  auto connection = server.Accept();
  connection.ReadRequest();
  connection.Send("HTTP/1.1 200 OK\r\n");
  const std::string line = "X-Large: " + std::string(1000, 'x') + "\r\n";
  for (int i = 0; i < 70; ++i) connection.Send(line);
  EXPECT_EQ(sent.get().status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(HttpClientTest, AbortEndsWhatHangsAndWhatComesAfter) {
  RawServer server;
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.url = server.Url()});
  auto connection = server.Accept();
  connection.ReadRequest();
  client->Abort();
  EXPECT_EQ(sent.get().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(connection.ReadsEnd());
  EXPECT_EQ(Get(*client, server.Url()).status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(server.HasConnection());
}

TEST(HttpClientTest, SecretsAreNotInErrors) {
  RawServer server;
  const std::string url =
      fmt::format("http://user:hunter2@127.0.0.1:{}/token-7?key=token-8", server.port());
  const auto client = MustCreateClient();
  auto sent = SendAside(*client, {.url = url, .headers = {{"X-Key", "token-9"}}});
  auto connection = server.Accept();
  EXPECT_THAT(connection.ReadRequest(), HasSubstr("Authorization: Basic dXNlcjpodW50ZXIy\r\n"));
  connection.Send("garbage garbage garbage");
  connection.Close();
  const absl::Status status = sent.get().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("token-"))));
  server.Close();
  EXPECT_THAT(Message(Get(*client, url).status()),
              AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("token-"))));
  EXPECT_THAT(Message(Get(*client, "http://user:hunter2@/").status()), Not(HasSubstr("hunter2")));
  EXPECT_THAT(Message(client->Send({.url = url, .headers = {{"X-Key", "token\n"}}}).status()),
              AllOf(HasSubstr("X-Key"), Not(HasSubstr("token"))));
}

TEST(HttpClientTest, RequestsThatCannotBeSentAreRefused) {
  const auto client = MustCreateClient();
  const HttpClientRequest kRefused[] = {
      {.url = ""},
      {.url = "ftp://127.0.0.1/"},
      {.url = "file:///etc/hostname"},
      {.url = "127.0.0.1"},
      {.url = "http://"},
      {.url = "http://127.0.0.1:port/"},
      {.url = "http://127.0.0.1/a\r\nb"},
      {.url = "http://127.0.0.1/" + std::string(9000, 'a')},
      {.method = "", .url = "http://127.0.0.1/"},
      {.method = "GET /", .url = "http://127.0.0.1/"},
      {.url = "http://127.0.0.1/", .headers = {{"", "1"}}},
      {.url = "http://127.0.0.1/", .headers = {{"A:B", "1"}}},
      {.url = "http://127.0.0.1/", .headers = {{"A", "1\r\nB: 2"}}},
      {.url = "http://127.0.0.1/", .headers = {{"A", std::string("1\0", 2)}}},
  };
  for (const HttpClientRequest& request : kRefused) {
    EXPECT_EQ(client->Send(request).status().code(), absl::StatusCode::kInvalidArgument)
        << request.url;
  }
}

TEST(HttpClientTest, OptionsAreCheckedOnce) {
  const std::pair<HttpClientOptions, const char*> kRefused[] = {
      {{.connect_timeout = milliseconds(0)}, "connect_timeout is 0 ms"},
      {{.timeout = milliseconds(-1)}, "timeout is -1 ms"},
      {{.max_response_bytes = 0}, "max_response_bytes must be at least 1"},
      {{.ca_file = "/absent/ca.pem"}, "ca_file '/absent/ca.pem' cannot be read"},
      {{.unix_socket_path = std::string(200, 'x')}, "must be shorter than 108 bytes"},
      {{.user_agent = "a\nb"}, "user_agent"},
  };
  for (const auto& [options, reason] : kRefused) {
    const auto client = HttpClient::Create(options);
    EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(client.status()), HasSubstr(reason));
  }
  EXPECT_TRUE(HttpClient::Create({.timeout = milliseconds::max()}).ok());
}

class HttpClientTls : public ::testing::Test {
 protected:
  const TemporaryFolder folder_;
  const Certificate certificate_ = MakeCertificate();
  const std::string certificate_file_ = folder_.Write("cert.pem", certificate_.certificate);
  const std::string key_file_ = folder_.Write("key.pem", certificate_.private_key);
  const std::unique_ptr<HttpServer> server_ =
      MustCreate({.tls = TlsOptions{certificate_file_, key_file_}});
};

TEST_F(HttpClientTls, TrustsTheCaFile) {
  const auto client = MustCreateClient({.ca_file = certificate_file_});
  const auto response = Get(*client, server_->url() + "/health");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "healthy");
}

TEST_F(HttpClientTls, TrustsNobodyElse) {
  EXPECT_EQ(Get(*MustCreateClient(), server_->url() + "/health").status().code(),
            absl::StatusCode::kUnauthenticated);
  // The certificate is for 127.0.0.1.
  const auto client = MustCreateClient({.ca_file = certificate_file_});
  EXPECT_EQ(
      Get(*client, fmt::format("https://localhost:{}/health", server_->port())).status().code(),
      absl::StatusCode::kUnauthenticated);
}

TEST_F(HttpClientTls, ACaFileThatIsNoneSaysSo) {
  const auto client = MustCreateClient({.ca_file = folder_.Write("ca.pem", "no certificate")});
  EXPECT_EQ(Get(*client, server_->url() + "/health").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(HttpClientFork, IsOffInTheChild) {
  const auto server = MustCreate();
  auto client = MustCreateClient();
  ASSERT_EQ(Get(*client, server->url() + "/health")->status, 200);
  const std::string url = server->url() + "/health";
  EXPECT_EQ(InChild([&] {
              if (Get(*client, url).status().code() != absl::StatusCode::kFailedPrecondition) {
                return 1;
              }
              client->Abort();
              client.reset();
              return Get(*MustCreateClient(), "http://127.0.0.1:1/").status().code() ==
                             absl::StatusCode::kUnavailable
                         ? 0
                         : 2;
            }),
            0);
  // The parent's connection is as it was.
  EXPECT_EQ(Get(*client, url)->status, 200);
  EXPECT_EQ(server->stats().connections_accepted, 1u);
}

}  // namespace
}  // namespace vitals_test
