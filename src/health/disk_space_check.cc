#include "vitals/health/disk_space_check.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "health/figures.h"
#include "health/findings.h"
#include "health/limits.h"
#include "health/option_values.h"

VITALS_NAMESPACE_BEGIN
namespace {

using health::Findings;
using health::FindPassedLimit;
using health::FormatBytes;
using health::FormatPercent;
using health::LimitKind;

// What is free, of how much, as a reason shows it.
struct Room {
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  std::string text;
};

void JudgeRatio(std::string_view path, const Room& room, const HealthLimits<double>& limits,
                Findings& findings) {
  if (room.total == 0) return;
  const double ratio = static_cast<double>(room.free) / static_cast<double>(room.total);
  const auto passed = FindPassedLimit(LimitKind::kMin, ratio, limits);
  if (!passed) return;
  findings.Add(passed->status, fmt::format("'{}' has {} free, {} (limit {})", path, room.text,
                                           FormatPercent(ratio), FormatPercent(passed->limit)));
}

}  // namespace

absl::StatusOr<DiskSpace> ReadDiskSpace(const std::string& path) {
  struct statvfs info = {};
  int result = 0;
  do {
    result = ::statvfs(path.c_str(), &info);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return absl::UnavailableError(std::generic_category().message(errno));
  return DiskSpace{.total_bytes = std::uint64_t{info.f_blocks} * info.f_frsize,
                   .free_bytes = std::uint64_t{info.f_bavail} * info.f_frsize,
                   .total_inodes = info.f_files,
                   .free_inodes = info.f_favail};
}

absl::StatusOr<DiskSpaceCheck> DiskSpaceCheck::Create(DiskSpaceCheckOptions options) {
  absl::Status status;
  if (options.path.empty()) {
    status = absl::InvalidArgumentError("path is empty: name a file or folder of the file system");
  }
  status.Update(health::CheckLimits("min_free_bytes", LimitKind::kMin, options.min_free_bytes));
  status.Update(health::CheckLimits("min_free_ratio", LimitKind::kMin, options.min_free_ratio));
  status.Update(
      health::CheckLimits("min_free_inodes_ratio", LimitKind::kMin, options.min_free_inodes_ratio));
  status.Update(health::CheckFunction("read_space", options.read_space != nullptr,
                                      "the space of a file system, or leave the default"));
  if (!status.ok()) return status;
  return DiskSpaceCheck(std::move(options));
}

DiskSpaceCheck::DiskSpaceCheck(DiskSpaceCheckOptions options) : options_(std::move(options)) {}

HealthResult DiskSpaceCheck::operator()() const {
  const absl::StatusOr<DiskSpace> space = options_.read_space(options_.path);
  if (!space.ok()) {
    return HealthResult::Unhealthy(fmt::format("cannot read the disk space of '{}': {}",
                                               options_.path,
                                               std::string(space.status().message())));
  }
  Findings findings;
  if (const auto passed =
          FindPassedLimit(LimitKind::kMin, space->free_bytes, options_.min_free_bytes)) {
    findings.Add(passed->status,
                 fmt::format("'{}' has {} free (limit {})", options_.path,
                             FormatBytes(space->free_bytes), FormatBytes(passed->limit)));
  }
  const std::string bytes =
      fmt::format("{} of {}", FormatBytes(space->free_bytes), FormatBytes(space->total_bytes));
  const std::string inodes =
      fmt::format("{} of {} inodes", space->free_inodes, space->total_inodes);
  JudgeRatio(options_.path, {space->free_bytes, space->total_bytes, bytes}, options_.min_free_ratio,
             findings);
  JudgeRatio(options_.path, {space->free_inodes, space->total_inodes, inodes},
             options_.min_free_inodes_ratio, findings);
  return std::move(findings).Take();
}

VITALS_NAMESPACE_END
