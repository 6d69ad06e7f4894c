#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/raw_client.h"
#include "tests/telemetry/traced_host.h"
#include "vitals/base/log.h"
#include "vitals/telemetry/telemetry.h"

/// \file
/// What the metrics page says of spans by name.

namespace vitals {
namespace {

using std::chrono::microseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TracedHost;
using testing::TracePath;
using vitals_test::RawClient;

TEST(SpanMetricsTest, ShowsRateErrorsAndDurationsOfSpans) {
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
TEST(SpanMetricsTest, TheSlowestSpansLeaveExemplars) {
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

TEST(SpanMetricsTest, SpansThatAreNotSampledAreNotCounted) {
  TracingOptions options;
  options.provider.sampler = Sampler::Never();
  const TracedHost host(std::move(options));
  EXPECT_FALSE(host.Record("job", microseconds(3)).IsValid());
  EXPECT_THAT(host.DrainedPage(), AllOf(HasSubstr("\nvitals_trace_spans_total 0\n"),
                                        Not(HasSubstr("vitals_spans_total{"))));
}

TEST(SpanMetricsTest, SeriesOfSpanMetricsAreBounded) {
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
TEST(SpanMetricsTest, NamesAreToldApartByTheirTextAndNotByTheirPlace) {
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

TEST(SpanMetricsTest, AreAnOption) {
  const TracedHost host({.span_metrics = std::nullopt});
  const SpanContext context = host.Record("job", microseconds(3));
  EXPECT_THAT(host.DrainedPage(),
              AllOf(HasSubstr("\nvitals_trace_spans_total 1\n"), Not(HasSubstr("vitals_span_")),
                    Not(HasSubstr("vitals_spans_"))));
  EXPECT_EQ(host.Status(TracePath(context)), 200);
}

TEST(SpanMetricsTest, AConstantLabelOfTheSameNameCostsTheSpanMetricsAlone) {
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

}  // namespace
}  // namespace vitals
