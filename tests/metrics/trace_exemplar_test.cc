#include "vitals/metrics/trace_exemplar.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Gathered;
using ::testing::IsEmpty;

constexpr SpanContext kSampled = {.trace_id = {0x4bf92f3577b34da6, 0xa3ce929d0e0e4736},
                                  .span_id = {0x00f067aa0ba902b7},
                                  .flags = kTraceFlagSampled};
constexpr const char* kSampledLabels =
    R"(trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7")";

// Works under a context for as long as it lives.
class WithContext {
 public:
  explicit WithContext(const SpanContext& context) { model::current_span_context = context; }
  ~WithContext() { model::current_span_context = {}; }
};

std::vector<std::string> Labels(const MetricFamily& family) {
  std::vector<std::string> labels;
  for (const Exemplar& exemplar : family.exemplars()) {
    labels.emplace_back(exemplar.label_text());
  }
  return labels;
}

TEST(TraceExemplarTest, TheCurrentSpanBecomesTheExemplar) {
  Registry registry;
  const Counter jobs = registry.AddCounter({.name = "jobs_total"}).value();
  const DoubleCounter busy = registry.AddDoubleCounter({.name = "busy_seconds_total"}).value();
  const Histogram latency =
      registry.AddHistogram({.name = "latency_seconds", .bounds = {1, 2}}).value();
  const WithContext context(kSampled);
  IncrementWithTrace(jobs);
  IncrementWithTrace(jobs, 4);
  IncrementWithTrace(busy, 0.5);
  ObserveWithTrace(latency, 1.5);

  const Gathered counted(registry, "jobs_total");
  EXPECT_EQ(counted->Unsigned(0), 5U);
  EXPECT_THAT(Labels(*counted), ElementsAre(kSampledLabels));
  EXPECT_EQ(counted->exemplars()[0].value, 4.0);
  EXPECT_THAT(Labels(*Gathered(registry, "busy_seconds_total")), ElementsAre(kSampledLabels));
  const Gathered observed(registry, "latency_seconds");
  EXPECT_EQ(observed->Histogram(0).count(), 1U);
  EXPECT_THAT(Labels(*observed), ElementsAre(kSampledLabels));
  EXPECT_EQ(observed->exemplars()[0].bin, 1U);
}

TEST(TraceExemplarTest, AContextMayBeGiven) {
  Registry registry;
  const Counter jobs = registry.AddCounter({.name = "jobs_total"}).value();
  const DoubleCounter busy = registry.AddDoubleCounter({.name = "busy_seconds_total"}).value();
  const Histogram latency =
      registry.AddHistogram({.name = "latency_seconds", .bounds = {1}}).value();
  IncrementWithTrace(jobs, 1, kSampled);
  IncrementWithTrace(busy, 1, kSampled);
  ObserveWithTrace(latency, 1, kSampled);
  for (const char* const name : {"jobs_total", "busy_seconds_total", "latency_seconds"}) {
    EXPECT_THAT(Labels(*Gathered(registry, name)), ElementsAre(kSampledLabels)) << name;
  }
}

TEST(TraceExemplarTest, WhatLeadsToNoTraceIsRecordedPlain) {
  SpanContext unsampled = kSampled;
  unsampled.flags = kTraceFlagRandom;
  SpanContext no_trace = kSampled;
  no_trace.trace_id = {};
  for (const SpanContext& context : {SpanContext(), unsampled, no_trace}) {
    Registry registry;
    const Counter jobs = registry.AddCounter({.name = "jobs_total"}).value();
    const DoubleCounter busy = registry.AddDoubleCounter({.name = "busy_seconds_total"}).value();
    const Histogram latency =
        registry.AddHistogram({.name = "latency_seconds", .bounds = {1}}).value();
    const WithContext current(context);
    IncrementWithTrace(jobs, 3);
    IncrementWithTrace(busy, 0.5);
    ObserveWithTrace(latency, 0.5);
    EXPECT_EQ(Gathered(registry, "jobs_total")->Unsigned(0), 3U);
    EXPECT_EQ(Gathered(registry, "latency_seconds")->Histogram(0).count(), 1U);
    for (const char* const name : {"jobs_total", "busy_seconds_total", "latency_seconds"}) {
      EXPECT_THAT(Labels(*Gathered(registry, name)), IsEmpty()) << name;
    }
  }
}

}  // namespace
}  // namespace vitals
