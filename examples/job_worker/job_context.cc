#include "examples/job_worker/job_context.h"

namespace job_worker {

vitals::Span JobContext::StartBlockSpan(vitals::InternedName name) const {
  const vitals::Tracer tracer = block_spans_++ < kMaxBlockSpans ? tracer_ : vitals::Tracer();
  return tracer.StartSpan(name);
}

absl::Status JobContext::CheckDeadline() const {
  const Clock::time_point now = Clock::now();
  if (now >= deadline_) return absl::DeadlineExceededError("took longer than its timeout");
  if (stop_deadline_.Passed(now)) return absl::DeadlineExceededError("the worker stopped");
  return absl::OkStatus();
}

}  // namespace job_worker
