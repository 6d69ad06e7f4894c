#ifndef VITALS_EXAMPLES_JOB_WORKER_FILE_IO_H_
#define VITALS_EXAMPLES_JOB_WORKER_FILE_IO_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

#include "absl/status/statusor.h"
#include "examples/job_worker/job_context.h"

/// \file
/// Files as handlers use them: every byte that moves is counted, every block is a span, and checks
/// the deadline.

namespace job_worker {

/// Bytes that a handler moves at once; between two blocks it looks at the clock.
inline constexpr std::size_t kBlockSize = 64 * 1024;

/// An open file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }

 private:
  int fd_;
};

/// Reads a file from its start.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::filesystem::path& path,
                                        const JobContext& context);

  /// Fills `block` and returns how much of it; less than all of it at the end of the file only.
  absl::StatusOr<std::span<const unsigned char>> Read(std::span<unsigned char> block);

 private:
  InputFile(FileDescriptor file, const JobContext& context)
      : file_(std::move(file)), context_(&context) {}

  FileDescriptor file_;
  const JobContext* context_;
};

/// Writes a new file, replacing one of the same name.
class OutputFile {
 public:
  static absl::StatusOr<OutputFile> Create(const std::filesystem::path& path,
                                           const JobContext& context);

  /// Writes all of `block`.
  absl::Status Write(std::span<const unsigned char> block);

 private:
  OutputFile(FileDescriptor file, const JobContext& context)
      : file_(std::move(file)), context_(&context) {}

  FileDescriptor file_;
  const JobContext* context_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_FILE_IO_H_
