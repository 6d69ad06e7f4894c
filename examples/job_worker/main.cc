#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/job_worker/handlers.h"
#include "examples/job_worker/job_source.h"
#include "examples/job_worker/scratch_directory.h"
#include "examples/job_worker/stop_event.h"
#include "examples/job_worker/summary.h"
#include "examples/job_worker/worker_health.h"
#include "examples/job_worker/worker_options.h"
#include "examples/job_worker/worker_pool.h"
#include "examples/job_worker/worker_signals.h"
#include "fmt/format.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "vitals/base/log.h"
#include "vitals/bridge/spdlog_id_flag.h"
#include "vitals/bridge/spdlog_sink.h"
#include "vitals/telemetry/telemetry.h"

namespace job_worker {
namespace {

/// Logs to standard error as the worker's id, each line with the trace and the span that it is
/// from, and brings what vitals has to say into the same log.
void SetUpLog(const WorkerOptions& options) {
  auto logger = spdlog::stderr_color_mt(options.worker_id);
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<vitals::bridge::IdFlag>('Q', vitals::bridge::TraceIdSource());
  formatter->add_flag<vitals::bridge::IdFlag>('q', vitals::bridge::SpanIdSource());
  formatter->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ [%n] [%Q %q] %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(options.verbose ? spdlog::level::debug : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  vitals::SetLogSink(vitals::bridge::MakeSpdlogSink(spdlog::default_logger()));
}

absl::StatusOr<std::vector<std::unique_ptr<Handler>>> MakeHandlers(
    const WorkerOptions& options, const std::filesystem::path& scratch) {
  ChecksumManifest manifest;
  if (!options.manifest.empty()) {
    auto loaded = ChecksumManifest::Load(options.manifest);
    if (!loaded.ok()) return loaded.status();
    manifest = *std::move(loaded);
    spdlog::info("verifying against {}: {} files", options.manifest.string(), manifest.size());
  }
  std::vector<std::unique_ptr<Handler>> handlers;
  handlers.push_back(MakeInspectHandler());
  handlers.push_back(MakeChecksumHandler(std::move(manifest)));
  handlers.push_back(MakeCompressHandler(options.source.tree.root, scratch));
  return handlers;
}

/// Submits jobs until they are done or the worker stops; asks it to stop when nothing else would.
absl::Status FeedPool(const WorkerOptions& options, const SourceOptions& source,
                      const vitals::Tracer& tracer, WorkerPool& pool, StopEvent& stop) {
  pthread_setname_np(pthread_self(), "feeder");
  const auto jobs = SubmitJobs(source, tracer, pool, stop);
  if (!jobs.ok()) {
    stop.Request("there is nothing to work on");
  } else if (!options.duration.has_value()) {
    stop.Request("all jobs are done");
  } else {
    spdlog::info("all jobs are done; waiting for the end of the duration");
  }
  return jobs.status();
}

void WaitForStop(const WorkerOptions& options, Clock::time_point start, StopEvent& stop) {
  if (!options.duration.has_value()) {
    stop.Wait();
  } else if (!stop.WaitUntil(start + *options.duration)) {
    stop.Request("the duration is over");
  }
}

/// Beyond its timeout, a job may be in the midst of a block for this long.
constexpr std::chrono::seconds kMaxOverrun{10};

absl::Status WatchWorker(const std::shared_ptr<WorkerPool>& pool, const WorkerOptions& options,
                         const std::filesystem::path& scratch, vitals::Telemetry& telemetry) {
  const std::chrono::nanoseconds limit = std::min<std::chrono::milliseconds>(
      options.pool.job_timeout + kMaxOverrun, std::chrono::hours(24));
  return AddHealthChecks(pool, {.max_job_time = limit, .scratch = scratch}, *telemetry.health());
}

/// The worker stops as if by a fault: what its health says then is what this is for.
void DismissWorker(WorkerPool& pool) {
  if (const auto number = pool.DismissWorker(); number.has_value()) {
    spdlog::warn("SIGUSR1: worker {} takes no more jobs", *number);
  } else {
    spdlog::warn("SIGUSR1: there is no worker left to stop");
  }
}

void SayWhatIsServed(const WorkerOptions& options, const std::string& url) {
  if (!options.telemetry.exporter.has_value()) {
    spdlog::info("serving no metrics: --metrics-enabled is false");
    return;
  }
  spdlog::info(
      "serving metrics at {}, path /metrics; health at /health; traces below /api/v1/traces", url);
}

absl::Status Run(const WorkerOptions& options) {
  const Clock::time_point start = Clock::now();
  BlockWorkerSignals();
  const auto telemetry = vitals::Telemetry::Create(options.telemetry);
  if (!telemetry.ok()) return telemetry.status();
  vitals::Registry& registry = (*telemetry)->registry();

  const auto scratch = ScratchDirectory::Create(options.scratch_parent);
  if (!scratch.ok()) return scratch.status();
  auto handlers = MakeHandlers(options, scratch->path());
  if (!handlers.ok()) return handlers.status();
  SourceOptions source = options.source;
  source.tree.scratch = scratch->path();

  StopEvent stop;
  const auto pool = std::make_shared<WorkerPool>(
      options.pool, registry, (*telemetry)->tracer_provider(), *std::move(handlers));
  absl::Status health = WatchWorker(pool, options, scratch->path(), **telemetry);
  if (!health.ok()) return health;
  const WorkerSignals signals([&](int signal) {
    if (signal == SIGUSR1) return DismissWorker(*pool);
    const bool first = stop.Request(fmt::format("SIG{}", sigabbrev_np(signal)));
    if (!first) pool->Abandon();
  });
  SayWhatIsServed(options, (*telemetry)->url());
  spdlog::info("working on {} with {} threads", source.tree.root.string(), options.pool.threads);

  absl::Status source_status;
  const vitals::Tracer source_tracer = (*telemetry)->GetTracer("source");
  std::thread feeder(
      [&] { source_status = FeedPool(options, source, source_tracer, *pool, stop); });
  WaitForStop(options, start, stop);
  spdlog::info("stopping: {}", stop.reason());
  ShowStopping(*pool, *(*telemetry)->health());
  if (const std::size_t dropped = pool->Stop(options.drain_time); dropped > 0) {
    spdlog::warn("{} jobs that waited were dropped", dropped);
  }
  feeder.join();
  for (const std::string& line : Summarize(registry)) spdlog::info("summary: {}", line);
  return source_status;
}

}  // namespace
}  // namespace job_worker

int main(int argc, char** argv) {
  const job_worker::CommandLine command_line = job_worker::ParseCommandLine(argc, argv);
  if (!command_line.options.has_value()) return command_line.exit_code;
  job_worker::SetUpLog(*command_line.options);
  const absl::Status status = job_worker::Run(*command_line.options);
  if (status.ok()) return 0;
  const std::string message(status.message());
  spdlog::error("{}", message);
  return 1;
}
