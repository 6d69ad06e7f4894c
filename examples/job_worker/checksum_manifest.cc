#include "examples/job_worker/checksum_manifest.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace job_worker {
namespace {

constexpr std::size_t kHexDigits = 64;

struct Entry {
  std::string sum;
  std::string path;
};

/// Undoes the escapes of a line that starts with a backslash; nothing for one that is unknown.
std::optional<std::string> Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    ++i;
    if (i == text.size()) return std::nullopt;
    switch (text[i]) {
      case '\\':
        out += '\\';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

std::optional<Entry> ParseLine(std::string_view line) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  if (line.size() <= kHexDigits + 2) return std::nullopt;
  Entry entry;
  for (const char c : line.substr(0, kHexDigits)) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
    entry.sum += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  const std::string_view separator = line.substr(kHexDigits, 2);
  if (separator != "  " && separator != " *") return std::nullopt;
  const std::string_view path = line.substr(kHexDigits + 2);
  const std::optional<std::string> plain = escaped ? Unescape(path) : std::string(path);
  if (!plain.has_value()) return std::nullopt;
  entry.path = *plain;
  return entry;
}

std::filesystem::path Normal(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

}  // namespace

absl::StatusOr<ChecksumManifest> ChecksumManifest::Load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.is_open() || stream.bad()) {
    return absl::ErrnoToStatus(errno, "cannot read the manifest " + file.string());
  }
  return Parse(text, file.parent_path(), file.string());
}

absl::StatusOr<ChecksumManifest> ChecksumManifest::Parse(std::string_view text,
                                                         const std::filesystem::path& folder,
                                                         std::string_view source) {
  ChecksumManifest manifest;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::optional<Entry> entry = ParseLine(line);
    if (!entry.has_value()) {
      return absl::InvalidArgumentError(fmt::format(
          "{}:{}: not a line of sha256sum: it takes 64 hexadecimal digits, two spaces and a path",
          source, number));
    }
    manifest.sums_[Normal(folder / entry->path)] = entry->sum;
  }
  return manifest;
}

std::optional<std::string> ChecksumManifest::Find(const std::filesystem::path& file) const {
  const auto found = sums_.find(Normal(file));
  if (found == sums_.end()) return std::nullopt;
  return found->second;
}

}  // namespace job_worker
