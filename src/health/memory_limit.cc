#include "health/memory_limit.h"

#include <algorithm>
#include <string_view>

#include "fmt/format.h"
#include "metrics/proc_files.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

// A cgroup deeper than this is looked for at the root alone.
constexpr int kMaxDepth = 32;

void ReadLimit(const std::string& file, std::optional<std::uint64_t>& least) {
  const std::optional<std::string> text = metrics::ReadProcFile(file);
  if (!text) return;
  const std::optional<std::uint64_t> limit = metrics::ParseCgroupLimit(*text);
  if (limit) least = std::min(*limit, least.value_or(*limit));
}

// The least limit of a cgroup and those above it. In a container the path may be one that only the
// host sees, while what is shown as the root is the container's.
void ReadLimits(const std::string& root, std::string_view path, const std::string& file,
                std::optional<std::uint64_t>& least) {
  for (int depth = 0; depth < kMaxDepth && path.size() > 1; ++depth) {
    ReadLimit(fmt::format("{}{}/{}", root, path, file), least);
    path = path.substr(0, path.rfind('/'));
  }
  ReadLimit(fmt::format("{}/{}", root, file), least);
}

}  // namespace

std::optional<std::uint64_t> ReadCgroupMemoryLimit(const std::string& proc_path,
                                                   const std::string& cgroup_path) {
  const std::optional<std::string> text = metrics::ReadProcFile(proc_path + "/self/cgroup");
  if (!text) return std::nullopt;
  std::optional<std::uint64_t> least;
  if (const std::optional<std::string> path = metrics::ParseCgroup(*text)) {
    ReadLimits(cgroup_path, *path, "memory.max", least);
  }
  if (const std::optional<std::string> path = metrics::ParseCgroupOfController(*text, "memory")) {
    ReadLimits(cgroup_path + "/memory", *path, "memory.limit_in_bytes", least);
  }
  return least;
}

}  // namespace health
VITALS_NAMESPACE_END
