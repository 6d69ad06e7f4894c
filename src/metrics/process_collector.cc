#include "vitals/metrics/process_collector.h"

#include <unistd.h>

#include <string_view>
#include <utility>

#include "metrics/proc_files.h"

VITALS_NAMESPACE_BEGIN
namespace {

std::optional<std::uint64_t> ReadBootTime(const std::string& proc_path) {
  const std::optional<std::string> text = metrics::ReadProcFile(proc_path + "/stat");
  if (!text) return std::nullopt;
  return metrics::ParseBootTime(*text);
}

double TicksToSeconds(std::uint64_t ticks) {
  static const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(ticks) / ticks_per_second;
}

// The families of one page.
class Page {
 public:
  void Add(MetricType type, std::string_view name, std::string_view unit, std::string_view help,
           double value, Labels labels = {}) {
    CollectedFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    family.unit = unit;
    family.samples.emplace_back(std::move(labels), value);
    families_.push_back(std::move(family));
  }

  void AddGauge(std::string_view name, std::string_view unit, std::string_view help,
                std::uint64_t value) {
    Add(MetricType::kGauge, name, unit, help, static_cast<double>(value));
  }

  std::vector<CollectedFamily> Take() && { return std::move(families_); }

 private:
  std::vector<CollectedFamily> families_;
};

void AddStat(const std::string& self, std::optional<std::uint64_t> boot_time, Page& page) {
  const std::optional<std::string> text = metrics::ReadProcFile(self + "/stat");
  if (!text) return;
  const std::optional<metrics::ProcessStat> stat = metrics::ParseProcessStat(*text);
  if (!stat) return;
  static const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  page.Add(MetricType::kCounter, "process_cpu_seconds_total", "seconds",
           "Total user and system CPU time spent in seconds.", TicksToSeconds(stat->cpu_ticks));
  page.AddGauge("process_resident_memory_bytes", "bytes", "Resident memory size in bytes.",
                stat->resident_pages * page_bytes);
  page.AddGauge("process_virtual_memory_bytes", "bytes", "Virtual memory size in bytes.",
                stat->virtual_bytes);
  page.AddGauge("process_threads", "", "Number of threads of the process.", stat->threads);
  if (boot_time) {
    page.Add(MetricType::kGauge, "process_start_time_seconds", "seconds",
             "Start time of the process since unix epoch in seconds.",
             static_cast<double>(*boot_time) + TicksToSeconds(stat->start_ticks));
  }
}

void AddFiles(const std::string& self, Page& page) {
  if (const auto count =
          metrics::CountOpenFiles(self + "/fd", ProcessCollector::kMaxCountedFiles)) {
    page.AddGauge("process_open_fds", "", "Number of open file descriptors.", *count);
  }
  const std::optional<std::string> limits = metrics::ReadProcFile(self + "/limits");
  if (!limits) return;
  if (const auto limit = metrics::ParseLimit(*limits, "Max open files")) {
    page.AddGauge("process_max_fds", "", "Maximum number of open file descriptors.", *limit);
  }
  if (const auto limit = metrics::ParseLimit(*limits, "Max address space")) {
    page.AddGauge("process_virtual_memory_max_bytes", "bytes",
                  "Maximum amount of virtual memory available in bytes.", *limit);
  }
}

void AddNetwork(const std::string& self, Page& page) {
  const std::optional<std::string> text = metrics::ReadProcFile(self + "/net/netstat");
  if (!text) return;
  const std::optional<metrics::NetworkBytes> bytes = metrics::ParseNetstat(*text);
  if (!bytes) return;
  page.Add(MetricType::kCounter, "process_network_receive_bytes_total", "bytes",
           "Number of bytes received by the process over the network.",
           static_cast<double>(bytes->received));
  page.Add(MetricType::kCounter, "process_network_transmit_bytes_total", "bytes",
           "Number of bytes sent by the process over the network.",
           static_cast<double>(bytes->sent));
}

// The files of a resource's pressure: the cgroup's, and the system's.
struct PressureFiles {
  std::string cgroup;  // empty where there is none
  std::string system;
};

void AddPressureOf(const std::string& resource, const PressureFiles& files, Page& page) {
  std::string scope = "cgroup";
  std::optional<std::string> text;
  if (!files.cgroup.empty()) text = metrics::ReadProcFile(files.cgroup);
  if (!text) {
    scope = "system";
    text = metrics::ReadProcFile(files.system);
  }
  if (!text) return;
  const metrics::Pressure pressure = metrics::ParsePressure(*text);
  const auto add = [&](const std::string& state, const std::string& who,
                       std::optional<std::uint64_t> microseconds) {
    if (!microseconds) return;
    page.Add(MetricType::kCounter, "process_pressure_" + resource + '_' + state + "_seconds_total",
             "seconds", "Time in seconds in which " + who + " tasks waited for " + resource + '.',
             static_cast<double>(*microseconds) / 1e6, {{"scope", scope}});
  };
  add("waiting", "some", pressure.some_microseconds);
  add("stalled", "all", pressure.full_microseconds);
}

void AddPressure(const ProcessCollectorOptions& options, Page& page) {
  std::optional<std::string> cgroup;
  if (const auto text = metrics::ReadProcFile(options.proc_path + "/self/cgroup")) {
    cgroup = metrics::ParseCgroup(*text);
  }
  for (const std::string resource : {"cpu", "io", "memory"}) {
    PressureFiles files;
    if (cgroup) files.cgroup = options.cgroup_path + *cgroup + '/' + resource + ".pressure";
    files.system = options.proc_path + "/pressure/" + resource;
    AddPressureOf(resource, files, page);
  }
}

}  // namespace

ProcessCollector::ProcessCollector(ProcessCollectorOptions options)
    : options_(std::move(options)), boot_time_(ReadBootTime(options_.proc_path)) {}

std::vector<CollectedFamily> ProcessCollector::Collect() {
  const std::string self = options_.proc_path + "/self";
  Page page;
  AddStat(self, boot_time_, page);
  AddFiles(self, page);
  AddNetwork(self, page);
  AddPressure(options_, page);
  return std::move(page).Take();
}

VITALS_NAMESPACE_END
