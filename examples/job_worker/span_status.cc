#include "examples/job_worker/span_status.h"

#include <string>

namespace job_worker {

absl::Status RecordStatus(vitals::Span& span, absl::Status outcome) {
  // A span that did not fail stays without a status, as OpenTelemetry asks of those who are not
  // the last to judge.
  if (!outcome.ok()) span.SetStatus(vitals::SpanStatus::kError, std::string(outcome.message()));
  return outcome;
}

}  // namespace job_worker
