#ifndef VITALS_EXAMPLES_JOB_WORKER_SCRATCH_DIRECTORY_H_
#define VITALS_EXAMPLES_JOB_WORKER_SCRATCH_DIRECTORY_H_

#include <filesystem>

#include "absl/status/statusor.h"

namespace job_worker {

/// A new folder of its own that is removed, with all in it, at the end.
class ScratchDirectory {
 public:
  /// Makes `<parent>/job_worker-<random>`, readable for its owner only.
  static absl::StatusOr<ScratchDirectory> Create(const std::filesystem::path& parent);

  ScratchDirectory(ScratchDirectory&& other) noexcept;
  ~ScratchDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::filesystem::path path);

  std::filesystem::path path_;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_SCRATCH_DIRECTORY_H_
