#include <string>
#include <vector>

#include "examples/job_worker/worker_options.h"
#include "gtest/gtest.h"
#include "tests/e2e/job_worker_test_util.h"

namespace job_worker {
namespace {

CommandLine Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "job_worker");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

TEST(MetricsAddressTest, ReadsHostAndPort) {
  const auto ipv4 = ParseMetricsAddress("127.0.0.1:9090");
  EXPECT_EQ(ipv4->address, "127.0.0.1");
  EXPECT_EQ(ipv4->port, 9090);
  const auto ipv6 = ParseMetricsAddress("[::1]:0");
  EXPECT_EQ(ipv6->address, "::1");
  EXPECT_EQ(ipv6->port, 0);
  EXPECT_EQ(ParseMetricsAddress("unix:/run/worker.sock")->unix_socket_path, "/run/worker.sock");
}

TEST(MetricsAddressTest, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", ":", "9090", "127.0.0.1", "127.0.0.1:", ":9090", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:90x", "::1:9090", "[127.0.0.1]:9090", "[]:1", "unix:"}) {
    EXPECT_EQ(ParseMetricsAddress(text).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(CommandLineTest, HasTheDocumentedDefaults) {
  const CommandLine line = Parse({});
  ASSERT_TRUE(line.options.has_value());
  ASSERT_TRUE(line.options->telemetry.exporter.has_value());
  EXPECT_EQ(line.options->telemetry.exporter->http.address, "127.0.0.1");
  EXPECT_EQ(line.options->telemetry.exporter->http.port, 9090);
  EXPECT_EQ(line.options->source.max_jobs, 0u);
  EXPECT_FALSE(line.options->source.once);
  EXPECT_FALSE(line.options->duration.has_value());
  EXPECT_TRUE(std::filesystem::is_directory(line.options->source.tree.root));
}

TEST(CommandLineTest, ReadsItsFlags) {
  const TemporaryFolder folder;
  folder.Write("SHA256SUMS", "");
  const std::string path = folder.path().string();
  const CommandLine line =
      Parse({"--metrics-enabled", "false", "--duration=1.5", "--threads=3", "--jobs", "7", "--once",
             "--job-timeout=0.25", "--worker-id=a", path.c_str()});
  ASSERT_TRUE(line.options.has_value());
  EXPECT_FALSE(line.options->telemetry.exporter.has_value());
  EXPECT_EQ(line.options->duration, std::chrono::milliseconds(1500));
  EXPECT_EQ(line.options->pool.threads, 3u);
  EXPECT_EQ(line.options->pool.job_timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(line.options->source.max_jobs, 7u);
  EXPECT_TRUE(line.options->source.once);
  EXPECT_EQ(line.options->worker_id, "a");
  EXPECT_EQ(line.options->manifest, std::filesystem::canonical(folder.path()) / "SHA256SUMS");
}

TEST(CommandLineTest, TracesByDefaultAndPushesNothing) {
  const CommandLine line = Parse({});
  const auto& tracing = line.options->telemetry.tracing;
  ASSERT_TRUE(tracing.has_value());
  EXPECT_EQ(tracing->store->keeping.random_share, 0.25);
  EXPECT_FALSE(tracing->otlp.has_value());
  EXPECT_EQ(line.options->pool.max_attempts, 1);
}

TEST(CommandLineTest, ReadsItsFlagsOfTracing) {
  const CommandLine line = Parse({"--trace-share=1", "--attempts=3", "--worker-id=a",
                                  "--otlp-url=http://collector:4318/v1/traces"});
  ASSERT_TRUE(line.options.has_value());
  const auto& tracing = line.options->telemetry.tracing;
  EXPECT_EQ(tracing->store->keeping.random_share, 1);
  EXPECT_EQ(line.options->pool.max_attempts, 3);
  ASSERT_TRUE(tracing->otlp.has_value());
  EXPECT_EQ(tracing->otlp->url, "http://collector:4318/v1/traces");
  EXPECT_EQ(tracing->otlp->resource.attributes().back().key, "service.instance.id");
}

TEST(CommandLineTest, TellsHelpFromMistakes) {
  EXPECT_EQ(Parse({"--help"}).exit_code, 0);
  EXPECT_FALSE(Parse({"--help"}).options.has_value());
  EXPECT_EQ(Parse({"--unknown"}).exit_code, 2);
  EXPECT_EQ(Parse({"--threads=0"}).exit_code, 2);
  EXPECT_EQ(Parse({"--trace-share=2"}).exit_code, 2);
  EXPECT_EQ(Parse({"--otlp-url=collector"}).exit_code, 2);
}

}  // namespace
}  // namespace job_worker
