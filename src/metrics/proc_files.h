#ifndef VITALS_SRC_METRICS_PROC_FILES_H_
#define VITALS_SRC_METRICS_PROC_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vitals/base/config.h"

/// \file
/// Reads the files of proc(5) and of cgroups. What is missing or not as it should be is no value.

VITALS_NAMESPACE_BEGIN
namespace metrics {

/// The file's text; none when it cannot be read, or is larger than 1 MiB.
VITALS_EXPORT std::optional<std::string> ReadProcFile(const std::string& path);

/// From `/proc/self/stat`.
struct ProcessStat {
  std::uint64_t cpu_ticks = 0;  ///< user and system
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;  ///< after the boot
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};
VITALS_EXPORT std::optional<ProcessStat> ParseProcessStat(std::string_view text);

/// The soft limit of this name in `/proc/self/limits`; the largest number for "unlimited".
VITALS_EXPORT std::optional<std::uint64_t> ParseLimit(std::string_view text, std::string_view name);

/// When the system started, from `/proc/stat`: seconds since the Unix epoch.
std::optional<std::uint64_t> ParseBootTime(std::string_view text);

/// From `/proc/self/net/netstat`: of IP packets, headers included.
struct NetworkBytes {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
};
std::optional<NetworkBytes> ParseNetstat(std::string_view text);

/// Pressure stall information: microseconds since the boot in which some or all tasks waited.
struct Pressure {
  std::optional<std::uint64_t> some_microseconds;
  std::optional<std::uint64_t> full_microseconds;
};
Pressure ParsePressure(std::string_view text);

/// The path of the process's cgroup of version 2, from `/proc/self/cgroup`: "/" or "/a/b".
VITALS_EXPORT std::optional<std::string> ParseCgroup(std::string_view text);

/// The path of the process's cgroup of version 1 with this controller, from `/proc/self/cgroup`.
VITALS_EXPORT std::optional<std::string> ParseCgroupOfController(std::string_view text,
                                                                 std::string_view controller);

/// From `memory.max` or `memory.limit_in_bytes` of a cgroup; the largest number for "max".
VITALS_EXPORT std::optional<std::uint64_t> ParseCgroupLimit(std::string_view text);

/// Open files of the process, by the folder `fd` of it; at most `limit`.
VITALS_EXPORT std::optional<std::uint64_t> CountOpenFiles(const std::string& path,
                                                          std::uint64_t limit);

}  // namespace metrics
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_METRICS_PROC_FILES_H_
