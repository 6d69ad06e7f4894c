#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "metrics/proc_files.h"

// Any bytes as the files of proc(5): each parser gives a value or none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace metrics = vitals::metrics;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  metrics::ParseProcessStat(text);
  metrics::ParseLimit(text, "Max open files");
  metrics::ParseBootTime(text);
  metrics::ParseNetstat(text);
  metrics::ParsePressure(text);
  metrics::ParseCgroupLimit(text);
  for (const std::optional<std::string>& cgroup :
       {metrics::ParseCgroup(text), metrics::ParseCgroupOfController(text, "memory")}) {
    if (cgroup && (cgroup->front() != '/' || cgroup->find('\n') != std::string::npos)) {
      std::abort();
    }
  }
  return 0;
}
