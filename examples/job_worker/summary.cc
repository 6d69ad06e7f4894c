#include "examples/job_worker/summary.h"

#include <cstdint>
#include <map>

#include "fmt/format.h"

namespace job_worker {
namespace {

/// "4 completed, 1 failed" for each value of the label `group`; one text when `group` is empty.
std::map<std::string, std::string> CountsByStatus(const vitals::Snapshot& snapshot,
                                                  std::string_view name, std::string_view group) {
  std::map<std::string, std::string> counts;
  const vitals::MetricFamily* family = snapshot.Find(name);
  for (std::size_t i = 0; family != nullptr && i < family->size(); ++i) {
    const vitals::Labels labels = family->labels(i);
    std::string& text = counts[std::string(labels.Get(group))];
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", family->Unsigned(i), labels.Get("status"));
  }
  return counts;
}

std::uint64_t Total(const vitals::Snapshot& snapshot, std::string_view name) {
  const vitals::MetricFamily* family = snapshot.Find(name);
  return family == nullptr || family->size() == 0 ? 0 : family->Unsigned(0);
}

}  // namespace

std::vector<std::string> Summarize(vitals::Registry& registry) {
  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  std::vector<std::string> lines;
  for (const auto& [operation, counts] :
       CountsByStatus(snapshot, "guestkit_worker_jobs_total", "operation")) {
    lines.push_back(fmt::format("{}: {}", operation, counts));
  }
  for (const auto& [none, counts] :
       CountsByStatus(snapshot, "guestkit_checksum_verifications_total", "")) {
    lines.push_back(fmt::format("checksums: {}", counts));
  }
  lines.push_back(fmt::format("disk: {} bytes read, {} bytes written",
                              Total(snapshot, "guestkit_worker_disk_read_bytes_total"),
                              Total(snapshot, "guestkit_worker_disk_write_bytes_total")));
  return lines;
}

}  // namespace job_worker
