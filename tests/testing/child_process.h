#ifndef VITALS_TESTS_TESTING_CHILD_PROCESS_H_
#define VITALS_TESTS_TESTING_CHILD_PROCESS_H_

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "gtest/gtest.h"

namespace vitals_test {

/// Whether a fork child of a process that has threads can start its own. The thread sanitizer ends
/// one whose new thread has the identity of a thread of the parent.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kChildCanStartThreads = false;
#elif defined(__has_feature)
inline constexpr bool kChildCanStartThreads = !__has_feature(thread_sanitizer);
#else
inline constexpr bool kChildCanStartThreads = true;
#endif

/// Runs `body` in a fork child, for at most a minute; returns its exit code, or the negative number
/// of the signal that ended it.
inline int InChild(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Fails the test unless `body` returns true in a fork child.
inline void ExpectInForkChild(const std::function<bool()>& body) {
  EXPECT_EQ(InChild([&body] { return body() ? 0 : 1; }), 0);
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_TESTING_CHILD_PROCESS_H_
