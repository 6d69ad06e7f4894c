#include <zlib.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "examples/job_worker/checksum_manifest.h"
#include "examples/job_worker/handlers.h"
#include "examples/job_worker/job_source.h"
#include "examples/job_worker/scratch_directory.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/job_worker_test_util.h"

namespace job_worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// SHA-256 of "hello\n".
constexpr std::string_view kHelloSum =
    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

std::string SumOf(char digit) { return std::string(64, digit); }

TEST(ChecksumManifestTest, ReadsWhatSha256sumWrites) {
  const std::string text = "# made by sha256sum\n\n" + SumOf('a') + "  text.txt\n" + SumOf('B') +
                           " *sub/binary file\r\n\\" + SumOf('c') + "  line\\nbreak\\\\\n" +
                           SumOf('d') + "  ../outside";
  const auto manifest = ChecksumManifest::Parse(text, "/tree", "sums");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->size(), 4u);
  EXPECT_EQ(manifest->Find("/tree/text.txt"), SumOf('a'));
  EXPECT_EQ(manifest->Find("/tree/sub/../sub/./binary file"), SumOf('b'));
  EXPECT_EQ(manifest->Find("/tree/line\nbreak\\"), SumOf('c'));
  EXPECT_EQ(manifest->Find("/outside"), SumOf('d'));
  EXPECT_EQ(manifest->Find("/tree/other"), std::nullopt);
}

TEST(ChecksumManifestTest, NamesTheLineThatIsWrong) {
  const std::string sum = SumOf('0');
  const std::vector<std::string> bad_lines = {
      "short  file",
      SumOf('g') + "  file",
      sum + " file",
      sum + "  ",
      sum,
      fmt::format("\\{}  bad\\escape", sum),
      fmt::format("\\{}  end\\", sum),
  };
  for (const std::string& bad : bad_lines) {
    const auto manifest =
        ChecksumManifest::Parse(fmt::format("{}  good\n{}\n", sum, bad), "/tree", "sums");
    ASSERT_FALSE(manifest.ok()) << bad;
    EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("sums:2: ")) << bad;
  }
}

TEST(ChecksumManifestTest, SaysWhichFileItCannotRead) {
  const auto manifest = ChecksumManifest::Load("/nonexistent/sums");
  EXPECT_EQ(manifest.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("/nonexistent/sums"));
}

/// Runs handlers on files of a folder of their own.
class HandlersTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Run(Handler& handler, const std::filesystem::path& file,
                                  Clock::time_point deadline = Clock::time_point::max()) {
    const JobContext context(registry_, {}, metrics_, stop_deadline_, deadline);
    handler.Start(context);
    return handler.Run(file, context);
  }

  double Verifications(std::string status) {
    return ValueOf(registry_, "guestkit_checksum_verifications_total",
                   {{"status", std::move(status)}});
  }

  TemporaryFolder folder_;
  vitals::Registry registry_;
  WorkerMetrics metrics_{registry_};
  StopDeadline stop_deadline_;
};

TEST_F(HandlersTest, InspectTellsTypeAndSizeAndReadsTheHeadOnly) {
  const auto handler = MakeInspectHandler();
  EXPECT_EQ(Run(*handler, folder_.Write("a", "")).value(), "empty, 0 bytes");
  EXPECT_EQ(Run(*handler, folder_.Write("b", "hello\n")).value(), "text, 6 bytes");
  EXPECT_EQ(Run(*handler, folder_.Write("c", "#!/bin/sh\n")).value(), "script, 10 bytes");
  EXPECT_EQ(Run(*handler, folder_.Write("d",
                                        "\x7f"
                                        "ELF\x02"))
                .value(),
            "ELF, 5 bytes");
  EXPECT_EQ(Run(*handler, folder_.Write("e", std::string(1000, '\0'))).value(), "data, 1000 bytes");
  EXPECT_EQ(ValueOf(registry_, "guestkit_worker_disk_read_bytes_total"), 6 + 10 + 5 + 512);
}

TEST_F(HandlersTest, ChecksumTellsSuccessFailureAndSkippedApart) {
  const auto manifest = ChecksumManifest::Parse(
      fmt::format("{}  good\n{}  bad\n", kHelloSum, SumOf('0')), folder_.path(), "sums");
  const auto handler = MakeChecksumHandler(*manifest);

  EXPECT_THAT(Run(*handler, folder_.Write("good", "hello\n")).value(), HasSubstr(kHelloSum));
  EXPECT_TRUE(Run(*handler, folder_.Write("unlisted", "hello\n")).ok());
  const absl::Status failure = Run(*handler, folder_.Write("bad", "hello\n")).status();
  EXPECT_EQ(failure.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(failure.message()), HasSubstr(SumOf('0')));

  EXPECT_EQ(Verifications("success"), 1);
  EXPECT_EQ(Verifications("failure"), 1);
  EXPECT_EQ(Verifications("skipped"), 1);
}

TEST_F(HandlersTest, AFileThatIsGoneFailsAndIsNoVerification) {
  const auto handler = MakeChecksumHandler({});
  EXPECT_EQ(Run(*handler, folder_.path() / "gone").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Verifications("skipped"), 0);
}

TEST_F(HandlersTest, CompressWritesAGzipFileOfTheSameContent) {
  std::string content;
  for (int i = 0; i < 50'000; ++i) content += std::to_string(i);
  const auto file = folder_.Write("tree/sub/numbers", content);
  const auto handler = MakeCompressHandler(folder_.path() / "tree", folder_.path() / "scratch");
  ASSERT_TRUE(Run(*handler, file).ok());

  const auto compressed = folder_.path() / "scratch/sub/numbers.gz";
  EXPECT_EQ(ValueOf(registry_, "guestkit_worker_disk_write_bytes_total"),
            static_cast<double>(std::filesystem::file_size(compressed)));
  gzFile stream = gzopen(compressed.c_str(), "rb");
  std::string restored(content.size() + 1, '\0');
  const int count = gzread(stream, restored.data(), static_cast<unsigned>(restored.size()));
  EXPECT_EQ(gzclose(stream), Z_OK);
  restored.resize(static_cast<std::size_t>(count));
  EXPECT_EQ(restored, content);
}

TEST_F(HandlersTest, ACompressionThatRunsOutOfTimeLeavesNoFile) {
  const auto handler = MakeCompressHandler(folder_.path(), folder_.path() / "scratch");
  const auto result = Run(*handler, folder_.Write("file", "hello\n"), Clock::now());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
}

TEST_F(HandlersTest, NoHandlerGoesOnWhenTheWorkerStops) {
  stop_deadline_.Set(Clock::now());
  const auto file = folder_.Write("file", "hello\n");
  const auto result = Run(*MakeChecksumHandler({}), file);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(ListFilesTest, ListsRegularFilesOnlyAndLeavesOutWhatItShould) {
  const TemporaryFolder folder;
  const auto b = folder.Write("b", "");
  const auto a = folder.Write("sub/a", "");
  folder.Write(".hidden", "");
  folder.Write(".git/config", "");
  folder.Write("sub/build/object", "");
  folder.Write("scratch/a.gz", "");
  std::filesystem::create_symlink(b, folder.path() / "link");
  const auto files = ListFiles(
      {.root = folder.path(), .excluded_folders = {"build"}, .scratch = folder.path() / "scratch"});
  ASSERT_TRUE(files.ok());
  EXPECT_THAT(*files, ElementsAre(b, a));
}

TEST(ListFilesTest, FailsWithoutItsRoot) {
  const auto files = ListFiles({.root = "/nonexistent", .excluded_folders = {}, .scratch = {}});
  EXPECT_THAT(std::string(files.status().message()), HasSubstr("/nonexistent"));
}

TEST(ScratchDirectoryTest, IsRemovedWithAllInIt) {
  const TemporaryFolder folder;
  {
    auto created = ScratchDirectory::Create(folder.path());
    ASSERT_TRUE(created.ok());
    const ScratchDirectory scratch = *std::move(created);
    folder.Write((scratch.path() / "sub/file").string(), "x");
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / "sub/file"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ScratchDirectoryTest, SaysWhereItCannotBe) {
  const auto scratch = ScratchDirectory::Create("/nonexistent");
  EXPECT_THAT(std::string(scratch.status().message()), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace job_worker
