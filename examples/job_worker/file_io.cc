#include "examples/job_worker/file_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "examples/job_worker/span_status.h"

namespace job_worker {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<InputFile> InputFile::Open(const std::filesystem::path& path,
                                          const JobContext& context) {
  vitals::Span span = context.tracer().StartSpan("open");
  // Not blocking: should the file have become a pipe since it was listed, opening it must not wait.
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return RecordStatus(span, absl::ErrnoToStatus(errno, "cannot open it"));
  return InputFile(std::move(file), context);
}

absl::StatusOr<std::span<const unsigned char>> InputFile::Read(std::span<unsigned char> block) {
  vitals::Span span = context_->StartBlockSpan("read");
  std::size_t filled = 0;
  while (filled < block.size()) {
    absl::Status status = RecordStatus(span, context_->CheckDeadline());
    if (!status.ok()) return status;
    const ssize_t count = read(file_.get(), block.data() + filled, block.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return RecordStatus(span, absl::ErrnoToStatus(errno, "cannot read it"));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    context_->CountBytesRead(static_cast<std::size_t>(count));
  }
  span.SetAttribute("bytes", filled);
  return block.first(filled);
}

absl::StatusOr<OutputFile> OutputFile::Create(const std::filesystem::path& path,
                                              const JobContext& context) {
  vitals::Span span = context.tracer().StartSpan("create");
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) {
    return RecordStatus(span, absl::ErrnoToStatus(errno, "cannot create " + path.string()));
  }
  return OutputFile(std::move(file), context);
}

absl::Status OutputFile::Write(std::span<const unsigned char> block) {
  if (block.empty()) return absl::OkStatus();
  vitals::Span span = context_->StartBlockSpan("write");
  span.SetAttribute("bytes", block.size());
  while (!block.empty()) {
    absl::Status status = RecordStatus(span, context_->CheckDeadline());
    if (!status.ok()) return status;
    const ssize_t count = write(file_.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return RecordStatus(span,
                          absl::ErrnoToStatus(errno, "cannot write to the scratch directory"));
    }
    block = block.subspan(static_cast<std::size_t>(count));
    context_->CountBytesWritten(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace job_worker
