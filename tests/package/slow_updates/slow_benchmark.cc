// A host whose update takes 20 us: twice what the gate allows.

#include <chrono>
#include <cstddef>

#include "vitals/testing/update_benchmark.h"

int main(int argc, char** argv) {
  vitals::testing::UpdateBenchmark benchmark;
  const auto update = [](std::size_t, std::size_t) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  const absl::Status status =
      benchmark.Add("slow", update, {.threads = 2, .updates_per_thread = 10'000});
  return status.ok() ? benchmark.Main(argc, argv) : 1;
}
