#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace vitals::base {
namespace {

TEST(ThreadTest, HasItsRoleAsNameAndBlocksAllSignals) {
  std::string name;
  bool blocked = false;
  Thread thread = Thread::Start("role", [&] {
                    char buffer[16];
                    pthread_getname_np(pthread_self(), buffer, sizeof(buffer));
                    name = buffer;
                    sigset_t mask;
                    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
                    blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGUSR1) == 1;
                  }).value();
  thread.Join();
  thread.Join();
  EXPECT_EQ(name, "vitals/role");
  EXPECT_TRUE(blocked);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGTERM), 0) << "the starter's mask is as it was";
}

TEST(ThreadTest, JoinsWhenItDiesOrIsReplaced) {
  std::atomic<int> done{0};
  {
    Thread first = Thread::Start("a", [&] { ++done; }).value();
    Thread second = Thread::Start("b", [&] { ++done; }).value();
    first = std::move(second);
    EXPECT_GE(done.load(), 1);
  }
  EXPECT_EQ(done.load(), 2);
}

TEST(ThreadTest, IsForgottenInAForkChild) {
  std::atomic<bool> stopped{false};
  Thread thread = Thread::Start("role", [&] {
                    while (!stopped) sched_yield();
                  }).value();
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    thread.Join();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  stopped = true;
}

}  // namespace
}  // namespace vitals::base
