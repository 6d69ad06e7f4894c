#include "vitals/export/otlp_file_exporter.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/fork.h"
#include "fmt/format.h"
#include "vitals/export/otlp_json.h"

VITALS_NAMESPACE_BEGIN
namespace {

constexpr std::uint64_t kLeastFileBytes = std::uint64_t{1024} * 1024;

absl::Status ErrnoStatus(int error, std::string_view what) {
  const std::string message = fmt::format("{}: {}", what, std::generic_category().message(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// Writes all of it. 0, or the error.
int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Ends a line that someone left unfinished. The size of the file.
absl::StatusOr<std::uint64_t> PrepareToAppend(int fd, std::string_view what) {
  struct stat info = {};
  if (::fstat(fd, &info) != 0) return ErrnoStatus(errno, what);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(fmt::format("{}: it is no regular file", what));
  }
  auto size = static_cast<std::uint64_t>(info.st_size);
  char last = '\n';
  if (size != 0 && ::pread(fd, &last, 1, info.st_size - 1) == 1 && last != '\n') {
    if (const int error = WriteAll(fd, "\n"); error != 0) return ErrnoStatus(error, what);
    ++size;
  }
  return size;
}

}  // namespace

OtlpFileExporter::OtlpFileExporter(OtlpFileExporterOptions options)
    : options_(std::move(options)), fork_generation_(base::ForkGeneration()) {}

absl::StatusOr<std::unique_ptr<OtlpFileExporter>> OtlpFileExporter::Create(
    OtlpFileExporterOptions options) {
  if (options.path.empty()) {
    return absl::InvalidArgumentError("path is empty: name the file to write spans to");
  }
  if (options.max_file_bytes < kLeastFileBytes) {
    return absl::InvalidArgumentError(fmt::format("max_file_bytes is {}, must be at least {}",
                                                  options.max_file_bytes, kLeastFileBytes));
  }
  std::unique_ptr<OtlpFileExporter> exporter(new OtlpFileExporter(std::move(options)));
  if (absl::Status status = exporter->Open(); !status.ok()) return status;
  return exporter;
}

OtlpFileExporter::~OtlpFileExporter() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status OtlpFileExporter::Open() {
  const std::string what = fmt::format("cannot write spans to '{}'", options_.path);
  const int fd = ::open(options_.path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
                        S_IRUSR | S_IWUSR);
  if (fd < 0) return ErrnoStatus(errno, what);
  const absl::StatusOr<std::uint64_t> size = PrepareToAppend(fd, what);
  if (!size.ok()) {
    ::close(fd);
    return size.status();
  }
  fd_ = fd;
  file_bytes_ = *size;
  return absl::OkStatus();
}

absl::Status OtlpFileExporter::Rotate() {
  const std::string previous = options_.path + ".1";
  if (::rename(options_.path.c_str(), previous.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, fmt::format("cannot rename '{}' to '{}'", options_.path, previous));
  }
  ::close(fd_);
  fd_ = -1;
  return Open();
}

absl::Status OtlpFileExporter::WriteLine() {
  if (file_bytes_ != 0 && file_bytes_ + line_.size() > options_.max_file_bytes) {
    if (absl::Status status = Rotate(); !status.ok()) return status;
  }
  if (const int error = WriteAll(fd_, line_); error != 0) {
    // Half a line would spoil the next one.
    static_cast<void>(::ftruncate(fd_, static_cast<off_t>(file_bytes_)));
    return ErrnoStatus(error, fmt::format("cannot write spans to '{}'", options_.path));
  }
  file_bytes_ += line_.size();
  return absl::OkStatus();
}

absl::Status OtlpFileExporter::Export(std::span<const SpanData> spans) {
  if (fork_generation_ != base::ForkGeneration()) {
    return absl::FailedPreconditionError(
        "this file exporter belongs to the parent process: create one after the fork");
  }
  if (spans.empty()) return absl::OkStatus();
  if (fd_ < 0) {
    if (absl::Status status = Open(); !status.ok()) return status;
  }
  line_.clear();
  EncodeOtlpJson(spans, options_.resource, line_);
  line_.push_back('\n');
  if (line_.size() <= options_.max_file_bytes) return WriteLine();
  if (spans.size() == 1) {
    return absl::ResourceExhaustedError(
        fmt::format("a span of {} bytes is larger than max_file_bytes ({})", line_.size(),
                    options_.max_file_bytes));
  }
  const std::size_t half = spans.size() / 2;
  absl::Status status = Export(spans.first(half));
  status.Update(Export(spans.subspan(half)));
  return status;
}

VITALS_NAMESPACE_END
