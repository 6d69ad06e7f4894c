#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"
#include "tests/net/test_files.h"

namespace vitals_test {
namespace {

using ::testing::HasSubstr;
using vitals::net::TlsOptions;

class HttpServerTls : public ::testing::Test {
 protected:
  HttpServerOptions Options() const {
    HttpServerOptions options;
    options.tls = TlsOptions{certificate_file_, key_file_};
    options.request_timeout = std::chrono::milliseconds(500);
    return options;
  }

  void ExpectRefused(TlsOptions tls, const std::string& file, const std::string& reason) {
    HttpServerOptions options;
    options.tls = std::move(tls);
    const auto server = HttpServer::Create(options, TestRouter());
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(file));
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(reason));
  }

  TemporaryFolder folder_;
  Certificate certificate_ = MakeCertificate();
  std::string certificate_file_ = folder_.Write("cert.pem", certificate_.certificate);
  std::string key_file_ = folder_.Write("key.pem", certificate_.private_key);
};

TEST_F(HttpServerTls, Serves) {
  const auto server = MustCreate(Options());
  EXPECT_EQ(server->url(), fmt::format("https://127.0.0.1:{}", server->port()));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = RawClient::Tcp(server->port());
    ASSERT_TRUE(client.StartTls(certificate_file_, version));
    EXPECT_EQ(client.Get("/health")->body, "healthy");
    EXPECT_EQ(client.Get("/page")->body, std::string(kPageBytes, 'x'));
    EXPECT_EQ(client.Get("/health", "Connection: close\r\n")->status, 200);
    EXPECT_TRUE(client.ReadsEnd());
  }
}

TEST_F(HttpServerTls, RefusesOldVersions) {
  const auto server = MustCreate(Options());
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    auto client = RawClient::Tcp(server->port());
    EXPECT_FALSE(client.StartTls(certificate_file_, version));
  }
}

TEST_F(HttpServerTls, ClientsMaySeeThatItIsAnother) {
  const auto server = MustCreate(Options());
  const std::string other = folder_.Write("other.pem", MakeCertificate().certificate);
  auto client = RawClient::Tcp(server->port());
  EXPECT_FALSE(client.StartTls(other));
}

TEST_F(HttpServerTls, PlainClientsAreClosed) {
  const auto server = MustCreate(Options());
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.SendGet("/health"));
  EXPECT_FALSE(client.Read());
}

TEST_F(HttpServerTls, SilentAndSlowClientsAreCut) {
  HttpServerOptions options = Options();
  options.request_timeout = std::chrono::milliseconds(150);
  const auto server = MustCreate(options);
  auto silent = RawClient::Tcp(server->port());
  EXPECT_TRUE(silent.ReadsEnd());
  EXPECT_EQ(server->stats().timeouts, 1u);
  const auto other = MustCreate(Options());
  auto half = RawClient::Tcp(other->port());
  ASSERT_TRUE(half.StartTls(certificate_file_));
  ASSERT_TRUE(half.Send("GET /health"));
  EXPECT_EQ(half.Read()->status, 408);
}

TEST_F(HttpServerTls, LeavingMidPageHarmsNothing) {
  HttpServerOptions options = Options();
  options.request_timeout = std::chrono::seconds(10);
  const auto server = MustCreate(options);
  for (int i = 0; i < 4; ++i) {
    auto leaving = RawClient::Tcp(server->port(), "127.0.0.1", 4096);
    ASSERT_TRUE(leaving.StartTls(certificate_file_));
    ASSERT_TRUE(leaving.SendGet("/page"));
    leaving.Close(/*reset=*/i % 2 == 0);
  }
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.StartTls(certificate_file_));
  EXPECT_TRUE(Eventually([&] { return client.Get("/echo")->status == 200; }));
}

TEST_F(HttpServerTls, OverAUnixSocket) {
  HttpServerOptions options = Options();
  options.unix_socket_path = folder_.File("socket");
  const auto server = MustCreate(options);
  auto client = RawClient::Unix(options.unix_socket_path);
  ASSERT_TRUE(client.StartTls(certificate_file_));
  EXPECT_EQ(client.Get("/health")->status, 200);
}

TEST_F(HttpServerTls, BadFilesAreNamed) {
  const std::string other_key = folder_.Write("other-key.pem", MakeCertificate().private_key);
  const std::string garbage = folder_.Write("garbage.pem", "not a certificate");
  const std::string encrypted = folder_.Write("encrypted.pem", certificate_.encrypted_private_key);
  const std::string missing = folder_.File("missing.pem");
  ExpectRefused({"", key_file_}, "certificate_chain_file", "empty");
  ExpectRefused({certificate_file_, ""}, "private_key_file", "empty");
  ExpectRefused({missing, key_file_}, missing, "No such file");
  ExpectRefused({certificate_file_, missing}, missing, "No such file");
  ExpectRefused({folder_.File(""), key_file_}, folder_.File(""), "directory");
  ExpectRefused({garbage, key_file_}, garbage, "no usable certificate");
  ExpectRefused({certificate_file_, garbage}, garbage, "no usable key");
  ExpectRefused({certificate_file_, encrypted}, encrypted, "passphrase");
  ExpectRefused({certificate_file_, other_key}, other_key, "does not belong to");
  ExpectRefused({certificate_file_, other_key}, certificate_file_, "does not belong to");
  if (::geteuid() == 0) return;
  ::chmod(key_file_.c_str(), 0);
  ExpectRefused({certificate_file_, key_file_}, key_file_, "Permission denied");
}

}  // namespace
}  // namespace vitals_test
