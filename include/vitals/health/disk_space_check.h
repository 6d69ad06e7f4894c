#ifndef VITALS_HEALTH_DISK_SPACE_CHECK_H_
#define VITALS_HEALTH_DISK_SPACE_CHECK_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/health/health_limits.h"
#include "vitals/model/health_status.h"

VITALS_NAMESPACE_BEGIN

/// What a file system has room for. "Free" is what a process without privileges may still use.
struct DiskSpace {
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t total_inodes = 0;  ///< 0 where files are not limited in number
  std::uint64_t free_inodes = 0;
};

/// The space of the file system that `path` is on, by statvfs(3). Unavailable, with the text of the
/// error, when the path does not exist or cannot be read. It may hang as long as a remote file
/// system does.
VITALS_EXPORT absl::StatusOr<DiskSpace> ReadDiskSpace(const std::string& path);

/// What a DiskSpaceCheck looks at.
struct DiskSpaceCheckOptions {
  /// A file or folder on the file system in question.
  std::string path = {};
  /// Of the free bytes. There is no default.
  HealthLimits<std::uint64_t> min_free_bytes = {};
  /// Of the free bytes among all. 0 to 1. A file system that tells no size passes no such limit.
  /// The defaults here and below are those of the alerts that come with node_exporter.
  HealthLimits<double> min_free_ratio = {.degraded = 0.05, .unhealthy = 0.03};
  /// Of the free inodes among all, where they are limited. 0 to 1.
  HealthLimits<double> min_free_inodes_ratio = {.degraded = 0.05, .unhealthy = 0.03};
  /// Tells the space; tests give their own.
  std::function<absl::StatusOr<DiskSpace>(const std::string& path)> read_space = ReadDiskSpace;
};

/// A file system must have space and inodes left. One that cannot be asked is unhealthy.
///
/// A run that hangs on a remote file system costs the monitor a thread, and is a failure by
/// HealthCheckOptions::timeout: no other check waits for it.
///
///     auto check = vitals::DiskSpaceCheck::Create({.path = "/var/lib/worker"});
///
/// Thread-safe, if `read_space` is; it throws what that throws.
class VITALS_EXPORT DiskSpaceCheck {
 public:
  /// InvalidArgument for an option that is missing or out of its range; the message names it.
  static absl::StatusOr<DiskSpaceCheck> Create(DiskSpaceCheckOptions options);

  HealthResult operator()() const;

 private:
  explicit DiskSpaceCheck(DiskSpaceCheckOptions options);

  DiskSpaceCheckOptions options_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_HEALTH_DISK_SPACE_CHECK_H_
