#include "vitals/telemetry/tracing.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/otlp_endpoint.h"
#include "tests/net/raw_client.h"
#include "tests/net/server_test.h"
#include "vitals/base/log.h"
#include "vitals/metrics/lint.h"
#include "vitals/telemetry/telemetry.h"
#include "vitals/testing/fake_clock.h"
#include "vitals/trace/context_scope.h"

namespace vitals {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using vitals_test::Eventually;
using vitals_test::OtlpEndpoint;
using vitals_test::RawClient;

// Every trace is kept, nothing but spans is on the page, and the test drains.
struct TracedHost {
  explicit TracedHost(TracingOptions tracing = {}) {
    tracing.provider.drain_interval = milliseconds(0);
    tracing.provider.clock = clock;
    if (tracing.store) tracing.store->keeping.keep_everything = true;
    TelemetryOptions options = {.process_metrics = false, .exporter_metrics = false};
    options.exporter->http.port = 0;
    options.tracing = std::move(tracing);
    auto created = Telemetry::Create(std::move(options));
    EXPECT_TRUE(created.ok()) << created.status();
    telemetry = *std::move(created);
    tracer = telemetry->GetTracer("worker");
  }

  SpanContext Record(InternedName name, std::chrono::nanoseconds duration,
                     SpanStatus status = SpanStatus::kUnset) const {
    Span span = tracer.StartSpan(name, SpanKind::kConsumer);
    clock->Advance(duration);
    span.SetStatus(status);
    return span.context();
  }

  std::string Page(std::string_view path = "/metrics") const {
    return RawClient::Tcp(telemetry->port())
        .Get(path, "Accept: application/openmetrics-text\r\n")
        ->body;
  }

  int Status(std::string_view path) const {
    return RawClient::Tcp(telemetry->port()).Get(path)->status;
  }

  // The page after all spans were drained.
  std::string DrainedPage() const {
    telemetry->tracer_provider()->Drain();
    return Page();
  }

  std::shared_ptr<testing::FakeClock> clock = std::make_shared<testing::FakeClock>();
  std::unique_ptr<Telemetry> telemetry;
  Tracer tracer;
};

std::string TracePath(const SpanContext& context) {
  return "/api/v1/traces/" + context.trace_id.ToString();
}

TEST(TracingTest, IsOnUnlessItIsTurnedOff) {
  TelemetryOptions options;
  options.exporter->http.port = 0;
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  ASSERT_NE((*telemetry)->tracer_provider(), nullptr);
  const std::shared_ptr<TraceStore> store = (*telemetry)->trace_store();
  ASSERT_NE(store, nullptr);
  const Tracer tracer = (*telemetry)->GetTracer("worker");
  EXPECT_TRUE(tracer.IsEnabled());
  EXPECT_EQ(tracer.component(), "worker");
  const SpanContext context = Span(tracer, "job").context();
  EXPECT_TRUE(Eventually([&] { return store->Find(context.trace_id).has_value(); }));

  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_THAT(client.Get(TracePath(context))->body, HasSubstr(R"("name":"job")"));
  EXPECT_THAT(client.Get("/api/v1/traces?name=job")->body, HasSubstr(context.trace_id.ToString()));
  EXPECT_THAT(client.Get("/api/v1/traces/active")->body, HasSubstr(R"("data":[])"));
  EXPECT_THAT(client.Get("/api/v1/traces/summary")->body, HasSubstr(R"("traces":1)"));
  EXPECT_THAT(client.Get("/")->body,
              AllOf(HasSubstr("<a href=\"/api/v1/traces\">/api/v1/traces</a> Traces, newest first"),
                    HasSubstr("href=\"/api/v1/traces/summary\""),
                    HasSubstr("href=\"/api/v1/traces/active\""), Not(HasSubstr("*"))));
}

TEST(TracingTest, WithoutItTracersAreEmptyAndNothingIsShown) {
  TelemetryOptions options = {.process_metrics = false};
  options.exporter->http.port = 0;
  options.tracing = std::nullopt;
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  EXPECT_EQ((*telemetry)->tracer_provider(), nullptr);
  EXPECT_EQ((*telemetry)->trace_store(), nullptr);
  const Tracer tracer = (*telemetry)->GetTracer("worker");
  EXPECT_FALSE(tracer.IsEnabled());
  EXPECT_FALSE(Span(tracer, "job").IsRecording());

  RawClient client = RawClient::Tcp((*telemetry)->port());
  for (const char* const path :
       {"/api/v1/traces", "/api/v1/traces/summary", "/api/v1/traces/active", "/api/v1/traces/x"}) {
    EXPECT_EQ(client.Get(path)->status, 404) << path;
  }
  EXPECT_THAT(client.Get("/")->body, Not(HasSubstr("traces")));
  EXPECT_THAT(client.Get("/metrics")->body,
              AllOf(Not(HasSubstr("vitals_trace")), Not(HasSubstr("vitals_span")),
                    Not(HasSubstr("vitals_otlp"))));
  (*telemetry)->Stop();
}

TEST(TracingTest, WithoutAStoreSpansAreStillCounted) {
  const TracedHost host({.store = std::nullopt});
  EXPECT_EQ(host.telemetry->trace_store(), nullptr);
  const SpanContext context = host.Record("job", microseconds(3));
  EXPECT_THAT(host.DrainedPage(),
              AllOf(HasSubstr("\nvitals_trace_spans_total 1\n"), HasSubstr("\nvitals_spans_total{"),
                    Not(HasSubstr("vitals_trace_store"))));
  EXPECT_EQ(host.Status("/api/v1/traces"), 404);
  EXPECT_EQ(host.Status(TracePath(context)), 404);
  EXPECT_THAT(host.Page("/"), Not(HasSubstr("traces")));
}

TEST(TracingTest, WithoutAnExporterTracesAreKept) {
  const auto telemetry = Telemetry::Create({.exporter = std::nullopt});
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  const SpanContext context = Span((*telemetry)->GetTracer("worker"), "job").context();
  (*telemetry)->tracer_provider()->Drain();
  EXPECT_TRUE((*telemetry)->trace_store()->Find(context.trace_id));
}

TEST(TracingTest, WhatWasRecordedBeforeTheStopIsInTheStore) {
  TelemetryOptions options = {.exporter = std::nullopt};
  options.tracing->provider.drain_interval = std::chrono::seconds(1);
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  const Tracer tracer = (*telemetry)->GetTracer("worker");
  Span open = tracer.StartSpan("open");
  const SpanContext before = Span(tracer, "before", {.parent = SpanContext()}).context();
  (*telemetry)->Stop();
  EXPECT_FALSE(tracer.IsEnabled());
  open.End();
  EXPECT_FALSE(Span(tracer, "after").IsRecording());
  (*telemetry)->Stop();
  const std::shared_ptr<TraceStore> store = (*telemetry)->trace_store();
  EXPECT_TRUE(store->Find(before.trace_id));
  EXPECT_EQ(store->stats().received_spans, 1u);
  EXPECT_THAT((*telemetry)->tracer_provider()->ActiveSpans(), IsEmpty());
}

TEST(TracingTest, ShowsRateErrorsAndDurationsOfSpans) {
  const TracedHost host;
  host.Record("job", microseconds(3));
  host.Record("job", microseconds(3), SpanStatus::kError);
  host.Record("job", microseconds(100), SpanStatus::kError);
  { const Span span = host.tracer.StartSpan("step"); }
  const std::string page = host.DrainedPage();
  const std::string spans = R"(vitals_spans_total{component="worker",span_name="job",)"
                            R"(span_kind="consumer",status_code=)";
  EXPECT_THAT(page, HasSubstr("\n" + spans + "\"unset\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("\n" + spans + "\"error\"} 2\n"));
  EXPECT_THAT(page, HasSubstr(R"(vitals_spans_total{component="worker",span_name="step",)"
                              R"(span_kind="internal",status_code="unset"} 1)"));
  const std::string labels = R"({component="worker",span_name="job",span_kind="consumer")";
  const std::string bucket = "\nvitals_span_duration_seconds_bucket" + labels + ",le=";
  EXPECT_THAT(page, HasSubstr(bucket + "\"1e-06\"} 0\n"));
  EXPECT_THAT(page, HasSubstr(bucket + "\"4e-06\"} 2 # {"));
  EXPECT_THAT(page, HasSubstr(bucket + "\"6.4e-05\"} 2\n"));
  EXPECT_THAT(page, HasSubstr(bucket + "\"0.000256\"} 3 # {"));
  EXPECT_THAT(page, HasSubstr(bucket + "\"+Inf\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("\nvitals_span_duration_seconds_count" + labels + "} 3\n"));
  EXPECT_THAT(page, HasSubstr("\nvitals_span_duration_seconds_sum" + labels + "} 0.000106\n"));
}

// Of a batch, the first of a series and those that are slower than all before.
TEST(TracingTest, TheSlowestSpansLeaveExemplars) {
  const TracedHost host;
  const SpanContext first = host.Record("job", microseconds(3));
  const SpanContext slow = host.Record("job", microseconds(100));
  const SpanContext middle = host.Record("job", microseconds(20));
  const auto exemplar = [](const SpanContext& context, const char* seconds) {
    return "# {trace_id=\"" + context.trace_id.ToString() + "\",span_id=\"" +
           context.span_id.ToString() + "\"} " + seconds + " ";
  };
  EXPECT_THAT(host.DrainedPage(),
              AllOf(HasSubstr(exemplar(first, "3e-06")), HasSubstr(exemplar(slow, "1e-04")),
                    Not(HasSubstr(middle.trace_id.ToString()))));
  const SpanContext next = host.Record("job", microseconds(20));
  EXPECT_THAT(host.DrainedPage(),
              AllOf(HasSubstr(exemplar(slow, "1e-04")), HasSubstr(exemplar(next, "2e-05"))));

  const TracedHost without({.span_metrics = SpanMetricsOptions{.exemplars = false}});
  without.Record("job", microseconds(3));
  EXPECT_THAT(without.DrainedPage(),
              AllOf(HasSubstr("vitals_span_duration_seconds_count"), Not(HasSubstr("# {"))));
}

TEST(TracingTest, SpansThatAreNotSampledAreNotCounted) {
  TracingOptions options;
  options.provider.sampler = Sampler::Never();
  const TracedHost host(std::move(options));
  EXPECT_FALSE(host.Record("job", microseconds(3)).IsValid());
  EXPECT_THAT(host.DrainedPage(), AllOf(HasSubstr("\nvitals_trace_spans_total 0\n"),
                                        Not(HasSubstr("vitals_spans_total{"))));
}

TEST(TracingTest, SeriesOfSpanMetricsAreBounded) {
  const TracedHost host({.span_metrics = SpanMetricsOptions{.max_series = 2}});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) {
      host.Record(InternName("bounded " + std::to_string(i)), microseconds(1));
    }
  }
  const std::string page = host.DrainedPage();
  const auto value = [&](const char* name) {
    const std::string series =
        std::string("vitals_spans_total{component=\"") +
        (std::string_view(name) == "__overflow__" ? "__overflow__" : "worker") + "\",span_name=\"" +
        name + "\"";
    const std::size_t line = page.find(series);
    if (line == std::string::npos) return std::string("none");
    const std::size_t blank = page.find("} ", line);
    return page.substr(blank + 2, page.find('\n', blank) - blank - 2);
  };
  EXPECT_EQ(value("bounded 0"), "3");
  EXPECT_EQ(value("bounded 1"), "3");
  EXPECT_EQ(value("bounded 2"), "none");
  EXPECT_EQ(value("__overflow__"), "24");
}

// As a plugin that was unloaded, and another at its place.
TEST(TracingTest, NamesAreToldApartByTheirTextAndNotByTheirPlace) {
  static char name[] = "before";
  const TracedHost host;
  host.Record(InternedName::FromStatic(name), microseconds(1));
  host.telemetry->tracer_provider()->Drain();
  std::memcpy(name, "behind", sizeof(name));
  host.Record(InternedName::FromStatic(name), microseconds(1));
  EXPECT_THAT(
      host.DrainedPage(),
      AllOf(HasSubstr(R"(span_name="before",span_kind="consumer",status_code="unset"} 1)"),
            HasSubstr(R"(span_name="behind",span_kind="consumer",status_code="unset"} 1)")));
}

TEST(TracingTest, SpanMetricsAreAnOption) {
  const TracedHost host({.span_metrics = std::nullopt});
  const SpanContext context = host.Record("job", microseconds(3));
  EXPECT_THAT(host.DrainedPage(),
              AllOf(HasSubstr("\nvitals_trace_spans_total 1\n"), Not(HasSubstr("vitals_span_")),
                    Not(HasSubstr("vitals_spans_"))));
  EXPECT_EQ(host.Status(TracePath(context)), 200);
}

TEST(TracingTest, ShowsWhatBecameOfSpansAndTraces) {
  OtlpEndpoint endpoint;
  const TracedHost host({.otlp = OtlpHttpExporterOptions{.url = endpoint.Url()}});
  host.Record("job", microseconds(3));
  const std::string page = host.DrainedPage();
  for (const char* const line : {
           "vitals_trace_spans_total 1",
           "vitals_trace_dropped_spans_total{reason=\"backlog\"} 0",
           "vitals_trace_dropped_spans_total{reason=\"ring_full\"} 0",
           "vitals_trace_dropped_spans_total{reason=\"no_ring\"} 0",
           "vitals_trace_unlisted_open_spans_total 0",
           "vitals_trace_store_pending_traces 1",
           "vitals_trace_store_received_spans_total 1",
           "vitals_otlp_spans_sent_total 0",
           "vitals_otlp_spans_dropped_total{reason=\"queue_full\"} 0",
           "vitals_otlp_queue_spans 1",
       }) {
    EXPECT_THAT(page, HasSubstr(std::string("\n") + line + "\n"));
  }
  EXPECT_THAT(Lint(host.telemetry->gatherers()), IsEmpty());
  EXPECT_THAT(page, Not(HasSubstr("vitals_collector_errors_total")));
}

TEST(TracingTest, PushesSpansToACollectorAndTheLastAtTheStop) {
  OtlpEndpoint endpoint;
  const TracedHost host({.otlp = OtlpHttpExporterOptions{.url = endpoint.Url(),
                                                         .batch_interval = std::chrono::hours(1)}});
  const SpanContext context = host.Record("pushed", microseconds(3));
  host.telemetry->Stop();
  const std::vector<std::string> requests = endpoint.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0],
              AllOf(StartsWith("POST /v1/traces "), HasSubstr(R"("name":"pushed")"),
                    HasSubstr(R"("traceId":")" + context.trace_id.ToString() + R"(")")));
  EXPECT_TRUE(host.telemetry->trace_store()->Find(context.trace_id));
  Snapshot snapshot;
  host.telemetry->gatherers().Gather(snapshot);
  ASSERT_NE(snapshot.Find("vitals_otlp_spans_sent_total"), nullptr);
}

TEST(TracingTest, AConstantLabelOfTheSameNameCostsTheSpanMetricsAlone) {
  std::vector<std::string> logged;
  SetLogSink([&](LogSeverity severity, std::string_view message) {
    logged.push_back(std::string(LogSeverityName(severity)) + ": " + std::string(message));
  });
  TelemetryOptions options;
  options.exporter->http.port = 0;
  options.registry.const_labels = {{"component", "billing"}};
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  SetLogSink({});
  EXPECT_THAT(logged,
              ElementsAre(AllOf(StartsWith("warning: no metrics of spans: "),
                                HasSubstr("label \"component\" is a constant label already"))));
  const SpanContext context = Span((*telemetry)->GetTracer("worker"), "job").context();
  (*telemetry)->tracer_provider()->Drain();
  RawClient client = RawClient::Tcp((*telemetry)->port());
  EXPECT_EQ(client.Get(TracePath(context))->status, 200);
  EXPECT_THAT(client.Get("/metrics")->body,
              AllOf(HasSubstr("\nvitals_trace_spans_total{component=\"billing\"} 1\n"),
                    Not(HasSubstr("vitals_spans_total"))));
}

TEST(TracingTest, OptionsThatCannotBeAreErrorsWithTheirPath) {
  const auto message = [](const auto& change) {
    TelemetryOptions options = {.exporter = std::nullopt};
    change(*options.tracing);
    const auto telemetry = Telemetry::Create(std::move(options));
    EXPECT_EQ(telemetry.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(telemetry.status().message());
  };
  EXPECT_THAT(
      message([](TracingOptions& tracing) { tracing.provider.drain_interval = milliseconds(-1); }),
      StartsWith("tracing: provider: drain_interval"));
  EXPECT_THAT(message([](TracingOptions& tracing) { tracing.store->max_bytes = 1; }),
              StartsWith("tracing: store: max_bytes is 1, must be from 1048576"));
  EXPECT_THAT(message([](TracingOptions& tracing) { tracing.store->keeping.random_share = 2; }),
              StartsWith("tracing: store: keeping.random_share is 2, must be from 0 to 1"));
  EXPECT_EQ(message([](TracingOptions& tracing) { tracing.span_metrics->max_series = 0; }),
            "tracing: span_metrics: max_series is 0: allow at least one series");
  EXPECT_THAT(message([](TracingOptions& tracing) {
                tracing.otlp = OtlpHttpExporterOptions{.url = "collector:4318"};
              }),
              StartsWith("tracing: otlp: url is none that can be asked"));
  EXPECT_THAT(message([](TracingOptions& tracing) {
                tracing.otlp = OtlpHttpExporterOptions{.max_batch_spans = 0};
              }),
              StartsWith("tracing: otlp: max_batch_spans"));
}

TEST(TracingTest, TwoInOneProcessKeepTheirSpansApart) {
  const TracedHost one;
  const TracedHost other;
  const SpanContext of_one = one.Record("job", microseconds(1));
  // Under a span of the first, it is in the same trace, and shown by its own host alone.
  Span parent = one.tracer.StartSpan("parent");
  const SpanContext of_other = other.Record("job", microseconds(1));
  EXPECT_EQ(of_other.trace_id, parent.context().trace_id);
  EXPECT_THAT(one.telemetry->tracer_provider()->ActiveSpans(), SizeIs(1));
  EXPECT_THAT(other.telemetry->tracer_provider()->ActiveSpans(), IsEmpty());
  one.telemetry->tracer_provider()->Drain();
  other.telemetry->tracer_provider()->Drain();
  EXPECT_TRUE(one.telemetry->trace_store()->Find(of_one.trace_id));
  EXPECT_FALSE(one.telemetry->trace_store()->Find(of_other.trace_id));
  EXPECT_TRUE(other.telemetry->trace_store()->Find(of_other.trace_id));
  EXPECT_FALSE(other.telemetry->trace_store()->Find(of_one.trace_id));
  EXPECT_THAT(one.Page(), HasSubstr("\nvitals_trace_spans_total 1\n"));
  EXPECT_THAT(other.Page(), HasSubstr("\nvitals_trace_spans_total 1\n"));
  one.telemetry->Stop();
  EXPECT_TRUE(other.tracer.IsEnabled());
}

// What a fork child does with the telemetry of its parent, and with its own; 0 when all is well.
int InChild(Telemetry& parents, const Tracer& tracer, const TraceId& parents_trace) {
  if (Span(tracer, "child").IsRecording()) return 1;
  if (parents.trace_store()->Find(parents_trace)) return 2;
  if (!parents.tracer_provider()->ActiveSpans().empty()) return 3;
  Snapshot snapshot;
  parents.gatherers().Gather(snapshot);
  parents.Stop();
  TelemetryOptions options = {.exporter = std::nullopt};
  const auto own = Telemetry::Create(std::move(options));
  if (!own.ok()) return 4;
  const SpanContext context = Span((*own)->GetTracer("child"), "job").context();
  (*own)->tracer_provider()->Drain();
  return (*own)->trace_store()->Find(context.trace_id) ? 0 : 5;
}

TEST(TracingTest, IsOffInAForkChildAndCanBeMadeAnewThere) {
  OtlpEndpoint endpoint;
  TracedHost host({.otlp = OtlpHttpExporterOptions{.url = endpoint.Url()}});
  const SpanContext context = host.Record("job", microseconds(1));
  host.telemetry->tracer_provider()->Drain();
  Span open = host.tracer.StartSpan("open");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);
    int result = InChild(*host.telemetry, host.tracer, context.trace_id);
    host.telemetry.reset();
    _exit(result);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(host.telemetry->trace_store()->Find(context.trace_id));
  EXPECT_THAT(host.telemetry->tracer_provider()->ActiveSpans(), SizeIs(1));
}

}  // namespace
}  // namespace vitals
