#ifndef VITALS_TESTS_NET_CHILD_PROCESS_H_
#define VITALS_TESTS_NET_CHILD_PROCESS_H_

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace vitals_test {

/// Runs `body` in a fork child; returns its exit code, or -1 when a signal ended it.
inline int InChild(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_NET_CHILD_PROCESS_H_
