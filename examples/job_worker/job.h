#ifndef VITALS_EXAMPLES_JOB_WORKER_JOB_H_
#define VITALS_EXAMPLES_JOB_WORKER_JOB_H_

#include <filesystem>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "examples/job_worker/handler.h"
#include "examples/job_worker/worker_metrics.h"
#include "vitals/trace/span.h"
#include "vitals/trace/tracer.h"

namespace job_worker {

/// A kind of job: what does it, and what is recorded about it. Lives as long as its jobs.
struct Operation {
  std::unique_ptr<Handler> handler;
  OperationMetrics metrics;
  vitals::Tracer tracer;           ///< of the handler's steps
  vitals::InternedName span_name;  ///< the handler's name, of each job's span
};

/// One file, and what is to be done with it. Its trace goes with it from thread to thread.
struct Job {
  const Operation* operation = nullptr;
  std::filesystem::path path;
  /// Open from the submission of the job, where WorkerPool starts it, to its end. All other spans
  /// of the job are below it.
  std::unique_ptr<vitals::Span> span = nullptr;
  // When it came into the queue, on the clock of traces and on that of the pool.
  vitals::TraceTime queued_at = {};
  Clock::time_point waiting_since = {};

  /// What spans of the job have as parent; invalid before its submission.
  vitals::SpanContext context() const {
    return span == nullptr ? vitals::SpanContext() : span->context();
  }
};

/// How a handler's answer counts: kDeadlineExceeded is a timeout, every other error a failure.
JobStatus StatusOfOutcome(const absl::Status& outcome);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_JOB_H_
