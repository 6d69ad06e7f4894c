#include "examples/job_worker/scratch_directory.h"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace job_worker {

absl::StatusOr<ScratchDirectory> ScratchDirectory::Create(const std::filesystem::path& parent) {
  std::string name = (parent / "job_worker-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, "cannot create a scratch directory in " + parent.string());
  }
  return ScratchDirectory(std::filesystem::path(name));
}

ScratchDirectory::ScratchDirectory(std::filesystem::path path) : path_(std::move(path)) {}

ScratchDirectory::ScratchDirectory(ScratchDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

ScratchDirectory::~ScratchDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace job_worker
