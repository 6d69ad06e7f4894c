#include "vitals/health/process_resource_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/figures.h"
#include "health/findings.h"
#include "health/limits.h"
#include "health/memory_limit.h"
#include "metrics/proc_files.h"

VITALS_NAMESPACE_BEGIN
namespace {

using health::Findings;
using health::FindPassedLimit;
using health::FormatBytes;
using health::FormatPercent;
using health::HasLimit;
using health::LimitKind;

// As many as the kernel allows by default (fs.nr_open).
constexpr std::uint64_t kMaxCountedFiles = 1'048'576;

// Opens what is always there. Without a descriptor nothing can be read, which is what is wrong.
bool CanOpenFiles() {
  const int fd = ::open("/", O_PATH | O_CLOEXEC);
  if (fd < 0) return errno != EMFILE && errno != ENFILE;
  ::close(fd);
  return true;
}

// Nothing may be used where nothing is allowed.
double Ratio(std::uint64_t used, std::uint64_t allowed) {
  return allowed == 0 ? 1 : static_cast<double>(used) / static_cast<double>(allowed);
}

// One look at the process.
class Look {
 public:
  explicit Look(const ProcessResourceCheckOptions& options)
      : options_(options), self_(options.proc_path + "/self") {}

  HealthResult Take() && {
    const bool memory = HasLimit(options_.max_memory_bytes) || HasLimit(options_.max_memory_ratio);
    if (memory) JudgeMemory();
    if (HasLimit(options_.max_open_files_ratio)) JudgeOpenFiles();
    if (missed_ && !CanOpenFiles()) {
      return HealthResult::Unhealthy("no file descriptor is left to open files with");
    }
    return std::move(findings_).Take();
  }

 private:
  // What is not known cannot be told to be well.
  void AddMissing(std::string_view what) {
    missed_ = true;
    findings_.AddDegraded(fmt::format("cannot read {}", what));
  }

  std::optional<std::uint64_t> ReadLimit(std::string_view name) {
    const std::string file = self_ + "/limits";
    const std::optional<std::string> text = metrics::ReadProcFile(file);
    const auto limit = text ? metrics::ParseLimit(*text, name) : std::nullopt;
    if (!limit) AddMissing(fmt::format("'{}' of {}", name, file));
    return limit;
  }

  // `used` says what is used of how much.
  void JudgeRatio(double ratio, const HealthLimits<double>& limits, std::string_view used) {
    const auto passed = FindPassedLimit(LimitKind::kMax, ratio, limits);
    if (!passed) return;
    findings_.Add(passed->status, fmt::format("{}, {} (limit {})", used, FormatPercent(ratio),
                                              FormatPercent(passed->limit)));
  }

  void JudgeMemory() {
    const std::string file = self_ + "/stat";
    const std::optional<std::string> text = metrics::ReadProcFile(file);
    const auto stat = text ? metrics::ParseProcessStat(*text) : std::nullopt;
    if (!stat) return AddMissing(file);
    static const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::uint64_t resident = stat->resident_pages * page_bytes;
    if (const auto passed = FindPassedLimit(LimitKind::kMax, resident, options_.max_memory_bytes)) {
      findings_.Add(passed->status, fmt::format("resident memory is {} (limit {})",
                                                FormatBytes(resident), FormatBytes(passed->limit)));
    }
    if (HasLimit(options_.max_memory_ratio)) JudgeMemoryRatios(resident, stat->virtual_bytes);
  }

  void JudgeMemoryRatios(std::uint64_t resident, std::uint64_t address_space) {
    const auto cgroup = health::ReadCgroupMemoryLimit(options_.proc_path, options_.cgroup_path);
    if (cgroup) {
      JudgeRatio(Ratio(resident, *cgroup), options_.max_memory_ratio,
                 fmt::format("resident memory is {} of the cgroup's {}", FormatBytes(resident),
                             FormatBytes(*cgroup)));
    }
    if (const auto limit = ReadLimit("Max address space")) {
      JudgeRatio(Ratio(address_space, *limit), options_.max_memory_ratio,
                 fmt::format("address space is {} of {}", FormatBytes(address_space),
                             FormatBytes(*limit)));
    }
  }

  void JudgeOpenFiles() {
    const auto limit = ReadLimit("Max open files");
    if (!limit) return;
    const std::string folder = self_ + "/fd";
    const auto count = metrics::CountOpenFiles(folder, std::min(*limit, kMaxCountedFiles));
    if (!count) return AddMissing(folder);
    JudgeRatio(Ratio(*count, *limit), options_.max_open_files_ratio,
               fmt::format("{} of {} file descriptors are open", *count, *limit));
  }

  const ProcessResourceCheckOptions& options_;
  const std::string self_;
  Findings findings_;
  bool missed_ = false;
};

}  // namespace

absl::StatusOr<ProcessResourceCheck> ProcessResourceCheck::Create(
    ProcessResourceCheckOptions options) {
  absl::Status status =
      health::CheckLimits("max_memory_bytes", LimitKind::kMax, options.max_memory_bytes);
  status.Update(health::CheckLimits("max_memory_ratio", LimitKind::kMax, options.max_memory_ratio));
  status.Update(
      health::CheckLimits("max_open_files_ratio", LimitKind::kMax, options.max_open_files_ratio));
  if (!status.ok()) return status;
  return ProcessResourceCheck(std::move(options));
}

ProcessResourceCheck::ProcessResourceCheck(ProcessResourceCheckOptions options)
    : options_(std::move(options)) {}

HealthResult ProcessResourceCheck::operator()() const { return Look(options_).Take(); }

VITALS_NAMESPACE_END
