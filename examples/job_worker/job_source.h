#ifndef VITALS_EXAMPLES_JOB_WORKER_JOB_SOURCE_H_
#define VITALS_EXAMPLES_JOB_WORKER_JOB_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/job_worker/stop_event.h"
#include "examples/job_worker/worker_pool.h"
#include "vitals/trace/tracer.h"

namespace job_worker {

/// Which files of a tree are worked on.
struct TreeOptions {
  std::filesystem::path root;
  /// Folders of these names are left out, wherever they are.
  std::vector<std::string> excluded_folders;
  /// This folder is left out, as where the worker itself writes.
  std::filesystem::path scratch;
};

/// The regular files of a tree, sorted. Hidden files and folders, and what symbolic links point to,
/// are left out; so is a folder that may not be read. Fails when the root cannot be read.
absl::StatusOr<std::vector<std::filesystem::path>> ListFiles(const TreeOptions& options);

/// How often a tree is worked through.
struct SourceOptions {
  TreeOptions tree;
  std::size_t max_jobs = 0;  ///< 0: no bound
  bool once = false;         ///< one pass, else again and again
  std::chrono::milliseconds pause_between_passes = std::chrono::seconds(5);
};

/// Submits one job for each file and operation, pass after pass, until the options' bound is
/// reached or `stop` is requested. All jobs of a pass end before the next one starts. Returns how
/// many jobs were submitted; fails when the tree cannot be listed. Each pass is a trace, and the
/// jobs' traces have links to it.
absl::StatusOr<std::size_t> SubmitJobs(const SourceOptions& options, const vitals::Tracer& tracer,
                                       WorkerPool& pool, StopEvent& stop);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_SOURCE_H_
