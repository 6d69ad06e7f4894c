#ifndef VITALS_EXAMPLES_JOB_WORKER_SPAN_STATUS_H_
#define VITALS_EXAMPLES_JOB_WORKER_SPAN_STATUS_H_

#include "absl/status/status.h"
#include "vitals/trace/span.h"

namespace job_worker {

/// Returns `outcome`. Where it is an error, the span has failed, with its message.
absl::Status RecordStatus(vitals::Span& span, absl::Status outcome);

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_SPAN_STATUS_H_
