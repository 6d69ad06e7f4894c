#include "vitals/telemetry/telemetry.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/raw_client.h"
#include "tests/testing/child_process.h"
#include "vitals/testing/fake_clock.h"

namespace vitals {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using vitals_test::ExpectInForkChild;
using vitals_test::kChildCanStartThreads;
using vitals_test::RawClient;

TelemetryOptions OnFreePort() {
  TelemetryOptions options;
  options.exporter->http.port = 0;
  return options;
}

TEST(TelemetryTest, ServesItsRegistry) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  EXPECT_GT((*telemetry)->port(), 0);
  EXPECT_EQ((*telemetry)->url(), "http://127.0.0.1:" + std::to_string((*telemetry)->port()));
  (*telemetry)->registry().AddCounter({.name = "x_total"}).value().Increment(3);

  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("# TYPE x_total counter\nx_total 3\n"));
  EXPECT_EQ(client.Get("/metrics?unknown=1")->status, 200);
  for (const char* const path : {"/livez", "/health", "/readyz"}) {
    EXPECT_EQ(client.Get(path)->body, R"({"status":"healthy"})");
  }
  EXPECT_THAT(client.Get("/")->body, HasSubstr("href=\"/metrics\""));
  EXPECT_EQ(client.Get("/nonesuch")->status, 404);
}

TEST(TelemetryTest, ServesTheHealthOfItsComponents) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  const auto reporter = (*telemetry)->health()->AddReporter("storage/wal");
  ASSERT_TRUE(reporter.ok()) << reporter.status();
  reporter->Report(HealthStatus::kUnhealthy, "full");
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  EXPECT_EQ(client.Get("/health")->body, R"({"status":"unhealthy","reason":"storage/wal: full"})");
  EXPECT_EQ(client.Get("/livez")->status, 200);
  EXPECT_EQ(client.Get("/health/storage")->status, 503);
  EXPECT_EQ(client.Get("/api/v1/health/history")->status, 200);

  TelemetryOptions options = OnFreePort();
  options.health.reset();
  const auto without = Telemetry::Create(options);
  EXPECT_EQ(RawClient::Tcp((*without)->port()).Get("/health")->status, 200);
}

TEST(TelemetryTest, ShowsTheProcessAndItsBuild) {
  TelemetryOptions options = OnFreePort();
  options.build_info = BuildInfo{.name = "worker", .version = "1.4.2", .compiler = ""};
  const auto telemetry = Telemetry::Create(options);
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  const std::string page = RawClient::Tcp((*telemetry)->port()).Get("/metrics")->body;
  EXPECT_THAT(page, HasSubstr("\nprocess_cpu_seconds_total "));
  EXPECT_THAT(page, HasSubstr("\nvitals_build_info{compiler=\""));
  EXPECT_THAT(page, HasSubstr("\nworker_build_info{version=\"1.4.2\"} 1\n"));

  options.process_metrics = false;
  options.exporter_metrics = false;
  options.build_info.reset();
  options.tracing.reset();
  options.health.reset();
  const auto without = Telemetry::Create(options);
  EXPECT_EQ(RawClient::Tcp((*without)->port()).Get("/metrics")->body, "");
}

TEST(TelemetryTest, AConstantLabelMayHaveTheNameOfABuildLabel) {
  TelemetryOptions options = OnFreePort();
  options.registry.const_labels = {{"version", "2"}};
  const auto telemetry = Telemetry::Create(options);
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  const std::string page = RawClient::Tcp((*telemetry)->port()).Get("/metrics")->body;
  EXPECT_THAT(page, HasSubstr("\nprocess_cpu_seconds_total{version=\"2\"} "));
}

TEST(TelemetryTest, ServesOtherRegistriesOnThePage) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  (*telemetry)->registry().AddCounter({.name = "x_total", .help = "X."}).value().Increment();
  const auto plugin = std::make_shared<Registry>();
  plugin->AddCounter({.name = "x_total", .help = "X."}).value().Increment(2);
  ASSERT_TRUE((*telemetry)->gatherers().Add(plugin, {.const_labels = {{"plugin", "a"}}}).ok());
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("# HELP x_total X.\n"
                                                      "# TYPE x_total counter\n"
                                                      "x_total 1\n"
                                                      "x_total{plugin=\"a\"} 2\n"));
}

TEST(TelemetryTest, CompressesForWhoAsks) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  auto family = (*telemetry)->registry().AddCounter({.name = "x_total"}, {"a"}).value();
  for (int i = 0; i < 1000; ++i) family.With(std::to_string(i)).Increment();
  RawClient client = RawClient::Tcp((*telemetry)->port());
  const auto plain = client.Get("/metrics");
  const auto zipped = client.Get("/metrics", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(plain->Header("Content-Encoding"), "");
  EXPECT_EQ(zipped->Header("Content-Encoding"), "gzip");
  EXPECT_LT(zipped->body.size() * 3, plain->body.size());
}

TEST(TelemetryTest, ShowsRecordsThatWereDropped) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  (*telemetry)->registry().AddDoubleCounter({.name = "x_total"}).value().Increment(-1);
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get("/metrics")->body,
              HasSubstr("vitals_dropped_records_total{reason=\"negative\"} "));
}

TEST(TelemetryTest, WithoutAnExporterOpensNoPort) {
  const auto telemetry = Telemetry::Create({.exporter = std::nullopt});
  ASSERT_TRUE(telemetry.ok());
  EXPECT_EQ((*telemetry)->port(), 0);
  EXPECT_EQ((*telemetry)->url(), "");
  EXPECT_EQ((*telemetry)->Poll(std::chrono::milliseconds(0)), 0u);
  (*telemetry)->registry().AddCounter({.name = "x_total"}).value().Increment();
  (*telemetry)->Stop();
}

TEST(TelemetryTest, ShowsFurtherRegistriesForAsLongAsTheyLive) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  auto plugin = std::make_shared<Registry>();
  plugin->AddCounter({.name = "calls_total"}).value().Increment(2);
  ASSERT_TRUE((*telemetry)
                  ->AddRegistry(plugin, {.prefix = "plugin_", .const_labels = {{"plugin", "json"}}})
                  .ok());
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("plugin_calls_total{plugin=\"json\"} 2\n"));
  plugin.reset();
  EXPECT_THAT(client.Get("/metrics")->body, Not(HasSubstr("plugin_calls_total")));
  EXPECT_FALSE((*telemetry)->AddRegistry(nullptr).ok());
}

TEST(TelemetryTest, ShowsItsExporterAndItsServer) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  RawClient client = RawClient::Tcp((*telemetry)->port());
  client.Get("/metrics");
  const std::string page = client.Get("/metrics")->body;
  EXPECT_THAT(page, HasSubstr("vitals_exporter_scrapes_total{code=\"200\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("vitals_http_requests_total 2\n"));
  EXPECT_THAT(page, HasSubstr("vitals_http_connections_accepted_total 1\n"));

  TelemetryOptions quiet = OnFreePort();
  quiet.exporter_metrics = false;
  quiet.process_metrics = false;
  const auto without = Telemetry::Create(std::move(quiet));
  ASSERT_TRUE(without.ok());
  EXPECT_THAT(RawClient::Tcp((*without)->port()).Get("/metrics")->body,
              Not(HasSubstr("vitals_http")));
}

// By a series that expires after an hour, which the registry's clock has moved on.
TEST(TelemetryTest, MaintainsItsRegistries) {
  const auto clock = std::make_shared<testing::FakeClock>();
  const auto moved_on = [&](Telemetry& telemetry, const std::function<void()>& wait) {
    const auto plugin = std::make_shared<Registry>(RegistryOptions{.clock = clock});
    if (!telemetry.AddRegistry(plugin).ok()) return false;
    const auto idle =
        plugin->AddCounter({.name = "idle_total", .expire_after = std::chrono::hours(1)}, {"a"});
    idle->With("x").Increment();
    plugin->RunMaintenance();
    clock->Advance(std::chrono::hours(1));
    for (int i = 0; i < 1000 && idle->size() > 0; ++i) wait();
    return idle->size() == 0;
  };
  // Its thread goes by the real clock.
  const auto soon = [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); };

  const auto own_thread = Telemetry::Create(
      {.exporter = std::nullopt, .maintenance_interval = std::chrono::milliseconds(1)});
  ASSERT_TRUE(own_thread.ok());
  EXPECT_TRUE(moved_on(**own_thread, soon));

  TelemetryOptions driven = OnFreePort();
  driven.exporter->http.io_threads = 0;
  driven.maintenance_interval = std::chrono::milliseconds(1);
  const auto polled = Telemetry::Create(std::move(driven));
  ASSERT_TRUE(polled.ok());
  EXPECT_TRUE(moved_on(**polled, [&] { (*polled)->Poll(std::chrono::milliseconds(2)); }));

  const auto by_host = Telemetry::Create(
      {.exporter = std::nullopt, .maintenance_interval = std::chrono::seconds(0)});
  ASSERT_TRUE(by_host.ok());
  EXPECT_TRUE(moved_on(**by_host, [&] { (*by_host)->RunMaintenance(); }));
}

TEST(TelemetryTest, OptionsThatCannotBeAreErrors) {
  const auto taken = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(taken.ok());
  TelemetryOptions busy = OnFreePort();
  busy.exporter->http.port = (*taken)->port();
  const auto second = Telemetry::Create(std::move(busy));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string((*taken)->port())));

  TelemetryOptions bad_label = OnFreePort();
  bad_label.registry.const_labels = {{"__x", "1"}};
  EXPECT_THAT(std::string(Telemetry::Create(std::move(bad_label)).status().message()),
              StartsWith("registry.const_labels: label name \"__x\" is reserved"));

  TelemetryOptions bad_build = OnFreePort();
  bad_build.build_info = BuildInfo{.name = "my worker"};
  EXPECT_THAT(std::string(Telemetry::Create(std::move(bad_build)).status().message()),
              StartsWith("build_info: "));

  TelemetryOptions bad_address = OnFreePort();
  bad_address.exporter->http.address = "localhost";
  const auto refused = Telemetry::Create(std::move(bad_address));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), StartsWith("exporter: "));
}

TEST(TelemetryTest, StopsAndTheRegistryGoesOn) {
  const auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  const std::uint16_t port = (*telemetry)->port();
  (*telemetry)->Stop();
  (*telemetry)->Stop();
  EXPECT_FALSE(RawClient::Tcp(port).connected());
  (*telemetry)->registry().AddCounter({.name = "x_total"}).value().Increment();
}

TEST(TelemetryTest, IsDrivenByTheHostWhereThatIsAskedFor) {
  TelemetryOptions options = OnFreePort();
  options.exporter->http.io_threads = 0;
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok());
  (*telemetry)->registry().AddCounter({.name = "x_total"}).value().Increment();
  RawClient client = RawClient::Tcp((*telemetry)->port());
  ASSERT_TRUE(client.SendGet("/metrics", "Connection: close\r\n"));
  std::string answer;
  std::thread reader([&] { answer = client.ReadAll(); });
  std::size_t events = 0;
  for (int i = 0; i < 200 && events < 4; ++i) {
    events += (*telemetry)->Poll(std::chrono::milliseconds(50));
  }
  (*telemetry)->Stop();
  reader.join();
  EXPECT_THAT(answer, HasSubstr("x_total 1\n"));
}

TEST(TelemetryTest, IsOffInAForkChildAndCanBeMadeAnewThere) {
  auto telemetry = Telemetry::Create(OnFreePort());
  ASSERT_TRUE(telemetry.ok());
  const Counter counter = (*telemetry)->registry().AddCounter({.name = "x_total"}).value();
  counter.Increment(5);
  ExpectInForkChild([&] {
    counter.Increment();
    (*telemetry)->Stop();
    telemetry->reset();
    if (!kChildCanStartThreads) return true;
    const auto own = Telemetry::Create(OnFreePort());
    if (!own.ok()) return false;
    (*own)->registry().AddCounter({.name = "child_total"}).value().Increment();
    RawClient client = RawClient::Tcp((*own)->port());
    const auto page = client.Get("/metrics");
    return page && page->body.find("child_total 1\n") != std::string::npos;
  });
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("\nx_total 5\n"));
}

}  // namespace
}  // namespace vitals
