#include "metrics/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <limits>

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Takes the first line off `text`.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// Takes the first word off `text`; empty when there is none.
std::string_view TakeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

// The rest of the first line that starts like this.
std::optional<std::string_view> FindLine(std::string_view text, std::string_view start) {
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return std::nullopt;
}

// The path of a cgroup, unless it leads above the root: that is of another cgroup namespace.
std::optional<std::string> CheckCgroupPath(std::string_view path) {
  if (!path.starts_with('/') || path.find("/..") != std::string_view::npos) return std::nullopt;
  return std::string(path);
}

// Whether `names`, separated by commas, have `name`.
bool HasName(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t end = names.find(',');
    if (names.substr(0, end) == name) return true;
    names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
  }
  return false;
}

bool IsOnProcfs(const std::string& path) {
  struct statfs info = {};
  return statfs(path.c_str(), &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

}  // namespace

std::optional<std::string> ReadProcFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  ssize_t count = 0;
  do {
    char buffer[4096];
    count = read(file, buffer, sizeof(buffer));
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  } while ((count > 0 && text.size() <= kMaxFileBytes) || (count < 0 && errno == EINTR));
  close(file);
  if (count != 0) return std::nullopt;
  return text;
}

std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  // The second field is the name of the program in parentheses, which may hold anything.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  std::string_view rest = TakeLine(text);
  ProcessStat stat;
  // Numbers of the fields as proc(5) has them.
  for (int field = 3; field <= 24; ++field) {
    const std::string_view word = TakeWord(rest);
    std::uint64_t* target = nullptr;
    if (field == 14 || field == 15) target = &stat.cpu_ticks;
    if (field == 20) target = &stat.threads;
    if (field == 22) target = &stat.start_ticks;
    if (field == 23) target = &stat.virtual_bytes;
    if (field == 24) target = &stat.resident_pages;
    if (target == nullptr) continue;
    const std::optional<std::uint64_t> number = ParseNumber(word);
    if (!number) return std::nullopt;
    *target += *number;
  }
  return stat;
}

std::optional<std::uint64_t> ParseLimit(std::string_view text, std::string_view name) {
  std::optional<std::string_view> line = FindLine(text, name);
  if (!line) return std::nullopt;
  const std::string_view soft = TakeWord(*line);
  if (soft == "unlimited") return std::numeric_limits<std::uint64_t>::max();
  return ParseNumber(soft);
}

std::optional<std::uint64_t> ParseBootTime(std::string_view text) {
  std::optional<std::string_view> line = FindLine(text, "btime ");
  if (!line) return std::nullopt;
  return ParseNumber(TakeWord(*line));
}

std::optional<NetworkBytes> ParseNetstat(std::string_view text) {
  // One line with the names, the next with the values.
  constexpr std::string_view kStart = "IpExt:";
  while (!text.empty()) {
    std::string_view names = TakeLine(text);
    if (!names.starts_with(kStart)) continue;
    std::string_view values = TakeLine(text);
    if (!values.starts_with(kStart)) return std::nullopt;
    std::optional<std::uint64_t> received;
    std::optional<std::uint64_t> sent;
    while (!names.empty()) {
      const std::string_view name = TakeWord(names);
      const std::string_view value = TakeWord(values);
      if (name == "InOctets") received = ParseNumber(value);
      if (name == "OutOctets") sent = ParseNumber(value);
    }
    if (!received || !sent) return std::nullopt;
    return NetworkBytes{*received, *sent};
  }
  return std::nullopt;
}

Pressure ParsePressure(std::string_view text) {
  const auto total_of = [&](std::string_view start) -> std::optional<std::uint64_t> {
    const std::optional<std::string_view> line = FindLine(text, start);
    if (!line) return std::nullopt;
    constexpr std::string_view kTotal = " total=";
    const std::size_t total = line->rfind(kTotal);
    if (total == std::string_view::npos) return std::nullopt;
    return ParseNumber(line->substr(total + kTotal.size()));
  };
  return {total_of("some "), total_of("full ")};
}

std::optional<std::string> ParseCgroup(std::string_view text) {
  const std::optional<std::string_view> path = FindLine(text, "0::");
  if (!path) return std::nullopt;
  return CheckCgroupPath(*path);
}

std::optional<std::string> ParseCgroupOfController(std::string_view text,
                                                   std::string_view controller) {
  // Lines of a number, controllers and a path, with ':' between them.
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    const std::size_t number_end = line.find(':');
    if (number_end == std::string_view::npos) continue;
    const std::string_view names_and_path = line.substr(number_end + 1);
    const std::size_t names_end = names_and_path.find(':');
    if (names_end == std::string_view::npos) continue;
    if (HasName(names_and_path.substr(0, names_end), controller)) {
      return CheckCgroupPath(names_and_path.substr(names_end + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ParseCgroupLimit(std::string_view text) {
  const std::string_view limit = TakeLine(text);
  if (limit == "max") return std::numeric_limits<std::uint64_t>::max();
  return ParseNumber(limit);
}

std::optional<std::uint64_t> CountOpenFiles(const std::string& path, std::uint64_t limit) {
  const bool on_procfs = IsOnProcfs(path);
  struct stat info = {};
  // Linux 6.2 gives the count as the folder's size, earlier ones 0.
  if (on_procfs && stat(path.c_str(), &info) == 0 && info.st_size > 0) {
    return static_cast<std::uint64_t>(info.st_size);
  }
  DIR* const folder = opendir(path.c_str());
  if (folder == nullptr) return std::nullopt;
  std::uint64_t count = 0;
  while (const dirent* const entry = readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    if (++count > limit) break;
  }
  closedir(folder);
  // The folder itself was open.
  if (on_procfs && count > 0) --count;
  return std::min(count, limit);
}

}  // namespace metrics
VITALS_NAMESPACE_END
