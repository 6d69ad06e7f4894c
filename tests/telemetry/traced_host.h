#ifndef VITALS_TESTS_TELEMETRY_TRACED_HOST_H_
#define VITALS_TESTS_TELEMETRY_TRACED_HOST_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "tests/net/raw_client.h"
#include "vitals/telemetry/telemetry.h"
#include "vitals/testing/fake_clock.h"

namespace vitals::testing {

/// Every trace is kept, nothing but spans is on the page, and the test drains.
struct TracedHost {
  explicit TracedHost(TracingOptions tracing = {}) {
    tracing.provider.drain_interval = std::chrono::milliseconds(0);
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
    return vitals_test::RawClient::Tcp(telemetry->port())
        .Get(path, "Accept: application/openmetrics-text\r\n")
        ->body;
  }

  int Status(std::string_view path) const {
    return vitals_test::RawClient::Tcp(telemetry->port()).Get(path)->status;
  }

  /// The page after all spans were drained.
  std::string DrainedPage() const {
    telemetry->tracer_provider()->Drain();
    return Page();
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::unique_ptr<Telemetry> telemetry;
  Tracer tracer;
};

inline std::string TracePath(const SpanContext& context) {
  return "/api/v1/traces/" + context.trace_id.ToString();
}

}  // namespace vitals::testing

#endif  // VITALS_TESTS_TELEMETRY_TRACED_HOST_H_
