#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/critical_path.h"
#include "vitals/trace/trace_analysis.h"

// Traces of the test suites of Jaeger's user interface, with the sections of their critical path,
// and of CRISP, with the exclusive time on it by span name.

namespace vitals {
namespace {

using ::testing::ElementsAreArray;

using Json = nlohmann::json;

constexpr std::uint64_t kNsPerUs = 1'000;

// As the cases show it: microseconds, and the id in the file.
struct ShownSection {
  std::string span_id;
  std::uint64_t start_us = 0;
  std::uint64_t end_us = 0;

  friend bool operator==(const ShownSection&, const ShownSection&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ShownSection& section) {
    return out << section.span_id << " [" << section.start_us << ", " << section.end_us << ")";
  }
};

SpanKind KindOf(const std::string& name) {
  for (const SpanKind kind : {SpanKind::kInternal, SpanKind::kServer, SpanKind::kClient,
                              SpanKind::kProducer, SpanKind::kConsumer}) {
    if (SpanKindName(kind) == name) return kind;
  }
  ADD_FAILURE() << "unknown kind " << name;
  return SpanKind::kInternal;
}

// Ids in the files are any text: a span's is its place, counted from 1.
std::vector<SpanData> SpansOf(const Json& test) {
  std::map<std::string, std::uint64_t> ids;
  for (const Json& span : test.at("spans")) ids.try_emplace(span.at("span_id"), ids.size() + 1);
  std::vector<SpanData> spans;
  for (const Json& json : test.at("spans")) {
    SpanData& span = spans.emplace_back();
    span.trace_id = {0, 1};
    span.span_id = {ids.at(json.at("span_id"))};
    const Json& parent = json.at("parent_span_id");
    if (!parent.is_null()) {
      // One that is not there stays so.
      span.parent_span_id = {ids.try_emplace(parent, ids.size() + 1).first->second};
    }
    span.kind = KindOf(json.at("kind"));
    span.name = InternName(json.at("name").get<std::string>()).view();
    span.start_unix_ns = json.at("start_us").get<std::uint64_t>() * kNsPerUs;
    span.end_unix_ns = json.at("end_us").get<std::uint64_t>() * kNsPerUs;
  }
  return spans;
}

void CheckSections(const Json& test, const TraceAnalysis& analysis) {
  std::vector<ShownSection> expected;
  for (const Json& section : test.at("critical_path")) {
    expected.push_back({section.at("span_id"), section.at("start_us"), section.at("end_us")});
  }
  std::vector<ShownSection> shown;
  for (const CriticalPathSection& section : analysis.critical_path.sections) {
    shown.push_back({test.at("spans").at(section.span_index).at("span_id"),
                     section.start_unix_ns / kNsPerUs, section.end_unix_ns / kNsPerUs});
  }
  EXPECT_THAT(shown, ElementsAreArray(expected));
}

void CheckExclusiveTimes(const Json& test, const TraceAnalysis& analysis) {
  std::map<std::string, std::uint64_t> expected;
  for (const auto& [name, time_us] : test.at("exclusive_us").items()) {
    if (time_us != 0) expected[name] = time_us;
  }
  std::map<std::string, std::uint64_t> shown;
  for (const SpanNameTimes& times : analysis.names) {
    if (times.critical_path_ns == 0) continue;
    shown[std::string(times.name)] = times.critical_path_ns / kNsPerUs;
  }
  EXPECT_EQ(shown, expected);
}

void CheckCase(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file);
  const Json test = Json::parse(file);
  const std::vector<SpanData> spans = SpansOf(test);
  const auto analysis = AnalyzeTrace(spans);
  ASSERT_TRUE(analysis.ok()) << analysis.status();
  ASSERT_TRUE(test.contains("critical_path") || test.contains("exclusive_us"));
  if (test.contains("critical_path")) CheckSections(test, *analysis);
  if (test.contains("exclusive_us")) CheckExclusiveTimes(test, *analysis);
}

TEST(CriticalPathConformanceTest, FindsTheSectionsAndTimesOfEachCase) {
  const char* const root = std::getenv("VITALS_CONFORMANCE_DIR");
  if (root == nullptr) GTEST_SKIP() << "VITALS_CONFORMANCE_DIR is not set";
  std::vector<std::filesystem::path> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(root) / "critical_path")) {
    if (entry.path().extension() == ".json") cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  ASSERT_FALSE(cases.empty());
  std::size_t failed = 0;
  for (const std::filesystem::path& path : cases) {
    SCOPED_TRACE(path.filename().string());
    const int parts_before =
        ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
    CheckCase(path);
    const int parts =
        ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
    failed += parts > parts_before ? 1 : 0;
  }
  std::cout << "critical_path: " << cases.size() - failed << " passed, " << failed
            << " failed, 0 skipped\n";
}

}  // namespace
}  // namespace vitals
