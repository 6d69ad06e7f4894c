#ifndef VITALS_EXAMPLES_JOB_WORKER_JOB_H_
#define VITALS_EXAMPLES_JOB_WORKER_JOB_H_

#include <filesystem>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "examples/job_worker/handler.h"
#include "examples/job_worker/worker_metrics.h"

namespace job_worker {

/// A kind of job: what does it, and what is recorded about it. Lives as long as its jobs.
struct Operation {
  std::unique_ptr<Handler> handler;
  OperationMetrics metrics;
};

/// One file, and what is to be done with it.
struct Job {
  const Operation* operation = nullptr;
  std::filesystem::path path;
};

/// How a handler's answer counts: kDeadlineExceeded is a timeout, every other error a failure.
JobStatus StatusOfOutcome(const absl::Status& outcome);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_H_
