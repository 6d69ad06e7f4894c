#ifndef VITALS_EXAMPLES_JOB_WORKER_HANDLER_H_
#define VITALS_EXAMPLES_JOB_WORKER_HANDLER_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "examples/job_worker/job_context.h"

namespace job_worker {

/// Does the jobs of one operation. Many threads run one handler at once.
///
/// A handler records what the worker cannot know through its JobContext: bytes read and written as
/// it goes, families of its own in the context's registry, and its steps with the context's tracer.
class Handler {
 public:
  virtual ~Handler() = default;

  /// The operation, e.g. "guestkit.inspect": a label value, so one of few.
  virtual std::string_view name() const = 0;

  /// Called once before the first job: the place to add families and look up their series.
  virtual void Start(const JobContext& /*context*/) {}

  /// Works on one file and returns what was found, for the log. An error fails the job;
  /// DeadlineExceeded, which the context's reads and writes return in time, makes it a timeout.
  virtual absl::StatusOr<std::string> Run(const std::filesystem::path& file,
                                          const JobContext& context) = 0;
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_HANDLER_H_
