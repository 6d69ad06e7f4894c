#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"
#include "tests/net/test_files.h"

namespace vitals_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using vitals::net::HttpAuthOptions;
using vitals::net::TlsOptions;

std::ptrdiff_t OpenDescriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

std::ptrdiff_t Threads() {
  const std::filesystem::directory_iterator entries("/proc/self/task");
  return std::distance(begin(entries), end(entries));
}

absl::Status CreateStatus(HttpServerOptions options) {
  return HttpServer::Create(std::move(options), TestRouter()).status();
}

bool HasIpv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool bound =
      fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return bound;
}

TEST(HttpServerListen, BusyPortIsAnError) {
  const auto server = MustCreate();
  HttpServerOptions options;
  options.port = server->port();
  const absl::Status status = CreateStatus(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr(fmt::format("127.0.0.1:{}", options.port)));
  options.address = "0.0.0.0";
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/health")->status, 200);
}

TEST(HttpServerListen, APortIsFreeAgainAfterTheStop) {
  HttpServerOptions options;
  for (int i = 0; i < 3; ++i) {
    const auto server = MustCreate(options);
    ASSERT_NE(server, nullptr);
    options.port = server->port();
    // The server closes first, so that its side of the connection lingers in the kernel.
    auto client = RawClient::Tcp(server->port());
    EXPECT_EQ(client.Get("/health", "Connection: close\r\n")->status, 200);
  }
}

TEST(HttpServerListen, AddressMustBeAnIpAddress) {
  for (const char* const address :
       {"", "localhost", "127.0.0.1:80", "[::1]", "256.0.0.1", "127.1", "::g", "fe80::1%nowhere"}) {
    HttpServerOptions options;
    options.address = address;
    const absl::Status status = CreateStatus(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr(fmt::format("'{}'", address)));
  }
  // An address, but of another machine: TEST-NET-1.
  HttpServerOptions options;
  options.address = "192.0.2.1";
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kInvalidArgument);
}

TEST(HttpServerListen, LimitsMustBePositive) {
  const auto refuses = [](std::string_view name, auto change) {
    HttpServerOptions options;
    change(options);
    const absl::Status status = CreateStatus(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(name)));
  };
  const std::chrono::milliseconds zero(0);
  refuses("max_concurrent_work", [](HttpServerOptions& o) { o.max_concurrent_work = 0; });
  refuses("max_connections", [](HttpServerOptions& o) { o.max_connections = 0; });
  refuses("max_header_bytes", [](HttpServerOptions& o) { o.max_header_bytes = 0; });
  refuses("max_header_bytes", [](HttpServerOptions& o) { o.max_header_bytes = ~std::size_t{0}; });
  refuses("max_body_bytes", [](HttpServerOptions& o) { o.max_body_bytes = 0; });
  refuses("request_timeout", [&](HttpServerOptions& o) { o.request_timeout = zero; });
  refuses("write_timeout", [&](HttpServerOptions& o) { o.write_timeout = zero; });
  refuses("answer_timeout", [&](HttpServerOptions& o) { o.answer_timeout = zero; });
  refuses("keep_alive_timeout", [&](HttpServerOptions& o) { o.keep_alive_timeout = zero; });
  refuses("stop_timeout", [&](HttpServerOptions& o) { o.stop_timeout = -std::chrono::seconds(1); });
  refuses("auth", [](HttpServerOptions& o) { o.auth = HttpAuthOptions(); });
}

TEST(HttpServerListen, LongTimesStandForNever) {
  HttpServerOptions options;
  options.request_timeout = std::chrono::milliseconds::max();
  options.write_timeout = std::chrono::milliseconds::max();
  options.answer_timeout = std::chrono::milliseconds::max();
  options.keep_alive_timeout = std::chrono::milliseconds::max();
  options.stop_timeout = std::chrono::milliseconds::max();
  const auto server = MustCreate(options);
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/page")->status, 200);
}

TEST(HttpServerListen, Ipv6) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
  HttpServerOptions options;
  options.address = "::1";
  const auto server = MustCreate(options);
  EXPECT_EQ(server->url(), fmt::format("http://[::1]:{}", server->port()));
  EXPECT_EQ(RawClient::Tcp(server->port(), "::1").Get("/health")->status, 200);
  options.port = server->port();
  const absl::Status status = CreateStatus(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr(fmt::format("[::1]:{}", options.port)));
}

TEST(HttpServerListen, Ipv6AnyAddressServesIpv4) {
  if (!HasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
  HttpServerOptions options;
  options.address = "::";
  const auto server = MustCreate(options);
  EXPECT_EQ(RawClient::Tcp(server->port(), "::1").Get("/health")->status, 200);
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/health")->status, 200);
}

TEST(HttpServerListen, UnixSocket) {
  const TemporaryFolder folder;
  HttpServerOptions options;
  options.unix_socket_path = folder.File("socket");
  const auto server = MustCreate(options);
  EXPECT_EQ(server->port(), 0);
  EXPECT_EQ(server->url(), "unix:" + options.unix_socket_path);
  EXPECT_EQ(RawClient::Unix(options.unix_socket_path).Get("/page")->body.size(), kPageBytes);
  const absl::Status status = CreateStatus(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr(options.unix_socket_path));
  server->Stop();
  EXPECT_FALSE(std::filesystem::exists(options.unix_socket_path));
}

TEST(HttpServerListen, StaleUnixSocketIsReplaced) {
  const TemporaryFolder folder;
  HttpServerOptions options;
  options.unix_socket_path = folder.File("socket");
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  options.unix_socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ::close(stale);
  const auto server = MustCreate(options);
  EXPECT_EQ(RawClient::Unix(options.unix_socket_path).Get("/health")->status, 200);
}

TEST(HttpServerListen, AStopLeavesTheSocketOfASuccessor) {
  const TemporaryFolder folder;
  HttpServerOptions options;
  options.unix_socket_path = folder.File("socket");
  const auto server = MustCreate(options);
  std::filesystem::remove(options.unix_socket_path);
  const auto successor = MustCreate(options);
  server->Stop();
  EXPECT_EQ(RawClient::Unix(options.unix_socket_path).Get("/health")->status, 200);
}

TEST(HttpServerListen, BadUnixSocketPaths) {
  const TemporaryFolder folder;
  HttpServerOptions options;
  options.unix_socket_path = folder.Write("file", "precious");
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(std::filesystem::exists(options.unix_socket_path));
  options.unix_socket_path = folder.File("none/socket");
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kInvalidArgument);
  options.unix_socket_path = "/" + std::string(108, 'x');
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kInvalidArgument);
  if (::geteuid() == 0) return;
  ::mkdir(folder.File("locked").c_str(), 0500);
  options.unix_socket_path = folder.File("locked/socket");
  EXPECT_EQ(CreateStatus(options).code(), absl::StatusCode::kPermissionDenied);
}

TEST(HttpServerListen, NothingStaysBehind) {
  const TemporaryFolder folder;
  HttpServerOptions unix_options;
  unix_options.unix_socket_path = folder.File("socket");
  const auto cycle = [&] {
    {
      const auto server = MustCreate();
      auto client = RawClient::Tcp(server->port());
      EXPECT_EQ(client.Get("/echo")->status, 200);
      HttpServerOptions busy;
      busy.port = server->port();
      EXPECT_FALSE(CreateStatus(busy).ok());
    }
    {
      const auto server = MustCreate(unix_options);
      EXPECT_FALSE(CreateStatus(unix_options).ok());
    }
    HttpServerOptions bad_tls = unix_options;
    bad_tls.tls = TlsOptions{"/nowhere/cert.pem", "/nowhere/key.pem"};
    EXPECT_FALSE(CreateStatus(bad_tls).ok());
    EXPECT_FALSE(std::filesystem::exists(unix_options.unix_socket_path));
  };
  cycle();
  const std::ptrdiff_t descriptors = OpenDescriptors();
  const std::ptrdiff_t threads = Threads();
  for (int i = 0; i < 20; ++i) cycle();
  EXPECT_EQ(OpenDescriptors(), descriptors);
  EXPECT_TRUE(Eventually([&] { return Threads() == threads; }));
}

TEST(HttpServerListen, SurvivesALackOfDescriptors) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/health")->status, 200);
  auto waiting = RawClient::Tcp(server->port());
  ASSERT_EQ(waiting.Get("/health")->status, 200);
  rlimit usual = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit few = {256, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<int> hoard;
  for (int fd; (fd = ::dup(0)) >= 0;) hoard.push_back(fd);
  ASSERT_FALSE(hoard.empty());
  EXPECT_EQ(CreateStatus({}).code(), absl::StatusCode::kResourceExhausted);
  ::close(hoard.back());
  hoard.pop_back();
  // Takes the last descriptor; the server has none to accept with.
  auto late = RawClient::Tcp(server->port());
  ASSERT_TRUE(late.SendGet("/health"));
  EXPECT_EQ(client.Get("/health")->status, 200);
  for (const int fd : hoard) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &usual);
  EXPECT_EQ(late.Read()->status, 200);
}

}  // namespace
}  // namespace vitals_test
