#ifndef VITALS_EXPORT_OTLP_FILE_EXPORTER_H_
#define VITALS_EXPORT_OTLP_FILE_EXPORTER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/export/resource.h"
#include "vitals/trace/span_exporter.h"

VITALS_NAMESPACE_BEGIN

struct OtlpFileExporterOptions {
  /// Customarily ends in ".jsonl". Its folder exists.
  std::string path;
  /// Largest size of the file. At least 1 MiB. When it is reached, the file is renamed to the path
  /// with ".1" behind, in place of the one before, and begun anew: twice this is kept on disk.
  std::uint64_t max_file_bytes = std::uint64_t{64} * 1024 * 1024;
  Resource resource = Resource::Default();
};

/// Appends spans to a file of OTLP JSON Lines, as OpenTelemetry's "OTLP File Exporter" has it: a
/// line for a batch, which the collector's `otlpjsonfile` receiver reads. Only one exporter may
/// write a file, and nobody else may rename or cut it. Not thread-safe.
///
/// In a fork child it is off: Export() fails, and nothing is written.
class VITALS_EXPORT OtlpFileExporter final : public SpanExporter {
 public:
  /// Opens the file, and makes it where there is none, readable for its owner alone. A last line
  /// that someone left unfinished is ended. InvalidArgument names the option and what would be
  /// right; PermissionDenied and NotFound are the system's.
  static absl::StatusOr<std::unique_ptr<OtlpFileExporter>> Create(OtlpFileExporterOptions options);

  ~OtlpFileExporter() override;
  OtlpFileExporter(const OtlpFileExporter&) = delete;
  OtlpFileExporter& operator=(const OtlpFileExporter&) = delete;

  /// Writes one line, or several where one would not fit a file. It is with the system when this
  /// returns, but not yet on the disk. When it fails, the file ends with a whole line as before:
  /// ResourceExhausted on a full disk, or for a span that is larger than a file.
  absl::Status Export(std::span<const SpanData> spans) override;

 private:
  explicit OtlpFileExporter(OtlpFileExporterOptions options);
  absl::Status Open();
  absl::Status Rotate();
  absl::Status WriteLine();

  const OtlpFileExporterOptions options_;
  const std::uint64_t fork_generation_;
  int fd_ = -1;
  std::uint64_t file_bytes_ = 0;
  std::string line_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_OTLP_FILE_EXPORTER_H_
