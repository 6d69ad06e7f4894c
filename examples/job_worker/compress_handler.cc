#include <zlib.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <vector>

#include "examples/job_worker/file_io.h"
#include "examples/job_worker/handlers.h"
#include "fmt/format.h"

namespace job_worker {
namespace {

/// A gzip stream in the making.
class GzipEncoder {
 public:
  /// `context` outlives it.
  explicit GzipEncoder(const JobContext& context) : context_(context) {
    // 15 is zlib's largest window, 16 asks for the header and trailer of gzip.
    ok_ = deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() { deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  /// Compresses `block` into `file`; `last` ends the stream.
  absl::Status Encode(std::span<unsigned char> block, bool last, OutputFile& file) {
    if (!ok_) return absl::ResourceExhaustedError("zlib has no memory");
    stream_.next_in = block.data();
    stream_.avail_in = static_cast<uInt>(block.size());
    do {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      {
        const vitals::Span span = context_.StartBlockSpan("compress");
        deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      }
      const std::size_t count = buffer_.size() - stream_.avail_out;
      if (absl::Status status = file.Write({buffer_.data(), count}); !status.ok()) return status;
    } while (stream_.avail_out == 0);
    return absl::OkStatus();
  }

  std::size_t bytes_in() const { return stream_.total_in; }
  std::size_t bytes_out() const { return stream_.total_out; }

 private:
  const JobContext& context_;
  z_stream stream_{};
  bool ok_ = false;
  std::vector<unsigned char> buffer_ = std::vector<unsigned char>(kBlockSize);
};

absl::StatusOr<std::string> Compress(const std::filesystem::path& from,
                                     const std::filesystem::path& to, const JobContext& context) {
  absl::StatusOr<InputFile> input = InputFile::Open(from, context);
  if (!input.ok()) return input.status();
  absl::StatusOr<OutputFile> output = OutputFile::Create(to, context);
  if (!output.ok()) return output.status();

  GzipEncoder encoder(context);
  std::vector<unsigned char> buffer(kBlockSize);
  for (bool last = false; !last;) {
    const auto block = input->Read(buffer);
    if (!block.ok()) return block.status();
    last = block->size() < buffer.size();
    absl::Status status = encoder.Encode({buffer.data(), block->size()}, last, *output);
    if (!status.ok()) return status;
  }
  return fmt::format("{} bytes to {}", encoder.bytes_in(), encoder.bytes_out());
}

class CompressHandler final : public Handler {
 public:
  CompressHandler(std::filesystem::path root, std::filesystem::path scratch)
      : root_(std::move(root)), scratch_(std::move(scratch)) {}

  std::string_view name() const override { return "guestkit.compress"; }

  absl::StatusOr<std::string> Run(const std::filesystem::path& file,
                                  const JobContext& context) override {
    std::filesystem::path target = scratch_ / file.lexically_relative(root_);
    target += ".gz";
    std::error_code error;
    std::filesystem::create_directories(target.parent_path(), error);
    if (error) {
      return absl::UnavailableError(
          fmt::format("cannot create {}: {}", target.parent_path().string(), error.message()));
    }
    absl::StatusOr<std::string> result = Compress(file, target, context);
    if (!result.ok()) std::filesystem::remove(target, error);
    return result;
  }

 private:
  const std::filesystem::path root_;
  const std::filesystem::path scratch_;
};

}  // namespace

std::unique_ptr<Handler> MakeCompressHandler(std::filesystem::path root,
                                             std::filesystem::path scratch) {
  return std::make_unique<CompressHandler>(std::move(root), std::move(scratch));
}

}  // namespace job_worker
