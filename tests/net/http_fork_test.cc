#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/net/server_test.h"
#include "tests/net/test_files.h"
#include "tests/testing/child_process.h"

namespace vitals_test {
namespace {

bool IsSocket(int fd) {
  char target[64] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  return ::readlink(link.c_str(), target, sizeof(target) - 1) > 0 &&
         std::string_view(target).starts_with("socket:");
}

std::set<int> OpenSockets() {
  constexpr int kMostDescriptors = 1024;
  std::set<int> sockets;
  for (int fd = 0; fd < kMostDescriptors; ++fd) {
    if (IsSocket(fd)) sockets.insert(fd);
  }
  return sockets;
}

TEST(HttpServerFork, TheChildHasNoneOfTheParentsSockets) {
  const std::set<int> before = OpenSockets();
  auto server = MustCreate();
  auto idle = RawClient::Tcp(server->port());
  ASSERT_EQ(idle.Get("/health")->status, 200);
  auto stalled = RawClient::Tcp(server->port(), "127.0.0.1", 4096);
  ASSERT_TRUE(stalled.SendGet("/page"));
  ASSERT_TRUE(Eventually([&] { return server->stats().requests == 2; }));
  const std::uint16_t port = server->port();
  EXPECT_EQ(InChild([&] {
              idle.Close();
              stalled.Close();
              if (OpenSockets() != before) return 1;
              if (server->port() != port) return 2;
              if (server->Poll(std::chrono::milliseconds(1)) != 0) return 3;
              server->Stop();
              server.reset();
              return OpenSockets() == before ? 0 : 4;
            }),
            0);
  // The parent goes on as if nothing had been.
  EXPECT_EQ(idle.Get("/health")->status, 200);
  EXPECT_EQ(stalled.Read()->body.size(), kPageBytes);
  EXPECT_EQ(RawClient::Tcp(port).Get("/page")->status, 200);
  server->Stop();
  EXPECT_FALSE(RawClient::Tcp(port).connected());
}

TEST(HttpServerFork, TheChildLeavesTheSocketFile) {
  const TemporaryFolder folder;
  HttpServerOptions options;
  options.unix_socket_path = folder.File("socket");
  auto server = MustCreate(options);
  EXPECT_EQ(InChild([&] {
              server.reset();
              return 0;
            }),
            0);
  EXPECT_EQ(RawClient::Unix(options.unix_socket_path).Get("/health")->status, 200);
}

TEST(HttpServerFork, CreateWorksAnewInTheChild) {
  const auto server = MustCreate();
  EXPECT_EQ(InChild([&] {
              HttpServerOptions options;
              if (!kChildCanStartThreads) options.io_threads = 0;
              auto own = HttpServer::Create(options, TestRouter());
              if (!own.ok() || (*own)->port() == server->port()) return 1;
              auto client = RawClient::Tcp((*own)->port());
              if (!client.SendGet("/echo")) return 2;
              for (int i = 0; options.io_threads == 0 && i < 20; ++i) {
                (*own)->Poll(std::chrono::milliseconds(5));
              }
              const auto answer = client.Read();
              if (!answer || answer->status != 200) return 3;
              (*own)->Stop();
              return RawClient::Tcp((*own)->port()).connected() ? 4 : 0;
            }),
            0);
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/health")->status, 200);
}

TEST(HttpServerFork, ForksWhileClientsComeAndGoDoNotDeadlock) {
  const auto server = MustCreate();
  std::atomic<bool> done{false};
  std::thread clients([&] {
    while (!done) {
      auto client = RawClient::Tcp(server->port());
      EXPECT_EQ(client.Get("/echo")->status, 200);
    }
  });
  constexpr int kForks = 50;
  for (int i = 0; i < kForks; ++i) EXPECT_EQ(InChild([] { return 0; }), 0);
  done = true;
  clients.join();
}

TEST(HttpServerFork, AHandlerMayFork) {
  HttpRouter router;
  AddRoute(router, "/fork", HttpExecution::kWorker, [](const HttpRequest&) {
    return TextResponse(200, std::to_string(InChild([] { return 7; })));
  });
  const auto server = MustCreate({}, std::move(router));
  EXPECT_EQ(RawClient::Tcp(server->port()).Get("/fork")->body, "7");
}

TEST(HttpServerFork, DescriptorsAreClosedAtExec) {
  const std::set<int> inherited = OpenSockets();
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/health")->status, 200);
  for (const int fd : OpenSockets()) {
    if (inherited.contains(fd)) continue;
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << fd;
  }
}

}  // namespace
}  // namespace vitals_test
