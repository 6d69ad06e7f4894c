#include "examples/job_worker/worker_metrics.h"

#include "vitals/metrics/trace_exemplar.h"

namespace job_worker {

void OperationMetrics::RecordJob(JobStatus status, double seconds) const {
  const auto index = static_cast<std::size_t>(status);
  vitals::IncrementWithTrace(jobs_[index]);
  vitals::ObserveWithTrace(job_seconds_[index], seconds);
}

void OperationMetrics::RecordHandler(bool success, double seconds) const {
  vitals::IncrementWithTrace(success ? handler_successes_ : handler_errors_);
  vitals::ObserveWithTrace(handler_seconds_, seconds);
}

WorkerMetrics::WorkerMetrics(vitals::Registry& registry)
    : jobs_(registry
                .AddCounter({.name = "guestkit_worker_jobs_total",
                             .help = "Jobs that ended, by how they ended."},
                            {"operation", "status"})
                .value()),
      job_seconds_(registry
                       .AddHistogram({.name = "guestkit_worker_jobs_duration_seconds",
                                      .help = "Time from the start of a job to its end.",
                                      .bounds = vitals::Bounds::JobSeconds()},
                                     {"operation", "status"})
                       .value()),
      handler_executions_(registry
                              .AddCounter({.name = "guestkit_handler_executions_total",
                                           .help = "Runs of a handler, by its answer."},
                                          {"handler", "status"})
                              .value()),
      handler_seconds_(
          registry
              .AddHistogram(
                  {.name = "guestkit_handler_duration_seconds",
                   .help = "Time that a handler took.",
                   // 0.1 ms to 6.6 s: most files are small, and read within a millisecond.
                   .bounds = vitals::Bounds::Exponential(0.0001, 4, 9)},
                  {"handler"})
              .value()),
      active_jobs_(registry
                       .AddGauge({.name = "guestkit_worker_active_jobs",
                                  .help = "Jobs that are being worked on."})
                       .value()),
      queue_depth_(registry
                       .AddGauge({.name = "guestkit_worker_queue_depth",
                                  .help = "Jobs that wait for a thread."})
                       .value()),
      disk_read_bytes_(registry
                           .AddCounter({.name = "guestkit_worker_disk_read_bytes_total",
                                        .help = "Bytes that jobs read from files."})
                           .value()),
      disk_write_bytes_(registry
                            .AddCounter({.name = "guestkit_worker_disk_write_bytes_total",
                                         .help = "Bytes that jobs wrote to files."})
                            .value()) {}

OperationMetrics WorkerMetrics::ForOperation(std::string_view operation) const {
  OperationMetrics metrics;
  for (std::size_t i = 0; i < kJobStatusNames.size(); ++i) {
    metrics.jobs_[i] = jobs_.With(operation, kJobStatusNames[i]);
    metrics.job_seconds_[i] = job_seconds_.With(operation, kJobStatusNames[i]);
  }
  metrics.handler_successes_ = handler_executions_.With(operation, "success");
  metrics.handler_errors_ = handler_executions_.With(operation, "error");
  metrics.handler_seconds_ = handler_seconds_.With(operation);
  return metrics;
}

}  // namespace job_worker
