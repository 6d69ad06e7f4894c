#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/ostream_sink.h"
#include "vitals/base/log.h"
#include "vitals/bridge/spdlog_id_flag.h"
#include "vitals/bridge/spdlog_sink.h"
#include "vitals/model/span_context.h"

namespace vitals::bridge {
namespace {

class SpdlogTest : public ::testing::Test {
 protected:
  SpdlogTest() {
    logger_ = std::make_shared<spdlog::logger>(
        "host", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream_));
    logger_->set_pattern("%n %l: %v");
  }
  ~SpdlogTest() override { SetLogSink({}); }

  // Everything logged since the last call.
  std::string Lines() { return std::exchange(stream_, std::ostringstream()).str(); }

  // Logs one line with this pattern, whose flag %Q has this source.
  std::string Line(const std::string& pattern, IdSource source) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<IdFlag>('Q', std::move(source)).set_pattern(pattern);
    logger_->set_formatter(std::move(formatter));
    logger_->info("x");
    return Lines();
  }

  std::ostringstream stream_;
  std::shared_ptr<spdlog::logger> logger_;
};

TEST_F(SpdlogTest, TakesWhatVitalsSays) {
  SetLogSink(MakeSpdlogSink(logger_));
  Log(LogSeverity::kInfo, "a");
  Log(LogSeverity::kWarning, "100% {} odd");
  Log(LogSeverity::kError, "");
  EXPECT_EQ(Lines(), "host info: a\nhost warning: 100% {} odd\nhost error: \n");
}

TEST_F(SpdlogTest, TheLoggersOwnLevelHolds) {
  logger_->set_level(spdlog::level::err);
  SetLogSink(MakeSpdlogSink(logger_));
  Log(LogSeverity::kWarning, "quiet");
  Log(LogSeverity::kError, "loud");
  EXPECT_EQ(Lines(), "host error: loud\n");
}

TEST_F(SpdlogTest, TheSinkKeepsItsLogger) {
  SetLogSink(MakeSpdlogSink(std::move(logger_)));
  Log(LogSeverity::kInfo, "a");
  EXPECT_EQ(Lines(), "host info: a\n");
}

TEST_F(SpdlogTest, NoLoggerIsNoSink) { EXPECT_FALSE(MakeSpdlogSink(nullptr)); }

TEST_F(SpdlogTest, FlagsPrintTheIdOfTheMoment) {
  std::string id;
  const IdSource source = [&id](std::string& text) { text += id; };
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<IdFlag>('Q', source).add_flag<IdFlag>('q').set_pattern("[%Q %q] %v");
  logger_->set_formatter(std::move(formatter));
  logger_->info("before");
  id = "4bf92f3577b34da6a3ce929d0e0e4736";
  logger_->info("within");
  id.clear();
  logger_->info("after");
  EXPECT_EQ(Lines(),
            "[- -] before\n"
            "[4bf92f3577b34da6a3ce929d0e0e4736 -] within\n"
            "[- -] after\n");
}

TEST_F(SpdlogTest, LinesTellTheCurrentSpan) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<IdFlag>('Q', TraceIdSource()).add_flag<IdFlag>('q', SpanIdSource());
  formatter->set_pattern("[%Q %q] %v");
  logger_->set_formatter(std::move(formatter));
  logger_->info("before");
  model::current_span_context = {.trace_id = {0x4bf92f3577b34da6, 0xa3ce929d0e0e4736},
                                 .span_id = {0x00f067aa0ba902b7}};
  logger_->info("within");
  std::thread([this] { logger_->info("elsewhere"); }).join();
  model::current_span_context = {};
  logger_->info("after");
  EXPECT_EQ(Lines(),
            "[- -] before\n"
            "[4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7] within\n"
            "[- -] elsewhere\n"
            "[- -] after\n");
}

TEST_F(SpdlogTest, FlagsPadAndTruncateAsOthersDo) {
  const IdSource id = [](std::string& text) { text += "abcde"; };
  EXPECT_EQ(Line("[%8Q]", id), "[   abcde]\n");
  EXPECT_EQ(Line("[%-8Q]", id), "[abcde   ]\n");
  EXPECT_EQ(Line("[%=8Q]", id), "[ abcde  ]\n");
  EXPECT_EQ(Line("[%3Q]", id), "[abcde]\n");
  EXPECT_EQ(Line("[%3!Q]", id), "[abc]\n");
  EXPECT_EQ(Line("[%8!Q]", id), "[   abcde]\n");
  EXPECT_EQ(Line("[%-4Q]", {}), "[-   ]\n");
}

}  // namespace
}  // namespace vitals::bridge
