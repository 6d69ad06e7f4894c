#include <signal.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/server_test.h"
#include "vitals/base/log.h"

namespace vitals_test {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

struct ThreadInfo {
  std::string name;
  std::uint64_t blocked_signals = 0;
};

std::vector<ThreadInfo> VitalsThreads() {
  std::vector<ThreadInfo> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    ThreadInfo info;
    std::ifstream(entry.path() / "comm") >> info.name;
    std::ifstream status(entry.path() / "status");
    for (std::string word; status >> word;) {
      if (word == "SigBlk:") status >> std::hex >> info.blocked_signals;
    }
    if (info.name.starts_with("vitals/")) threads.push_back(info);
  }
  return threads;
}

TEST(HttpServerLifecycle, ThreadsAreNamedAndBlockSignals) {
  HttpServerOptions options;
  options.io_threads = 2;
  options.max_concurrent_work = 3;
  const auto server = MustCreate(options);
  std::vector<ThreadInfo> threads;
  // A thread takes its name when it first runs.
  ASSERT_TRUE(Eventually([&] { return (threads = VitalsThreads()).size() == 5; }));
  EXPECT_EQ(std::count_if(threads.begin(), threads.end(),
                          [](const ThreadInfo& t) { return t.name == "vitals/http"; }),
            2);
  EXPECT_EQ(std::count_if(threads.begin(), threads.end(),
                          [](const ThreadInfo& t) { return t.name == "vitals/work"; }),
            3);
  for (const ThreadInfo& thread : threads) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE}) {
      EXPECT_NE(thread.blocked_signals & (std::uint64_t{1} << (signal - 1)), 0u) << signal;
    }
  }
}

TEST(HttpServerLifecycle, LeavesTheHostsSignalDispositionsAlone) {
  const auto dispositions = [] {
    std::vector<void (*)(int)> handlers;
    for (int signal = 1; signal < SIGRTMAX; ++signal) {
      struct sigaction action = {};
      handlers.push_back(sigaction(signal, nullptr, &action) == 0 ? action.sa_handler : SIG_ERR);
    }
    return handlers;
  };
  const auto before = dispositions();
  ASSERT_EQ(before[SIGPIPE - 1], SIG_DFL);
  {
    const auto server = MustCreate();
    // Writing to this one raises SIGPIPE where it is not suppressed.
    auto leaving = RawClient::Tcp(server->port(), "127.0.0.1", 4096);
    ASSERT_TRUE(leaving.SendGet("/page"));
    leaving.Close(/*reset=*/true);
    ASSERT_EQ(RawClient::Tcp(server->port()).Get("/page")->status, 200);
    EXPECT_EQ(dispositions(), before);
  }
  EXPECT_EQ(dispositions(), before);
}

TEST(HttpServerLifecycle, SeveralThreadsServeSockets) {
  HttpServerOptions options;
  options.io_threads = 3;
  options.max_concurrent_work = 64;
  const auto server = MustCreate(options);
  std::vector<std::thread> clients;
  std::atomic<int> answered{0};
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      auto client = RawClient::Tcp(server->port());
      for (int j = 0; j < 50; ++j) {
        const auto answer = client.Get((i + j) % 2 == 0 ? "/health" : "/echo");
        if (answer && answer->status == 200) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 400);
}

TEST(HttpServerLifecycle, StopLetsAnswersFinish) {
  std::promise<void> open;
  std::promise<void> entered;
  HttpRouter router;
  AddRoute(router, "/wait", HttpExecution::kWorker, [&](const HttpRequest&) {
    entered.set_value();
    open.get_future().wait();
    return TextResponse(200, "done");
  });
  const auto server = MustCreate({}, std::move(router));
  auto busy = RawClient::Tcp(server->port());
  ASSERT_TRUE(busy.SendGet("/wait"));
  entered.get_future().wait();
  auto idle = RawClient::Tcp(server->port());
  ASSERT_EQ(idle.Get("/nothing")->status, 404);
  auto half = RawClient::Tcp(server->port());
  ASSERT_TRUE(half.Send("GET /"));

  std::thread stopping([&] { server->Stop(); });
  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(half.ReadsEnd());
  EXPECT_TRUE(Eventually([&] { return !RawClient::Tcp(server->port()).connected(); }));
  open.set_value();
  const auto answer = busy.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  EXPECT_EQ(answer->Header("Connection"), "close");
  EXPECT_TRUE(busy.ReadsEnd());
  stopping.join();
}

TEST(HttpServerLifecycle, StopIsBoundedByStalledReaders) {
  HttpServerOptions options;
  options.stop_timeout = milliseconds(150);
  const auto server = MustCreate(options);
  auto stalled = RawClient::Tcp(server->port(), "127.0.0.1", 4096);
  ASSERT_TRUE(stalled.SendGet("/page"));
  ASSERT_TRUE(Eventually([&] { return server->stats().requests == 1; }));
  const auto start = Clock::now();
  server->Stop();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
  EXPECT_LT(stalled.ReadAll().size(), kPageBytes);
}

TEST(HttpServerLifecycle, StopTwiceAndFromSeveralThreads) {
  const auto server = MustCreate();
  auto client = RawClient::Tcp(server->port());
  ASSERT_EQ(client.Get("/health")->status, 200);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      server->Stop();
      EXPECT_FALSE(RawClient::Tcp(server->port()).connected());
    });
  }
  for (std::thread& thread : threads) thread.join();
  server->Stop();
  EXPECT_EQ(server->stats().requests, 1u);
}

// A handler that does not return until told to, and tells when it has.
struct HangingHandler {
  std::promise<void> entered;
  std::promise<void> open;
  std::promise<void> left;
};

void ExpectStopLeavesBehind(HttpExecution execution) {
  std::vector<std::string> messages;
  vitals::SetLogSink(
      [&](vitals::LogSeverity, std::string_view message) { messages.emplace_back(message); });
  auto state = std::make_shared<HangingHandler>();
  HttpRouter router;
  AddRoute(router, "/hang", execution, [state](const HttpRequest& request) {
    state->entered.set_value();
    state->open.get_future().wait();
    // The request must still be there, though the server is gone.
    const std::string path(request.path);
    state->left.set_value();
    return TextResponse(200, path);
  });
  HttpServerOptions options;
  options.stop_timeout = milliseconds(100);
  auto server = MustCreate(options, std::move(router));
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.SendGet("/hang"));
  state->entered.get_future().wait();
  const auto start = Clock::now();
  server->Stop();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
  server.reset();
  vitals::SetLogSink(nullptr);
  EXPECT_THAT(messages, Contains(HasSubstr("left behind")));
  if (execution == HttpExecution::kWorker) {
    EXPECT_TRUE(client.ReadsEnd());
  }
  state->open.set_value();
  state->left.get_future().wait();
  // The thread frees what it owns, then ends.
  EXPECT_TRUE(Eventually([&] { return state.use_count() == 1 && VitalsThreads().empty(); }));
}

TEST(HttpServerLifecycle, StopLeavesAHangingWorkerBehind) {
  ExpectStopLeavesBehind(HttpExecution::kWorker);
}

TEST(HttpServerLifecycle, StopLeavesAHangingInlineHandlerBehind) {
  ExpectStopLeavesBehind(HttpExecution::kInline);
}

TEST(HttpServerLifecycle, PollServesOnTheHostsThread) {
  HttpServerOptions options;
  options.io_threads = 0;
  const auto server = MustCreate(options);
  EXPECT_TRUE(VitalsThreads().empty());
  EXPECT_EQ(server->Poll(milliseconds(0)), 0u);
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.SendGet("/page"));
  std::atomic<bool> done{false};
  std::thread reader([&] {
    const auto page = client.Read();
    EXPECT_TRUE(page && page->body.size() == kPageBytes);
    done = true;
  });
  std::size_t events = 0;
  while (!done) events += server->Poll(milliseconds(1));
  reader.join();
  EXPECT_GT(events, 0u);
  EXPECT_TRUE(VitalsThreads().empty());
  server->Stop();
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server->Poll(milliseconds(0)), 0u);
}

TEST(HttpServerLifecycle, StopWhilePollingSendsWhatIsOnTheWay) {
  HttpServerOptions options;
  options.io_threads = 0;
  const auto server = MustCreate(options);
  auto client = RawClient::Tcp(server->port());
  ASSERT_TRUE(client.SendGet("/page"));
  while (server->stats().requests == 0) server->Poll(milliseconds(1));
  std::thread stopping([&] { server->Stop(); });
  EXPECT_EQ(client.Read()->body.size(), kPageBytes);
  stopping.join();
}

}  // namespace
}  // namespace vitals_test
