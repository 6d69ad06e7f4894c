#ifndef VITALS_SRC_HEALTH_MEMORY_LIMIT_H_
#define VITALS_SRC_HEALTH_MEMORY_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace health {

/// How many bytes of memory the process's cgroup may use: the least that it and those above it
/// allow, by version 1 and 2. None when none of them can be read, as where there are no cgroups; a
/// number beyond any memory when all are unlimited. `proc_path` is customarily "/proc", and
/// `cgroup_path` "/sys/fs/cgroup".
std::optional<std::uint64_t> ReadCgroupMemoryLimit(const std::string& proc_path,
                                                   const std::string& cgroup_path);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_MEMORY_LIMIT_H_
