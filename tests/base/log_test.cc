#include "vitals/base/log.h"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace vitals {
namespace {

TEST(LogTest, GoesToTheSink) {
  std::vector<std::string> lines;
  SetLogSink([&](LogSeverity severity, std::string_view message) {
    lines.push_back(std::string(LogSeverityName(severity)) + ": " + std::string(message));
  });
  Log(LogSeverity::kInfo, "a");
  std::thread([] { Log(LogSeverity::kError, "b"); }).join();
  SetLogSink({});
  EXPECT_EQ(lines, (std::vector<std::string>{"info: a", "error: b"}));
}

TEST(LogTest, DefaultWritesWarningsAndErrorsToStandardError) {
  ::testing::internal::CaptureStderr();
  Log(LogSeverity::kInfo, "quiet");
  Log(LogSeverity::kWarning, "100% odd %s");
  Log(LogSeverity::kError, "bad");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "vitals: warning: 100% odd %s\nvitals: error: bad\n");
}

TEST(LogTest, SurvivesASinkThatThrows) {
  SetLogSink([](LogSeverity, std::string_view) { throw std::runtime_error("sink"); });
  Log(LogSeverity::kError, "x");
  SetLogSink({});
}

}  // namespace
}  // namespace vitals
