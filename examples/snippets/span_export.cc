#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "vitals/export/otlp_exporter_collector.h"
#include "vitals/export/otlp_file_exporter.h"
#include "vitals/export/otlp_http_exporter.h"
#include "vitals/export/simple_span_processor.h"
#include "vitals/vitals.h"

/// \file
/// The samples of docs/guide/tracing.md on exports, compiled and run.

namespace {

absl::StatusOr<std::shared_ptr<vitals::SpanProcessor>> PushToCollector(vitals::Registry& registry,
                                                                       const std::string& url) {
  // [http]
  vitals::OtlpHttpExporterOptions options;
  options.url = url;  // such as "http://127.0.0.1:4318/v1/traces"
  options.headers = {{"Authorization", "Bearer token"}};
  options.gzip = true;
  options.resource.Set("service.name", std::string("worker"));
  auto created = vitals::OtlpHttpExporter::Create(std::move(options));
  if (!created.ok()) return created.status();
  std::shared_ptr<vitals::OtlpHttpExporter> exporter = *std::move(created);

  // Shows what it sent and dropped, as vitals_otlp_...
  auto collector = std::make_shared<vitals::OtlpExporterCollector>(exporter);
  if (absl::Status status = registry.AddCollector(collector); !status.ok()) return status;
  // [/http]
  return exporter;
}

absl::StatusOr<std::shared_ptr<vitals::SpanProcessor>> WriteToFile(const std::string& path) {
  // [file]
  vitals::OtlpFileExporterOptions options;
  options.path = path;  // such as "/var/log/worker/spans.jsonl"
  options.resource.Set("service.name", std::string("worker"));
  auto exporter = vitals::OtlpFileExporter::Create(std::move(options));
  if (!exporter.ok()) return exporter.status();
  auto processor = std::make_shared<vitals::SimpleSpanProcessor>(*std::move(exporter));
  // [/file]
  return processor;
}

}  // namespace

// Takes the path of a file to make. A URL that is none is an error that says so.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: span_export FILE\n";
    return 2;
  }
  vitals::Registry registry;
  const auto refused = PushToCollector(registry, "collector:4318");
  std::cout << refused.status().message() << '\n';
  const auto pushed = PushToCollector(registry, "http://127.0.0.1:4318/v1/traces");
  const auto written = WriteToFile(argv[1]);
  std::cout << pushed.status() << '\n' << written.status() << '\n';
  return !refused.ok() && pushed.ok() && written.ok() ? 0 : 1;
}
