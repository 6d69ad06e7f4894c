#ifndef VITALS_METRICS_PROCESS_COLLECTOR_H_
#define VITALS_METRICS_PROCESS_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/collector.h"

VITALS_NAMESPACE_BEGIN

/// Where a ProcessCollector reads. Tests give it folders of their own.
struct ProcessCollectorOptions {
  std::string proc_path = "/proc";
  std::string cgroup_path = "/sys/fs/cgroup";
};

/// What the kernel tells of the process, under the names that Prometheus' client libraries give it:
///
///   process_cpu_seconds_total              user and system time
///   process_resident_memory_bytes, process_virtual_memory_bytes, process_virtual_memory_max_bytes
///   process_open_fds, process_max_fds
///   process_threads
///   process_start_time_seconds             since the Unix epoch
///   process_network_receive_bytes_total, process_network_transmit_bytes_total
///                                          of the process's network namespace
///   process_pressure_cpu_waiting_seconds_total, ..._cpu_stalled_..., and so for io and memory
///                                          time in which some, or all, tasks waited
///
/// Pressure is that of the process's cgroup (version 2) where there is one, else of the system; the
/// label `scope` says which: "cgroup" or "system".
///
/// What cannot be read is not shown: a metric that is missing never costs another one its place. A
/// limit that is "unlimited" shows as 2^64, as elsewhere. Open files are counted one by one before
/// Linux 6.2, and no further than kMaxCountedFiles. Collecting reads some eight small files.
/// Thread-safe. In a fork child it tells of the child.
class VITALS_EXPORT ProcessCollector : public Collector {
 public:
  static constexpr std::uint64_t kMaxCountedFiles = 65'536;

  explicit ProcessCollector(ProcessCollectorOptions options = {});

  std::vector<CollectedFamily> Collect() override;

 private:
  const ProcessCollectorOptions options_;
  const std::optional<std::uint64_t> boot_time_;  // seconds since the Unix epoch; never changes
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_PROCESS_COLLECTOR_H_
