#include "vitals/export/simple_span_processor.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/spans.h"
#include "vitals/base/log.h"

namespace vitals_test {
namespace {

using ::testing::ElementsAre;
using ::testing::Return;

class MockExporter : public vitals::SpanExporter {
 public:
  MOCK_METHOD(absl::Status, Export, (std::span<const vitals::SpanData> spans), (override));
};

TEST(SimpleSpanProcessorTest, ExportsAtOnceAndTellsOfFailuresOnce) {
  std::vector<std::string> log;
  vitals::SetLogSink(
      [&log](vitals::LogSeverity, std::string_view message) { log.emplace_back(message); });
  auto exporter = std::make_unique<MockExporter>();
  EXPECT_CALL(*exporter, Export)
      .WillOnce(Return(absl::OkStatus()))
      .WillOnce(Return(absl::ResourceExhaustedError("disk is full")))
      .WillOnce(Return(absl::ResourceExhaustedError("disk is full")))
      .WillRepeatedly(Return(absl::OkStatus()));
  vitals::SimpleSpanProcessor processor(std::move(exporter));
  for (int i = 0; i < 5; ++i) processor.OnEnd(PlainSpans(3));
  vitals::SetLogSink({});
  EXPECT_EQ(processor.failed_spans(), 6u);
  EXPECT_THAT(log, ElementsAre("spans are lost: disk is full", "spans are exported again"));
}

}  // namespace
}  // namespace vitals_test
