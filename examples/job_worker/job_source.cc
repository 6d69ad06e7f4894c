#include "examples/job_worker/job_source.h"

#include <algorithm>
#include <system_error>

#include "fmt/format.h"
#include "spdlog/spdlog.h"

namespace job_worker {
namespace {

namespace fs = std::filesystem;

bool IsLeftOut(const fs::directory_entry& entry, bool is_folder, const TreeOptions& options) {
  const std::string name = entry.path().filename().string();
  if (name.starts_with('.')) return true;
  if (!is_folder) return false;
  const auto& excluded = options.excluded_folders;
  return entry.path() == options.scratch ||
         std::find(excluded.begin(), excluded.end(), name) != excluded.end();
}

/// What one pass submitted, and whether another one may follow.
struct PassResult {
  std::size_t jobs = 0;
  bool complete = true;
};

PassResult SubmitPass(const std::vector<fs::path>& files, std::size_t max_jobs, WorkerPool& pool) {
  PassResult result;
  for (const fs::path& file : files) {
    for (const Operation& operation : pool.operations()) {
      if (result.jobs == max_jobs || !pool.Submit({&operation, file})) {
        result.complete = false;
        return result;
      }
      ++result.jobs;
    }
  }
  return result;
}

}  // namespace

absl::StatusOr<std::vector<fs::path>> ListFiles(const TreeOptions& options) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(options.root,
                                         fs::directory_options::skip_permission_denied, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    // What vanished since it was listed has no status: it is no file, which is what we need to
    // know.
    std::error_code ignored;
    const fs::file_status status = entry->symlink_status(ignored);
    if (IsLeftOut(*entry, fs::is_directory(status), options)) {
      entry.disable_recursion_pending();
    } else if (fs::is_regular_file(status)) {
      files.push_back(entry->path());
    }
    entry.increment(error);
  }
  if (error) {
    return absl::UnavailableError(
        fmt::format("cannot list the files of {}: {}", options.root.string(), error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::size_t> SubmitJobs(const SourceOptions& options, WorkerPool& pool,
                                       StopEvent& stop) {
  const std::size_t max_jobs = options.max_jobs == 0 ? SIZE_MAX : options.max_jobs;
  std::size_t jobs = 0;
  while (true) {
    const Clock::time_point start = Clock::now();
    const auto files = ListFiles(options.tree);
    if (!files.ok()) return files.status();
    const PassResult pass = SubmitPass(*files, max_jobs - jobs, pool);
    jobs += pass.jobs;
    pool.WaitIdle();
    spdlog::info("{} jobs on {} files of {} in {:.2f} s", pass.jobs, files->size(),
                 options.tree.root.string(),
                 std::chrono::duration<double>(Clock::now() - start).count());
    if (options.once || !pass.complete || jobs == max_jobs) return jobs;
    if (stop.WaitUntil(Clock::now() + options.pause_between_passes)) return jobs;
  }
}

}  // namespace job_worker
