#ifndef VITALS_BENCH_JOB_WORKER_REGISTRY_H_
#define VITALS_BENCH_JOB_WORKER_REGISTRY_H_

#include <string_view>

#include "vitals/metrics/registry.h"

namespace bench {

/// The nine families of examples/job_worker, with all the label values it uses: what a registry of
/// a small host holds. Instruments are kept as handles, as the example keeps them.
class JobWorkerRegistry {
 public:
  explicit JobWorkerRegistry(vitals::Registry& registry)
      : jobs_(registry
                  .AddCounter({.name = "guestkit_worker_jobs_total", .help = "Jobs that ended."},
                              {"operation", "status"})
                  .value()),
        job_seconds_(registry
                         .AddHistogram({.name = "guestkit_worker_jobs_duration_seconds",
                                        .help = "Time that jobs took.",
                                        .bounds = vitals::Bounds::JobSeconds()},
                                       {"operation", "status"})
                         .value()),
        active_(
            registry.AddGauge({.name = "guestkit_worker_active_jobs", .help = "Jobs that run now."})
                .value()),
        queue_depth_(
            registry.AddGauge({.name = "guestkit_worker_queue_depth", .help = "Jobs that wait."})
                .value()),
        executions_(registry
                        .AddCounter({.name = "guestkit_handler_executions_total",
                                     .help = "Calls of handlers."},
                                    {"handler", "status"})
                        .value()),
        handler_seconds_(registry
                             .AddHistogram({.name = "guestkit_handler_duration_seconds",
                                            .help = "Time that handlers took.",
                                            .bounds = vitals::Bounds::JobSeconds()},
                                           {"handler"})
                             .value()),
        verifications_(registry
                           .AddCounter({.name = "guestkit_checksum_verifications_total",
                                        .help = "Files whose checksum was compared."},
                                       {"status"})
                           .value()),
        read_bytes_(registry
                        .AddCounter({.name = "guestkit_worker_disk_read_bytes_total",
                                     .help = "Bytes read from disk."})
                        .value()),
        written_bytes_(registry
                           .AddCounter({.name = "guestkit_worker_disk_write_bytes_total",
                                        .help = "Bytes written to disk."})
                           .value()) {}

  /// Records to every series there is, as a thread that ran jobs of all kinds and ends.
  void RecordAll() const {
    for (const std::string_view operation :
         {"guestkit.inspect", "guestkit.checksum", "guestkit.compress"}) {
      for (const std::string_view status : {"completed", "failed", "timeout"}) {
        active_.Add(1);
        jobs_.With(operation, status).Increment();
        job_seconds_.With(operation, status).Observe(3);
        executions_.With(operation, status).Increment();
        active_.Add(-1);
      }
      handler_seconds_.With(operation).Observe(3);
    }
    for (const std::string_view status : {"success", "failure", "skipped"}) {
      verifications_.With(status).Increment();
    }
    queue_depth_.Add(1);
    queue_depth_.Add(-1);
    read_bytes_.Increment(4096);
    written_bytes_.Increment(1024);
  }

 private:
  vitals::Family<vitals::Counter, 2> jobs_;
  vitals::Family<vitals::Histogram, 2> job_seconds_;
  vitals::Gauge active_;
  vitals::Gauge queue_depth_;
  vitals::Family<vitals::Counter, 2> executions_;
  vitals::Family<vitals::Histogram, 1> handler_seconds_;
  vitals::Family<vitals::Counter, 1> verifications_;
  vitals::Counter read_bytes_;
  vitals::Counter written_bytes_;
};

}  // namespace bench

#endif  // VITALS_BENCH_JOB_WORKER_REGISTRY_H_
