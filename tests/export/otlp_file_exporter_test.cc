#include "vitals/export/otlp_file_exporter.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/spans.h"
#include "tests/net/test_files.h"
#include "tests/testing/child_process.h"
#include "vitals/export/otlp_json.h"

namespace vitals_test {
namespace {

using ::testing::HasSubstr;
using vitals::OtlpFileExporter;
using vitals::OtlpFileExporterOptions;
using vitals::Resource;
using vitals::SpanData;

constexpr std::uint64_t kMebibyte = 1024 * 1024;

std::string Line(const std::vector<SpanData>& spans) {
  std::string line;
  vitals::EncodeOtlpJson(spans, Resource(), line);
  return line + "\n";
}

std::string Content(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

class OtlpFileExporterTest : public ::testing::Test {
 protected:
  std::unique_ptr<OtlpFileExporter> MustCreate() {
    auto exporter = OtlpFileExporter::Create(
        {.path = path_, .max_file_bytes = kMebibyte, .resource = Resource()});
    EXPECT_TRUE(exporter.ok()) << exporter.status();
    return exporter.ok() ? *std::move(exporter) : nullptr;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.File("spans.jsonl");
};

TEST_F(OtlpFileExporterTest, WritesALineForABatch) {
  const auto exporter = MustCreate();
  EXPECT_TRUE(exporter->Export({}).ok());
  EXPECT_EQ(Content(path_), "");
  EXPECT_TRUE(exporter->Export(PlainSpans(3)).ok());
  EXPECT_TRUE(exporter->Export(std::vector{FullSpan()}).ok());
  EXPECT_EQ(Content(path_), Line(PlainSpans(3)) + Line({FullSpan()}));
  struct stat info = {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(OtlpFileExporterTest, AppendsAndEndsALineThatWasCut) {
  ASSERT_TRUE(MustCreate()->Export(PlainSpans(1)).ok());
  std::ofstream(path_, std::ios::app) << "{\"resourceSp";
  ASSERT_TRUE(MustCreate()->Export(PlainSpans(2)).ok());
  EXPECT_EQ(Content(path_), Line(PlainSpans(1)) + "{\"resourceSp\n" + Line(PlainSpans(2)));
}

TEST_F(OtlpFileExporterTest, KeepsTwoFilesOfBoundedSize) {
  const auto exporter = MustCreate();
  const std::vector<SpanData> batch = PlainSpans(2000);
  const std::size_t line_bytes = Line(batch).size();
  const std::size_t lines = kMebibyte / line_bytes;
  for (std::size_t i = 0; i < 3 * lines; ++i) {
    ASSERT_TRUE(exporter->Export(batch).ok());
    EXPECT_LE(std::filesystem::file_size(path_), kMebibyte);
  }
  EXPECT_EQ(std::filesystem::file_size(path_), lines * line_bytes);
  EXPECT_EQ(std::filesystem::file_size(path_ + ".1"), lines * line_bytes);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1.1"));
}

TEST_F(OtlpFileExporterTest, ABatchLargerThanAFileIsSplit) {
  const auto exporter = MustCreate();
  const std::vector<SpanData> batch = PlainSpans(8000);
  ASSERT_GT(Line(batch).size(), kMebibyte);
  EXPECT_TRUE(exporter->Export(batch).ok());
  const std::string first = Line(PlainSpans(4000));
  const std::string second = Line(PlainSpans(4000, 4001));
  EXPECT_EQ(Content(path_ + ".1") + Content(path_), first + second);
}

TEST_F(OtlpFileExporterTest, ASpanLargerThanAFileIsRefused) {
  const auto exporter = MustCreate();
  std::vector<SpanData> batch = PlainSpans(3);
  batch[1].trace_state = std::string(2 * kMebibyte, 'x');
  const absl::Status status = exporter->Export(batch);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("max_file_bytes"));
  EXPECT_EQ(Content(path_), Line({batch[0]}) + Line({batch[2]}));
}

TEST_F(OtlpFileExporterTest, AFullDiskLeavesWholeLines) {
  EXPECT_EQ(InChild([&] {
              // A process beyond its limit of file sizes is told by a signal first.
              ::signal(SIGXFSZ, SIG_IGN);
              const auto exporter = MustCreate();
              if (!exporter->Export(PlainSpans(1)).ok()) return 1;
              const rlim_t bytes = Line(PlainSpans(1)).size() + 100;
              const rlimit limit = {bytes, bytes};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return exporter->Export(PlainSpans(2)).code() == absl::StatusCode::kResourceExhausted
                         ? 0
                         : 2;
            }),
            0);
  EXPECT_EQ(Content(path_), Line(PlainSpans(1)));
}

TEST_F(OtlpFileExporterTest, IsOffInAForkChild) {
  auto exporter = MustCreate();
  ASSERT_TRUE(exporter->Export(PlainSpans(1)).ok());
  EXPECT_EQ(InChild([&] {
              const absl::Status status = exporter->Export(PlainSpans(2));
              exporter.reset();
              return status.code() == absl::StatusCode::kFailedPrecondition ? 0 : 1;
            }),
            0);
  EXPECT_TRUE(exporter->Export(PlainSpans(3)).ok());
  EXPECT_EQ(Content(path_), Line(PlainSpans(1)) + Line(PlainSpans(3)));
}

TEST_F(OtlpFileExporterTest, OptionsAreChecked) {
  const auto code = [](OtlpFileExporterOptions options) {
    return OtlpFileExporter::Create(std::move(options)).status().code();
  };
  EXPECT_EQ(code({.path = ""}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.path = path_, .max_file_bytes = kMebibyte - 1}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.path = folder_.File("absent/spans.jsonl")}), absl::StatusCode::kNotFound);
  EXPECT_EQ(code({.path = folder_.File("")}), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code({.path = "/dev/null"}), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace vitals_test
