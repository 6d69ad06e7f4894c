// Runs a fuzzer's function without libFuzzer: on the empty input, on every seed of the folder named
// on the command line, and on a fixed sequence of mutations of each. The same inputs every time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kMutationsPerSeed = 500;
constexpr int kMostEditsPerMutation = 4;

std::vector<Bytes> ReadSeeds(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  // The order of a directory is the file system's; the mutations must not depend on it.
  std::sort(paths.begin(), paths.end());

  std::vector<Bytes> seeds = {Bytes()};
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// Not std::uniform_int_distribution: its sequence differs between standard libraries.
std::size_t Below(std::mt19937& random, std::size_t bound) {
  return bound == 0 ? 0 : random() % bound;
}

std::ptrdiff_t Position(std::mt19937& random, std::size_t bound) {
  return static_cast<std::ptrdiff_t>(Below(random, bound));
}

void Edit(std::mt19937& random, const Bytes& other, Bytes& input) {
  const auto byte = static_cast<std::uint8_t>(Below(random, 256));
  switch (Below(random, 5)) {
    case 0:
      input.insert(input.begin() + Position(random, input.size() + 1), byte);
      break;
    case 1:
      if (!input.empty()) input[Below(random, input.size())] = byte;
      break;
    case 2:
      if (!input.empty()) {
        std::uint8_t& flipped = input[Below(random, input.size())];
        flipped = static_cast<std::uint8_t>(flipped ^ (1U << Below(random, 8)));
      }
      break;
    case 3:
      input.resize(Below(random, input.size() + 1));
      break;
    default: {
      const auto begin = other.begin() + Position(random, other.size() + 1);
      input.insert(input.begin() + Position(random, input.size() + 1), begin, other.end());
    }
  }
}

void Run(const Bytes& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " <folder of seeds>\n";
    return 2;
  }
  const std::vector<Bytes> seeds = ReadSeeds(argv[1]);
  std::mt19937 random(1);
  for (const Bytes& seed : seeds) {
    Run(seed);
    for (int i = 0; i < kMutationsPerSeed; ++i) {
      Bytes input = seed;
      const std::size_t edits = 1 + Below(random, kMostEditsPerMutation);
      for (std::size_t edit = 0; edit < edits; ++edit) {
        Edit(random, seeds[Below(random, seeds.size())], input);
      }
      Run(input);
    }
  }
  std::cout << seeds.size() << " seeds, " << seeds.size() * kMutationsPerSeed << " mutations\n";
  return 0;
}
