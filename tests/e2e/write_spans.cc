// Exports the spans of tests/export/spans.h to a file and to a collector.
//
//     write_spans FILE URL

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/export/spans.h"
#include "vitals/export/otlp_file_exporter.h"
#include "vitals/export/otlp_http_exporter.h"

namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return Fail(absl::InvalidArgumentError("usage: write_spans FILE URL"));
  auto resource = vitals::Resource::Default();
  resource.Set("service.name", std::string("writer"));
  const std::vector<vitals::SpanData> spans = {vitals_test::FullSpan(),
                                               vitals_test::PlainSpan(0xAB)};

  auto file = vitals::OtlpFileExporter::Create({.path = argv[1], .resource = resource});
  if (!file.ok()) return Fail(file.status());
  if (absl::Status status = (*file)->Export(spans); !status.ok()) return Fail(status);

  vitals::OtlpHttpExporterOptions options;
  options.url = argv[2];
  options.resource = resource;
  options.gzip = true;
  auto exporter = vitals::OtlpHttpExporter::Create(options);
  if (!exporter.ok()) return Fail(exporter.status());
  (*exporter)->OnEnd(spans);
  const absl::Status flushed = (*exporter)->ForceFlush(std::chrono::seconds(20));
  return flushed.ok() ? 0 : Fail(flushed);
}
