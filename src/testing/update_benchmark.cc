#include "vitals/testing/update_benchmark.h"

#include <algorithm>
#include <array>
#include <barrier>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <regex>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "fmt/format.h"
#include "vitals/testing/latency_distribution.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kUsageError = 2;

struct Arguments {
  std::string out;
  std::string filter = ".*";
  std::size_t repetitions = 1;
};

// One repetition.
struct Result {
  LatencyDistribution latencies;
  double mean_ns = 0;
};

constexpr std::array kShares = {std::pair("p50_ns", 0.5), std::pair("p99_ns", 0.99),
                                std::pair("p99_9_ns", 0.999), std::pair("p99_99_ns", 0.9999)};

absl::StatusOr<Arguments> ParseArguments(int argc, const char* const* argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::string_view name = argument.substr(0, argument.find('='));
    const std::string_view value = argument.substr(std::min(name.size() + 1, argument.size()));
    if (name == "--benchmark_out") {
      arguments.out = value;
    } else if (name == "--benchmark_filter") {
      arguments.filter = value;
    } else if (name == "--benchmark_repetitions") {
      const char* const end = value.data() + value.size();
      const auto result = std::from_chars(value.data(), end, arguments.repetitions);
      if (result.ec != std::errc() || result.ptr != end || arguments.repetitions == 0) {
        return absl::InvalidArgumentError(
            fmt::format("{}: give a number from 1", std::string(argument)));
      }
    } else if (!name.starts_with("--benchmark_")) {
      return absl::InvalidArgumentError(
          fmt::format("{}: unknown; known are --benchmark_out=FILE, --benchmark_repetitions=N, "
                      "--benchmark_filter=REGEX",
                      argument));
    }
  }
  return arguments;
}

// One thread's share of a repetition.
Result TimeUpdates(const UpdateBenchmark::Update& update, std::size_t thread,
                   const UpdateBenchmarkOptions& options) {
  Result result;
  const Clock::time_point start = Clock::now();
  Clock::time_point after = start;
  std::size_t turn = 0;
  while (turn < options.updates_per_thread && after - start < options.max_time) {
    const Clock::time_point before = Clock::now();
    update(thread, turn++);
    after = Clock::now();
    const std::chrono::nanoseconds latency = after - before;
    result.latencies.Record(static_cast<std::uint64_t>(latency.count()));
    result.mean_ns += static_cast<double>(latency.count());
  }
  result.mean_ns /= static_cast<double>(std::max<std::size_t>(turn, 1));
  return result;
}

Result Measure(const UpdateBenchmark::Update& update, const UpdateBenchmarkOptions& options) {
  std::vector<Result> results(options.threads);
  std::barrier start(static_cast<std::ptrdiff_t>(options.threads));
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < options.threads; ++thread) {
    threads.emplace_back([&, thread] {
      start.arrive_and_wait();
      results[thread] = TimeUpdates(update, thread, options);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Result all;
  for (const Result& result : results) {
    all.latencies.Merge(result.latencies);
    all.mean_ns += result.mean_ns / static_cast<double>(results.size());
  }
  return all;
}

std::string ToJson(std::string_view name, const Result& result) {
  std::string text = fmt::format(R"({{"name": "{0}", "run_name": "{0}", "run_type": "iteration", )"
                                 R"("real_time": {1}, "time_unit": "ns")",
                                 name, result.mean_ns);
  for (const auto& [key, share] : kShares) {
    text += fmt::format(R"(, "{}": {})", key, result.latencies.Quantile(share));
  }
  return text + fmt::format(R"(, "max_ns": {}}})", result.latencies.max());
}

std::string ToRow(std::string_view name, const Result& result) {
  std::string text = fmt::format("{:<40}", name);
  for (const auto& [key, share] : kShares) {
    text += fmt::format("{:>12}", result.latencies.Quantile(share));
  }
  return text + fmt::format("{:>12}\n", result.latencies.max());
}

std::string TableHead() {
  std::string text = fmt::format("{:<40}", "update");
  for (const auto& [key, share] : kShares) text += fmt::format("{:>12}", key);
  return text + fmt::format("{:>12}\n", "max_ns");
}

absl::StatusOr<std::regex> CompileFilter(const std::string& filter) {
  try {
    return std::regex(filter);
  } catch (const std::regex_error& error) {
    return absl::InvalidArgumentError(
        fmt::format("--benchmark_filter={}: {}", filter, error.what()));
  }
}

int Fail(const std::string& message) {
  std::cerr << message << '\n';
  return kUsageError;
}

}  // namespace

absl::Status UpdateBenchmark::Add(std::string name, Update update,
                                  const UpdateBenchmarkOptions& options) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/';
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_allowed)) {
    return absl::InvalidArgumentError(
        fmt::format("update \"{}\": use letters, digits, underscores and slashes", name));
  }
  for (const Entry& entry : entries_) {
    if (entry.name == name) {
      return absl::InvalidArgumentError(fmt::format("update \"{}\" is there already", name));
    }
  }
  if (options.threads == 0 || options.updates_per_thread == 0) {
    return absl::InvalidArgumentError(
        fmt::format("update \"{}\": allow at least one thread and one update", name));
  }
  entries_.push_back({std::move(name), std::move(update), options});
  return absl::OkStatus();
}

int UpdateBenchmark::Main(int argc, const char* const* argv) const {
  const absl::StatusOr<Arguments> arguments = ParseArguments(argc, argv);
  if (!arguments.ok()) return Fail(std::string(arguments.status().message()));
  const absl::StatusOr<std::regex> filter = CompileFilter(arguments->filter);
  if (!filter.ok()) return Fail(std::string(filter.status().message()));

  std::cout << TableHead();
  std::string entries;
  // Repetitions of different updates take turns, so that a slow moment of the machine meets all.
  for (std::size_t repetition = 0; repetition < arguments->repetitions; ++repetition) {
    for (const Entry& entry : entries_) {
      if (!std::regex_search(entry.name, *filter)) continue;
      const Result result = Measure(entry.update, entry.options);
      std::cout << ToRow(entry.name, result) << std::flush;
      entries += fmt::format("{}\n  {}", entries.empty() ? "" : ",", ToJson(entry.name, result));
    }
  }
  if (arguments->out.empty()) return 0;
  std::ofstream out(arguments->out);
  out << fmt::format("{{\"benchmarks\": [{}\n]}}\n", entries) << std::flush;
  if (!out) return Fail(fmt::format("cannot write {}", arguments->out));
  return 0;
}

}  // namespace testing
VITALS_NAMESPACE_END
