#include "examples/job_worker/job.h"

namespace job_worker {

JobStatus StatusOfOutcome(const absl::Status& outcome) {
  if (outcome.ok()) return JobStatus::kCompleted;
  return absl::IsDeadlineExceeded(outcome) ? JobStatus::kTimeout : JobStatus::kFailed;
}

}  // namespace job_worker
