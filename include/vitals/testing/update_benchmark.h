#ifndef VITALS_TESTING_UPDATE_BENCHMARK_H_
#define VITALS_TESTING_UPDATE_BENCHMARK_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"

/// \file
/// Times the updates of a host, for the gate that CMake's vitals_add_benchmark_gate() adds:
///
///     int main(int argc, char** argv) {
///       vitals::testing::UpdateBenchmark benchmark;
///       benchmark.Add("count_request", [&](std::size_t, std::size_t) { metrics.Count(); });
///       return benchmark.Main(argc, argv);
///     }

VITALS_NAMESPACE_BEGIN
namespace testing {

/// How an update is measured.
struct UpdateBenchmarkOptions {
  std::size_t threads = 8;  ///< that update at once, each at least once
  std::size_t updates_per_thread = 250'000;
  /// A repetition of slow updates ends after this time, with fewer of them.
  std::chrono::milliseconds max_time = std::chrono::seconds(1);
};

/// A program that times each single call of an update, on several threads at once, and writes the
/// distribution as Google Benchmark would: `p50_ns`, `p99_ns`, `p99_9_ns`, `p99_99_ns`, `max_ns`,
/// and the mean as `real_time`. It needs no Google Benchmark. Not thread-safe.
///
/// Nothing is subtracted: each time includes a reading of the clock, some 20 ns. The first
/// update of each thread, which prepares its cells, is among them. Threads that the scheduler
/// interrupts half-way show in `max_ns`; with fast updates they are fewer than one in 10,000, so
/// that `p99_99_ns` tells whether an update ever waits.
class VITALS_EXPORT UpdateBenchmark {
 public:
  /// Called with the number of the thread and, from 0, of its turn. Must not throw.
  using Update = std::function<void(std::size_t thread, std::size_t turn)>;

  /// Adds an update. InvalidArgument for a name that is not of [A-Za-z0-9_/]+ or is there already,
  /// and for no threads or updates.
  absl::Status Add(std::string name, Update update, const UpdateBenchmarkOptions& options = {});

  /// Measures, prints a table to standard output, and returns what main() is to return: 0, or 2
  /// when an argument or file is wrong, having said so. Understands --benchmark_out=FILE,
  /// --benchmark_repetitions=N (default 1) and --benchmark_filter=REGEX, and ignores what else
  /// starts with --benchmark_.
  int Main(int argc, const char* const* argv) const;

 private:
  struct Entry {
    std::string name;
    Update update;
    UpdateBenchmarkOptions options;
  };

  std::vector<Entry> entries_;
};

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_UPDATE_BENCHMARK_H_
