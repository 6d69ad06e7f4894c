#include "vitals/testing/update_benchmark.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/testing/latency_distribution.h"

namespace vitals {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::LatencyDistribution;
using ::testing::Not;
using testing::UpdateBenchmark;
using testing::UpdateBenchmarkOptions;

constexpr UpdateBenchmarkOptions kSmall = {.threads = 2, .updates_per_thread = 10};

int RunMain(const UpdateBenchmark& benchmark, std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "program");
  return benchmark.Main(static_cast<int>(arguments.size()), arguments.data());
}

// What the benchmark writes to its file.
std::string ResultOf(const UpdateBenchmark& benchmark, std::vector<const char*> arguments = {}) {
  const std::string path =
      ::testing::TempDir() + "update_benchmark." + std::to_string(getpid()) + ".json";
  const std::string out = "--benchmark_out=" + path;
  arguments.push_back(out.c_str());
  EXPECT_EQ(RunMain(benchmark, arguments), 0);
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove(path);
  return text;
}

TEST(UpdateBenchmarkTest, CallsEachUpdateOnAllThreads) {
  std::atomic<int> calls{0};
  std::atomic<std::size_t> turns{0};
  UpdateBenchmark benchmark;
  ASSERT_TRUE(benchmark
                  .Add(
                      "a/b_1",
                      [&](std::size_t thread, std::size_t turn) {
                        EXPECT_LT(thread, 2u);
                        ++calls;
                        turns += turn;
                      },
                      kSmall)
                  .ok());
  EXPECT_EQ(RunMain(benchmark, {}), 0);
  EXPECT_EQ(calls.load(), 20);
  EXPECT_EQ(turns.load(), 2u * 45u);
}

TEST(UpdateBenchmarkTest, WritesWhatTheGateReads) {
  UpdateBenchmark benchmark;
  const auto nothing = [](std::size_t, std::size_t) {};
  ASSERT_TRUE(benchmark.Add("first", nothing, kSmall).ok());
  ASSERT_TRUE(benchmark.Add("second", nothing, kSmall).ok());
  EXPECT_THAT(ResultOf(benchmark),
              AllOf(HasSubstr(R"("name": "first", "run_name": "first", "run_type": "iteration")"),
                    HasSubstr(R"("name": "second")"),
                    ContainsRegex("\"p99_99_ns\": [0-9]+, \"max_ns\": [0-9]+}")));
  EXPECT_THAT(ResultOf(benchmark, {"--benchmark_filter=^(second)$", "--benchmark_min_time=1"}),
              AllOf(HasSubstr("second"), Not(HasSubstr("first"))));
}

TEST(UpdateBenchmarkTest, Repeats) {
  int calls = 0;
  UpdateBenchmark benchmark;
  ASSERT_TRUE(benchmark
                  .Add("x", [&](std::size_t, std::size_t) { ++calls; },
                       {.threads = 1, .updates_per_thread = 7})
                  .ok());
  EXPECT_EQ(RunMain(benchmark, {"--benchmark_repetitions=3"}), 0);
  EXPECT_EQ(calls, 21);
}

TEST(UpdateBenchmarkTest, SlowUpdatesEndInTime) {
  int calls = 0;
  UpdateBenchmark benchmark;
  const UpdateBenchmarkOptions options = {.threads = 1, .max_time = std::chrono::milliseconds(1)};
  const auto slow = [&](std::size_t, std::size_t) {
    ++calls;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  ASSERT_TRUE(benchmark.Add("slow", slow, options).ok());
  EXPECT_EQ(RunMain(benchmark, {}), 0);
  EXPECT_EQ(calls, 1);
}

TEST(UpdateBenchmarkTest, RefusesWhatItCannotMeasure) {
  const auto nothing = [](std::size_t, std::size_t) {};
  UpdateBenchmark benchmark;
  EXPECT_FALSE(benchmark.Add("", nothing).ok());
  EXPECT_FALSE(benchmark.Add("a b", nothing).ok());
  EXPECT_FALSE(benchmark.Add("x", nothing, {.threads = 0}).ok());
  EXPECT_FALSE(benchmark.Add("x", nothing, {.updates_per_thread = 0}).ok());
  EXPECT_TRUE(benchmark.Add("x", nothing, kSmall).ok());
  EXPECT_FALSE(benchmark.Add("x", nothing).ok());
}

TEST(UpdateBenchmarkTest, RefusesWrongArguments) {
  const UpdateBenchmark benchmark;
  EXPECT_EQ(RunMain(benchmark, {"--nonesuch"}), 2);
  EXPECT_EQ(RunMain(benchmark, {"--benchmark_repetitions=0"}), 2);
  EXPECT_EQ(RunMain(benchmark, {"--benchmark_repetitions=2x"}), 2);
  EXPECT_EQ(RunMain(benchmark, {"--benchmark_filter=("}), 2);
  EXPECT_EQ(RunMain(benchmark, {"--benchmark_out=/nonexistent/file.json"}), 2);
}

TEST(LatencyDistributionTest, TellsQuantilesWithinTheirBin) {
  LatencyDistribution distribution;
  EXPECT_EQ(distribution.Quantile(0.5), 0u);
  for (std::uint64_t i = 1; i <= 1000; ++i) distribution.Record(i * 100);
  EXPECT_NEAR(static_cast<double>(distribution.Quantile(0.5)), 50'000, 50'000 / 32.0);
  EXPECT_NEAR(static_cast<double>(distribution.Quantile(0.99)), 99'000, 99'000 / 32.0);
  EXPECT_EQ(distribution.Quantile(1), 100'000u);
  LatencyDistribution other;
  other.Record(7);
  other.Merge(distribution);
  EXPECT_EQ(other.Quantile(0.0001), 7u);
  EXPECT_EQ(other.max(), 100'000u);
}

}  // namespace
}  // namespace vitals
