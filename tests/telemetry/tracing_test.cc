#include "vitals/telemetry/tracing.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/otlp_endpoint.h"
#include "tests/net/raw_client.h"
#include "tests/net/server_test.h"
#include "tests/telemetry/traced_host.h"
#include "tests/testing/child_process.h"
#include "vitals/metrics/lint.h"
#include "vitals/telemetry/telemetry.h"

namespace vitals {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TracedHost;
using testing::TracePath;
using vitals_test::Eventually;
using vitals_test::InChild;
using vitals_test::kChildCanStartThreads;
using vitals_test::OtlpEndpoint;
using vitals_test::RawClient;

TEST(TracingTest, IsOnUnlessItIsTurnedOff) {
  TelemetryOptions options;
  options.exporter->http.port = 0;
  options.tracing->store->grace_period = std::chrono::seconds(0);
  const auto telemetry = Telemetry::Create(std::move(options));
  ASSERT_TRUE(telemetry.ok()) << telemetry.status();
  ASSERT_NE((*telemetry)->tracer_provider(), nullptr);
  const std::shared_ptr<TraceStore> store = (*telemetry)->trace_store();
  ASSERT_NE(store, nullptr);
  const Tracer tracer = (*telemetry)->GetTracer("worker");
  EXPECT_TRUE(tracer.IsEnabled());
  EXPECT_EQ(tracer.component(), "worker");
  const SpanContext context = Span(tracer, "job").context();
  EXPECT_TRUE(Eventually([&] { return store->stats().traces == 1; }));

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
int TraceInChild(Telemetry& parents, const Tracer& tracer, const TraceId& parents_trace) {
  if (Span(tracer, "child").IsRecording()) return 1;
  if (parents.trace_store()->Find(parents_trace)) return 2;
  if (!parents.tracer_provider()->ActiveSpans().empty()) return 3;
  Snapshot snapshot;
  parents.gatherers().Gather(snapshot);
  parents.Stop();
  if (!kChildCanStartThreads) return 0;
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
  EXPECT_EQ(InChild([&] {
              const int result = TraceInChild(*host.telemetry, host.tracer, context.trace_id);
              host.telemetry.reset();
              return result;
            }),
            0);
  EXPECT_TRUE(host.telemetry->trace_store()->Find(context.trace_id));
  EXPECT_THAT(host.telemetry->tracer_provider()->ActiveSpans(), SizeIs(1));
}

}  // namespace
}  // namespace vitals
