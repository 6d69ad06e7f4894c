#include "examples/job_worker/job_source.h"

#include <algorithm>
#include <system_error>

#include "examples/job_worker/span_status.h"
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

PassResult SubmitAll(const std::vector<fs::path>& files, std::size_t max_jobs, WorkerPool& pool) {
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

/// Lists the tree, submits its jobs, and waits for them.
absl::StatusOr<PassResult> RunPass(const TreeOptions& tree, std::size_t max_jobs,
                                   const vitals::Tracer& tracer, WorkerPool& pool) {
  const Clock::time_point start = Clock::now();
  vitals::Span pass = tracer.StartSpan("pass");
  vitals::Span list = tracer.StartSpan("list files");
  const auto files = ListFiles(tree);
  list.End();
  if (!files.ok()) return RecordStatus(pass, files.status());

  vitals::Span submit = tracer.StartSpan("submit jobs");
  const PassResult result = SubmitAll(*files, max_jobs, pool);
  submit.End();

  vitals::Span wait = tracer.StartSpan("wait for jobs");
  pool.WaitIdle();
  wait.End();

  pass.SetAttribute("pass.files", files->size());
  pass.SetAttribute("pass.jobs", result.jobs);
  spdlog::info("{} jobs on {} files of {} in {:.2f} s", result.jobs, files->size(),
               tree.root.string(), std::chrono::duration<double>(Clock::now() - start).count());
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

absl::StatusOr<std::size_t> SubmitJobs(const SourceOptions& options, const vitals::Tracer& tracer,
                                       WorkerPool& pool, StopEvent& stop) {
  const std::size_t max_jobs = options.max_jobs == 0 ? SIZE_MAX : options.max_jobs;
  std::size_t jobs = 0;
  while (true) {
    const auto pass = RunPass(options.tree, max_jobs - jobs, tracer, pool);
    if (!pass.ok()) return pass.status();
    jobs += pass->jobs;
    if (options.once || !pass->complete || jobs == max_jobs) return jobs;
    if (stop.WaitUntil(Clock::now() + options.pause_between_passes)) return jobs;
  }
}

}  // namespace job_worker
