#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/health/gate.h"
#include "tests/net/raw_client.h"
#include "tests/testing/eventually.h"
#include "vitals/base/log.h"
#include "vitals/telemetry/telemetry.h"
#include "vitals/testing/fake_clock.h"

/// \file
/// The health of a host, as Telemetry puts it together: pages, metrics, log, and who drives it.

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeClock;
using testing::Gate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using vitals_test::Eventually;
using vitals_test::RawClient;

TelemetryOptions OnFreePort() {
  TelemetryOptions options = {.process_metrics = false, .exporter_metrics = false};
  options.exporter->http.port = 0;
  options.tracing.reset();
  return options;
}

/// What was logged since it was made, as "severity: message".
class LogCapture {
 public:
  LogCapture() {
    SetLogSink([this](LogSeverity severity, std::string_view message) {
      const std::lock_guard<std::mutex> lock(mutex_);
      lines_.push_back(std::string(LogSeverityName(severity)) + ": " + std::string(message));
    });
  }
  ~LogCapture() { SetLogSink({}); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::vector<std::string> lines() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A host on a free port.
class HealthHost {
 public:
  explicit HealthHost(TelemetryOptions options = OnFreePort()) {
    auto created = Telemetry::Create(std::move(options));
    EXPECT_TRUE(created.ok()) << created.status();
    telemetry = *std::move(created);
  }

  HealthReporter AddReporter(std::string_view component,
                             const HealthReporterOptions& options = {}) const {
    auto reporter = telemetry->health()->AddReporter(component, options);
    EXPECT_TRUE(reporter.ok()) << reporter.status();
    return *std::move(reporter);
  }

  int Status(std::string_view path) const {
    return RawClient::Tcp(telemetry->port()).Get(path)->status;
  }
  std::string Body(std::string_view path) const {
    return RawClient::Tcp(telemetry->port()).Get(path)->body;
  }

  std::unique_ptr<Telemetry> telemetry;
};

TEST(TelemetryHealthTest, PagesAndMetricsTellTheSame) {
  const LogCapture log;
  const HealthHost host;
  host.AddReporter("queue").Report(HealthStatus::kHealthy);
  EXPECT_EQ(host.Status("/health"), 200);
  EXPECT_THAT(host.Body("/metrics"), HasSubstr("\nvitals_health_status 1\n"));

  host.AddReporter("storage/wal").Report(HealthStatus::kUnhealthy, "the disk is full");
  EXPECT_EQ(host.Status("/health"), 503);
  EXPECT_EQ(host.Body("/health"),
            R"({"status":"unhealthy","reason":"storage/wal: the disk is full"})");
  EXPECT_EQ(host.Status("/readyz"), 503);
  EXPECT_EQ(host.Status("/health/queue"), 200);
  EXPECT_EQ(host.Status("/livez"), 200);
  EXPECT_THAT(host.Body("/metrics"),
              HasSubstr("component_health_status{component=\"queue\"} 1\n"
                        "component_health_status{component=\"storage/wal\"} 0\n"));
}

TEST(TelemetryHealthTest, ChecksRunByThemselves) {
  const HealthHost host;
  ASSERT_TRUE(host.telemetry->health()->AddCheck("loop", [] { return true; }).ok());
  EXPECT_TRUE(Eventually([&] { return host.Status("/health/loop") == 200; }));
}

TEST(TelemetryHealthTest, LogsTransitionsByTheirWeight) {
  TelemetryOptions options = OnFreePort();
  options.health->monitor.host_driven = true;
  const HealthHost host(std::move(options));
  LogCapture log;
  const HealthReporter wal = host.AddReporter("wal");
  const HealthReporter cache = host.AddReporter("cache", {.critical = false});
  wal.Report(HealthStatus::kHealthy);
  wal.Report(HealthStatus::kHealthy);
  wal.Report(HealthStatus::kDegraded, "a segment is 3 s behind");
  wal.Report(HealthStatus::kUnhealthy, "the disk is full");
  cache.Report(HealthStatus::kUnhealthy, "nobody answers");
  wal.Report(HealthStatus::kHealthy);
  host.telemetry->health()->Poll();
  EXPECT_THAT(log.lines(),
              ElementsAre("info: health: wal is healthy, was unknown",
                          "warning: health: wal is degraded, was healthy: a segment is 3 s behind",
                          "error: health: wal is unhealthy, was degraded: the disk is full",
                          "warning: health: cache is unhealthy, was unknown: nobody answers",
                          "info: health: wal is healthy, was unhealthy"));
}

TEST(TelemetryHealthTest, LogsNothingWhereThatIsAskedFor) {
  TelemetryOptions options = OnFreePort();
  options.health->monitor.host_driven = true;
  options.health->log_transitions = false;
  const HealthHost host(std::move(options));
  LogCapture log;
  host.AddReporter("wal").Report(HealthStatus::kUnhealthy, "the disk is full");
  host.telemetry->health()->Poll();
  EXPECT_THAT(log.lines(), IsEmpty());
}

TEST(TelemetryHealthTest, IsDrivenWithAnExporterThatTheHostDrives) {
  TelemetryOptions options = OnFreePort();
  options.exporter->http.io_threads = 0;
  const auto clock = std::make_shared<FakeClock>();
  options.health->monitor.clock = clock;
  options.health->monitor.random = [] { return 0.0; };
  const HealthHost host(std::move(options));
  int runs = 0;
  const std::thread::id host_thread = std::this_thread::get_id();
  const auto check = [&] {
    ++runs;
    return std::this_thread::get_id() == host_thread;
  };
  ASSERT_TRUE(host.telemetry->health()->AddCheck("loop", check).ok());
  EXPECT_EQ(runs, 0);
  host.telemetry->Poll(milliseconds(0));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(host.telemetry->health()->status(), HealthStatus::kHealthy);
  host.telemetry->Poll(milliseconds(0));
  EXPECT_EQ(runs, 1);
  clock->Advance(seconds(10));
  host.telemetry->Poll(milliseconds(0));
  EXPECT_EQ(runs, 2);
}

TEST(TelemetryHealthTest, RunsWithoutAnExporter) {
  TelemetryOptions options = OnFreePort();
  options.exporter.reset();
  const HealthHost host(std::move(options));
  ASSERT_TRUE(host.telemetry->health()->AddCheck("loop", [] { return false; }).ok());
  EXPECT_EQ(host.telemetry->health()->CheckNow("loop")->last_result->status,
            HealthStatus::kUnhealthy);
}

TEST(TelemetryHealthTest, CanBeOff) {
  TelemetryOptions options = OnFreePort();
  options.health.reset();
  const HealthHost host(std::move(options));
  EXPECT_EQ(host.telemetry->health(), nullptr);
  EXPECT_EQ(host.Body("/health"), R"({"status":"healthy"})");
  EXPECT_EQ(host.Status("/health/wal"), 404);
  EXPECT_THAT(host.Body("/metrics"), Not(HasSubstr("health")));
}

TEST(TelemetryHealthTest, BoundsTheComponentsThatHaveMetrics) {
  TelemetryOptions options = OnFreePort();
  options.health->max_metric_components = 0;
  const HealthHost host(std::move(options));
  host.AddReporter("wal").Report(HealthStatus::kHealthy);
  EXPECT_THAT(host.Body("/metrics"), Not(HasSubstr("component_health_status{")));
  EXPECT_THAT(host.Body("/metrics"), HasSubstr("\nvitals_health_omitted_components 1\n"));
}

TEST(TelemetryHealthTest, AConstantLabelOfTheSameNameCostsTheMetricsOfComponentsAlone) {
  LogCapture log;
  TelemetryOptions options = OnFreePort();
  options.health->log_transitions = false;
  options.registry.const_labels = {{"component", "billing"}};
  const HealthHost host(std::move(options));
  host.AddReporter("wal").Report(HealthStatus::kHealthy);
  const std::string page = host.Body("/metrics");
  EXPECT_THAT(page, HasSubstr("\nvitals_health_status{component=\"billing\"} 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("component_health_status")));
  EXPECT_THAT(log.lines(),
              Contains("warning: collected family \"component_health_status\" is left out: label "
                       "\"component\" is a constant label of the registry"));
}

TEST(TelemetryHealthTest, AnOptionThatCannotBeIsNamed) {
  TelemetryOptions options = OnFreePort();
  options.health->monitor.max_threads = 0;
  const auto telemetry = Telemetry::Create(std::move(options));
  EXPECT_EQ(telemetry.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(telemetry.status().message()),
            "health: monitor: max_threads is 0: choose from 1 to 4096");
}

TEST(TelemetryHealthTest, AStopLeavesAHungCheckBehindAndSaysSo) {
  TelemetryOptions options = OnFreePort();
  options.health->monitor.stop_timeout = milliseconds(20);
  const auto gate = std::make_shared<Gate>();
  LogCapture log;
  {
    const HealthHost host(std::move(options));
    ASSERT_TRUE(
        host.telemetry->health()->AddCheck("nfs", [gate] { return gate->Pass(), true; }).ok());
    ASSERT_TRUE(Eventually([&] { return gate->came() == 1; }));
    const auto before = std::chrono::steady_clock::now();
    host.telemetry->Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(10));
    EXPECT_THAT(log.lines(),
                ElementsAre("warning: the health monitor has stopped, but these had not returned: "
                            "nfs"));
    host.telemetry->Stop();
    EXPECT_EQ(log.lines().size(), 1u);
  }
  gate->Open();
  // The thread that was left goes by itself: it owns the gate until then.
  EXPECT_TRUE(Eventually([&] { return gate.use_count() == 1; }));
}

}  // namespace
}  // namespace vitals
