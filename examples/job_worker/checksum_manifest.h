#ifndef VITALS_EXAMPLES_JOB_WORKER_CHECKSUM_MANIFEST_H_
#define VITALS_EXAMPLES_JOB_WORKER_CHECKSUM_MANIFEST_H_

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace job_worker {

/// Name of the manifest that is looked for at the top of a tree.
inline constexpr std::string_view kManifestName = "SHA256SUMS";

/// SHA-256 sums by file, as `sha256sum` writes them: 64 hexadecimal digits, a space, a space or an
/// asterisk, the path. A line that starts with a backslash has `\\`, `\n` and `\r` in its path.
/// Empty lines and lines that start with # are skipped. Immutable, so thread-safe.
class ChecksumManifest {
 public:
  /// Lists no file.
  ChecksumManifest() = default;

  /// Reads a manifest file; its paths are relative to the folder it is in. Errors name file and
  /// line.
  static absl::StatusOr<ChecksumManifest> Load(const std::filesystem::path& file);

  /// Reads a manifest from its text. `folder` is what its paths are relative to; `source` is what
  /// errors call it.
  static absl::StatusOr<ChecksumManifest> Parse(std::string_view text,
                                                const std::filesystem::path& folder,
                                                std::string_view source);

  /// The sum of this file, in lower case; nothing when it is not listed.
  std::optional<std::string> Find(const std::filesystem::path& file) const;

  std::size_t size() const { return sums_.size(); }

 private:
  std::map<std::filesystem::path, std::string> sums_;  // by absolute path, without . and ..
};

}  // namespace job_worker

#endif  // VITALS_EXAMPLES_JOB_WORKER_CHECKSUM_MANIFEST_H_
