#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "vitals/exposition/parser.h"

// The cases of OpenMetrics' own test suite: each is a folder with a page, and whether a parser is
// to take it.

namespace vitals {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool ShouldParse(const std::filesystem::path& folder) {
  const std::string description = ReadFile(folder / "test.json");
  const std::size_t key = description.find("\"shouldParse\"");
  EXPECT_NE(key, std::string::npos) << folder;
  return description.substr(description.find(':', key) + 1).find("true") < 3;
}

std::vector<std::filesystem::path> Cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_directory()) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

TEST(OpenMetricsConformanceTest, TakesAndRefusesWhatItShould) {
  const char* const root = std::getenv("VITALS_CONFORMANCE_DIR");
  if (root == nullptr) GTEST_SKIP() << "VITALS_CONFORMANCE_DIR is not set";
  const auto cases = Cases(std::filesystem::path(root) / "openmetrics");
  ASSERT_FALSE(cases.empty());
  std::size_t passed = 0;
  for (const std::filesystem::path& folder : cases) {
    const std::string page = ReadFile(folder / "metrics");
    const auto parsed = ParsePage(page, {.format = ExpositionFormat::kOpenMetrics});
    const bool right = parsed.ok() == ShouldParse(folder);
    passed += right ? 1 : 0;
    EXPECT_TRUE(right) << folder.filename() << ": " << parsed.status() << '\n' << page;
  }
  std::cout << "openmetrics: " << passed << " passed, " << cases.size() - passed
            << " failed, 0 skipped\n";
}

}  // namespace
}  // namespace vitals
