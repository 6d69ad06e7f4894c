#ifndef VITALS_HEALTH_PROCESS_RESOURCE_CHECK_H_
#define VITALS_HEALTH_PROCESS_RESOURCE_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What a ProcessResourceCheck looks at, and where. Absent limits are not looked at.
struct ProcessResourceCheckOptions {
  /// Of the resident memory. There is no default.
  HealthLimits<std::uint64_t> max_memory_bytes = {};
  /// Of the resident memory in what the process's cgroup (version 1 or 2) and those above it allow,
  /// and of its address space in what RLIMIT_AS allows; where nothing is limited there is nothing
  /// to pass. What other processes of the cgroup use does not count. 0 to 1.
  HealthLimits<double> max_memory_ratio = {.degraded = 0.8, .unhealthy = 0.95};
  /// Of the open file descriptors in what RLIMIT_NOFILE allows. 0 to 1.
  HealthLimits<double> max_open_files_ratio = {.degraded = 0.8, .unhealthy = 0.95};
  /// Tests give it folders of their own.
  std::string proc_path = "/proc";
  std::string cgroup_path = "/sys/fs/cgroup";
};

/// The process must have memory and file descriptors left.
///
/// A figure that cannot be read makes it degraded, with the name of the file. When no descriptor is
/// left to read with, it is unhealthy. A run reads some six small files; before Linux 6.2 it also
/// counts open files one by one, which takes some 0.3 us each, and ends at 1,048,576.
///
///     auto check = vitals::ProcessResourceCheck::Create();
///
/// Thread-safe. In a fork child it tells of the child.
class VITALS_EXPORT ProcessResourceCheck {
 public:
  /// InvalidArgument for an option out of its range; the message names it.
  static absl::StatusOr<ProcessResourceCheck> Create(ProcessResourceCheckOptions options = {});

  HealthResult operator()() const;

 private:
  explicit ProcessResourceCheck(ProcessResourceCheckOptions options);

  ProcessResourceCheckOptions options_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_PROCESS_RESOURCE_CHECK_H_
