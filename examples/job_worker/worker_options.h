#ifndef VITALS_EXAMPLES_JOB_WORKER_WORKER_OPTIONS_H_
#define VITALS_EXAMPLES_JOB_WORKER_WORKER_OPTIONS_H_

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "examples/job_worker/job_source.h"
#include "examples/job_worker/worker_pool.h"
#include "vitals/telemetry/telemetry.h"

namespace job_worker {

/// What the command line says.
struct WorkerOptions {
  std::string worker_id = "job-worker";
  bool verbose = false;
  vitals::TelemetryOptions telemetry;
  std::filesystem::path manifest;        ///< empty: SHA256SUMS in the tree, if it is there
  std::filesystem::path scratch_parent;  ///< where the scratch directory is made
  PoolOptions pool;
  SourceOptions source;
  std::optional<std::chrono::milliseconds> duration;
  std::chrono::milliseconds drain_time = std::chrono::seconds(5);
};

/// The options, or the code to exit with at once: 0 after --help, 2 after a mistake that was
/// printed.
struct CommandLine {
  std::optional<WorkerOptions> options;
  int exit_code = 0;
};

CommandLine ParseCommandLine(int argc, const char* const* argv);

/// Reads "127.0.0.1:9090", "[::1]:9090" or "unix:/run/worker.sock". InvalidArgument says what is
/// right.
absl::StatusOr<vitals::net::HttpServerOptions> ParseMetricsAddress(std::string_view text);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_WORKER_OPTIONS_H_
