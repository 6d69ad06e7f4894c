#ifndef VITALS_TESTS_TESTING_EVENTUALLY_H_
#define VITALS_TESTS_TESTING_EVENTUALLY_H_

#include <chrono>
#include <functional>
#include <thread>

namespace vitals_test {

/// Waits for what another thread is about to bring about. False after 20 s.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace vitals_test

#endif  // VITALS_TESTS_TESTING_EVENTUALLY_H_
