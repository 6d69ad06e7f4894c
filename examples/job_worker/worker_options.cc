#include "examples/job_worker/worker_options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

#include "CLI/CLI.hpp"
#include "examples/job_worker/checksum_manifest.h"
#include "fmt/format.h"
#include "vitals/net/http_client.h"

namespace job_worker {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// What flags hold before it is converted.
struct Flags {
  std::string directory = fs::is_directory(VITALS_SOURCE_DIR) ? VITALS_SOURCE_DIR : ".";
  bool metrics_enabled = true;
  std::string metrics_addr = "127.0.0.1:9090";
  std::string otlp_url;
  double trace_share = 0.25;
  std::string manifest;
  std::string scratch;
  std::vector<std::string> excluded_folders = {"build"};
  double duration = 0;
  double job_timeout = 60;
  double drain_time = 5;
  double pause = 5;
};

/// A number from `low` to `high`, which `right` describes. A NaN is in no range.
CLI::Validator Number(double low, double high, std::string right) {
  return CLI::Validator(
      [low, high, right = std::move(right)](std::string& text) {
        double number = 0;
        const bool ok = CLI::detail::lexical_cast(text, number) && number >= low && number <= high;
        return ok ? std::string() : fmt::format("takes {}, not {}", right, text);
      },
      "");
}

CLI::Validator Seconds(double low) {
  constexpr double kYear = 365.0 * 24 * 3600;
  return Number(low, kYear, fmt::format("seconds from {} to a year", low));
}

/// Also refuses what is negative, which CLI11 would take for a large number.
CLI::Validator WholeNumber(std::uint64_t low, std::uint64_t high) {
  return CLI::Range(low, high).description("");
}

milliseconds ToMilliseconds(double seconds) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
}

CLI::Validator MetricsAddress() {
  return CLI::Validator(
      [](std::string& text) {
        const absl::Status status = ParseMetricsAddress(text).status();
        std::string mistake(status.message());
        return mistake;
      },
      "");
}

CLI::Validator CollectorUrl() {
  return CLI::Validator(
      [](std::string& text) {
        const absl::Status status =
            vitals::net::HttpClient::CheckRequest({.method = "POST", .url = text});
        std::string mistake(status.message());
        return mistake;
      },
      "");
}

void AddTreeFlags(CLI::App& app, Flags& flags) {
  app.add_option("directory", flags.directory, "the tree whose files are worked on")
      ->check(CLI::ExistingDirectory.description(""))
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option("--exclude", flags.excluded_folders, "folders of this name are left out")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--manifest", flags.manifest,
                 "sums to verify against; default: SHA256SUMS in the tree, if it is there")
      ->check(CLI::ExistingFile.description(""))
      ->type_name("FILE");
  app.add_option("--scratch", flags.scratch,
                 "where the folder for compressed files is made; it is removed at the end")
      ->check(CLI::ExistingDirectory.description(""))
      ->type_name("FOLDER");
}

void AddWorkFlags(CLI::App& app, Flags& flags, WorkerOptions& options) {
  const auto add_seconds = [&app](const char* name, double& value, double low, const char* help) {
    return app.add_option(name, value, help)->check(Seconds(low))->type_name("SECONDS");
  };
  app.add_option("--jobs", options.source.max_jobs, "stop after this many jobs; 0: no bound")
      ->check(WholeNumber(0, 1'000'000'000'000))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--once", options.source.once, "stop after one pass over the tree");
  add_seconds("--duration", flags.duration, 0.001,
              "stop after this time, and not before: with --once or --jobs, go on serving");
  add_seconds("--pause", flags.pause, 0, "time between two passes")->capture_default_str();
  app.add_option("--threads", options.pool.threads, "jobs done at once, 1 to 256")
      ->check(WholeNumber(1, 256))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--attempts", options.pool.max_attempts,
                 "how often a job that fails is tried, 1 to 100")
      ->check(WholeNumber(1, 100))
      ->type_name("N")
      ->capture_default_str();
  add_seconds("--job-timeout", flags.job_timeout, 0.001, "time that a job may take")
      ->capture_default_str();
  add_seconds("--drain-time", flags.drain_time, 0, "time that queued jobs are given at the stop")
      ->capture_default_str();
}

void AddReportFlags(CLI::App& app, Flags& flags, WorkerOptions& options) {
  app.add_option("--metrics-enabled", flags.metrics_enabled,
                 "serve metrics; false opens no port and does the same work")
      ->type_name("true|false")
      ->default_str("true");
  app.add_option("--metrics-addr", flags.metrics_addr,
                 "where: 127.0.0.1:9090, [::1]:9090, unix:/path; port 0 picks a free one")
      ->check(MetricsAddress())
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--worker-id", options.worker_id, "name of this worker in its log")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_flag("--verbose", options.verbose, "log every job");
}

void AddTraceFlags(CLI::App& app, Flags& flags) {
  app.add_option("--trace-share", flags.trace_share,
                 "share of traces to keep, 0 to 1, beside those that failed and the slowest")
      ->check(Number(0, 1, "a share from 0 to 1"))
      ->type_name("SHARE")
      ->capture_default_str();
  app.add_option("--otlp-url", flags.otlp_url,
                 "pushes all spans there, such as http://127.0.0.1:4318/v1/traces")
      ->check(CollectorUrl())
      ->type_name("URL");
}

vitals::TracingOptions ToTracingOptions(const Flags& flags, const std::string& worker_id) {
  vitals::TracingOptions options;
  options.store->keeping.random_share = flags.trace_share;
  options.resource.Set("service.name", std::string("job-worker"));
  options.resource.Set("service.instance.id", worker_id);
  if (!flags.otlp_url.empty()) options.otlp = {.url = flags.otlp_url, .resource = options.resource};
  return options;
}

void ApplyFlags(const Flags& flags, WorkerOptions& options) {
  const fs::path root = fs::canonical(flags.directory);
  options.source.tree.root = root;
  options.source.tree.excluded_folders = flags.excluded_folders;
  options.source.pause_between_passes = ToMilliseconds(flags.pause);
  if (!flags.manifest.empty()) {
    options.manifest = flags.manifest;
  } else if (fs::is_regular_file(root / kManifestName)) {
    options.manifest = root / kManifestName;
  }
  options.scratch_parent =
      fs::canonical(flags.scratch.empty() ? fs::temp_directory_path() : fs::path(flags.scratch));
  options.pool.job_timeout = ToMilliseconds(flags.job_timeout);
  options.drain_time = ToMilliseconds(flags.drain_time);
  if (flags.duration > 0) options.duration = ToMilliseconds(flags.duration);
  options.telemetry.tracing = ToTracingOptions(flags, options.worker_id);
  options.telemetry.exporter.reset();
  if (flags.metrics_enabled) {
    options.telemetry.exporter = {.http = *ParseMetricsAddress(flags.metrics_addr)};
  }
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app(
      "Works on the files of a tree - inspects, verifies, compresses them - and serves the\n"
      "metrics and traces of that work.");
  Flags flags;
  WorkerOptions options;
  options.pool.threads = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
  AddTreeFlags(app, flags);
  AddWorkFlags(app, flags, options);
  AddReportFlags(app, flags, options);
  AddTraceFlags(app, flags);
  try {
    app.parse(argc, argv);
    ApplyFlags(flags, options);
  } catch (const CLI::ParseError& error) {
    return {.options = std::nullopt, .exit_code = app.exit(error) == 0 ? 0 : 2};
  } catch (const fs::filesystem_error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return {.options = std::nullopt, .exit_code = 2};
  }
  return {.options = std::move(options), .exit_code = 0};
}

absl::StatusOr<vitals::net::HttpServerOptions> ParseMetricsAddress(std::string_view text) {
  vitals::net::HttpServerOptions options;
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix) && text.size() > kUnix.size()) {
    options.unix_socket_path = text.substr(kUnix.size());
    return options;
  }
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, std::min(colon, text.size()));
  const std::string_view port = colon == text.npos ? "" : text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  const bool port_ok = error == std::errc() && end == port.data() + port.size();
  if (host.empty() || !port_ok || bracketed != (host.find(':') != host.npos)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no address: it takes 127.0.0.1:9090, [::1]:9090 or unix:/path", text));
  }
  options.address = host;
  return options;
}

}  // namespace job_worker
