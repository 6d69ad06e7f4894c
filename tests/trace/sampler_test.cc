#include "vitals/trace/sampler.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using testing::Traced;

constexpr std::uint64_t kAllRandomValues = std::uint64_t{1} << 56;

constexpr SpanContext Parent(std::uint8_t flags) {
  return {.trace_id = {1, 2}, .span_id = {3}, .flags = flags};
}

bool Samples(const Sampler& sampler, const TraceId& trace_id, SpanContext parent = {}) {
  return sampler.ShouldSample(
      {.trace_id = trace_id, .parent = parent, .name = {}, .kind = SpanKind::kInternal}, 0);
}

bool Records(const Traced& traced) { return traced.tracer.StartSpan("x").IsRecording(); }

TEST(SamplerTest, AlwaysRecordsAndNeverDoesNot) {
  EXPECT_TRUE(Samples(Sampler::Always(), {1, 2}));
  EXPECT_FALSE(Samples(Sampler::Never(), {1, 2}));
}

TEST(SamplerTest, ARatioIsAThresholdOfTheLowSevenBytes) {
  EXPECT_EQ(Sampler::RatioThreshold(1), 0u);
  EXPECT_EQ(Sampler::RatioThreshold(2), 0u);
  EXPECT_EQ(Sampler::RatioThreshold(0), kAllRandomValues);
  EXPECT_EQ(Sampler::RatioThreshold(-1), kAllRandomValues);
  EXPECT_EQ(Sampler::RatioThreshold(std::nan("")), kAllRandomValues);
  EXPECT_EQ(Sampler::RatioThreshold(std::numeric_limits<double>::infinity()), 0u);
  EXPECT_EQ(Sampler::RatioThreshold(0.5), kAllRandomValues / 2);
  EXPECT_EQ(Sampler::RatioThreshold(0.25), kAllRandomValues / 4 * 3);
  // 2^56 / 10 is 7205759403792793.6.
  EXPECT_EQ(Sampler::RatioThreshold(0.1), kAllRandomValues - 7'205'759'403'792'794);
}

TEST(SamplerTest, ARatioLooksAtNothingElse) {
  const std::uint64_t threshold = Sampler::RatioThreshold(0.25);
  const Sampler quarter = Sampler::Ratio(0.25);
  for (const std::uint64_t top : {std::uint64_t{0}, std::uint64_t{0xFF} << 56}) {
    for (const std::uint64_t high : {std::uint64_t{0}, ~std::uint64_t{0}}) {
      EXPECT_FALSE(Samples(quarter, {high, top | (threshold - 1)}));
      EXPECT_TRUE(Samples(quarter, {high, top | threshold}));
      EXPECT_TRUE(Samples(quarter, {high, top | (kAllRandomValues - 1)}));
      EXPECT_FALSE(Samples(quarter, {high, top}));
    }
  }
  EXPECT_TRUE(Samples(Sampler::Ratio(1), {1, 0}));
  EXPECT_FALSE(Samples(Sampler::Ratio(0), {1, kAllRandomValues - 1}));
}

TEST(SamplerTest, ALargerShareHasAllTracesOfASmallerOne) {
  Traced traced;
  for (int i = 0; i < 10'000; ++i) {
    const TraceId id = traced.tracer.StartSpan("x", {.parent = SpanContext()}).context().trace_id;
    bool sampled = false;
    for (const double share : {0.01, 0.1, 0.5, 0.9}) {
      EXPECT_TRUE(!sampled || Samples(Sampler::Ratio(share), id));
      sampled = Samples(Sampler::Ratio(share), id);
    }
  }
  traced.Ended();
}

TEST(SamplerTest, ARatioRecordsItsShare) {
  Traced traced(Sampler::Ratio(0.1));
  constexpr int kTraces = 100'000;
  int recorded = 0;
  for (int i = 0; i < kTraces; ++i) recorded += Records(traced) ? 1 : 0;
  // Eight standard deviations.
  EXPECT_NEAR(recorded, kTraces / 10, 760);
  EXPECT_EQ(traced.Ended().size(), static_cast<std::size_t>(recorded));
}

TEST(SamplerTest, ChildrenDoAsTheirParent) {
  for (const Sampler& sampler :
       {Sampler::Always(), Sampler::Never(), Sampler::Ratio(0.5), Sampler::RateLimited(1),
        Sampler::Custom([](const SamplingRequest&) { return false; })}) {
    EXPECT_TRUE(Samples(sampler, {1, 2}, Parent(kTraceFlagSampled)));
    EXPECT_FALSE(Samples(sampler, {1, 2}, Parent(kTraceFlagRandom)));
    Traced traced(sampler);
    Span sampled(traced.tracer, "x", {.parent = Parent(kTraceFlagSampled)});
    EXPECT_TRUE(sampled.IsRecording());
    EXPECT_TRUE(Records(traced)) << "a child of that";
    sampled.End();
    Span dropped(traced.tracer, "x", {.parent = Parent(kTraceFlagRandom)});
    EXPECT_FALSE(dropped.IsRecording());
    EXPECT_EQ(dropped.context(), Parent(kTraceFlagRandom));
    EXPECT_FALSE(Records(traced));
    EXPECT_EQ(CurrentSpanContext(), Parent(kTraceFlagRandom));
  }
}

TEST(SamplerTest, AllSpansAsksForEachSpan) {
  EXPECT_TRUE(Samples(Sampler::Always().AllSpans(), {1, 2}, Parent(kTraceFlagNone)));
  EXPECT_FALSE(Samples(Sampler::Never().AllSpans(), {1, 2}, Parent(kTraceFlagSampled)));
  Traced traced(Sampler::Custom([](const SamplingRequest& request) {
                  return request.kind == SpanKind::kServer;
                }).AllSpans());
  {
    const Span root = traced.tracer.StartSpan("root");
    EXPECT_FALSE(root.IsRecording());
    EXPECT_TRUE(root.context().IsValid());
    EXPECT_EQ(CurrentSpanContext(), root.context());
    const Span child = traced.tracer.StartSpan("child", SpanKind::kServer);
    EXPECT_TRUE(child.IsRecording());
    EXPECT_EQ(child.context().trace_id, root.context().trace_id);
    EXPECT_TRUE(child.context().IsSampled());
    const Span grandchild = traced.tracer.StartSpan("grandchild");
    EXPECT_FALSE(grandchild.IsRecording());
    EXPECT_FALSE(grandchild.context().IsSampled());
  }
  EXPECT_EQ(traced.EndedSpan().name, "child");
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(SamplerTest, NeverGivesNoIds) {
  Traced traced(Sampler::Never());
  Span span = traced.tracer.StartSpan("x");
  EXPECT_FALSE(span.IsRecording());
  EXPECT_EQ(span.context(), SpanContext());
  EXPECT_EQ(CurrentSpanContext(), SpanContext());
  span.End();
  EXPECT_TRUE(traced.Ended().empty());
}

TEST(SamplerTest, AnUnsampledTraceIsTold) {
  Traced traced(Sampler::Ratio(0));
  Span root = traced.tracer.StartSpan("root");
  EXPECT_FALSE(root.IsRecording());
  EXPECT_TRUE(root.context().IsValid());
  EXPECT_EQ(root.context().flags, kTraceFlagRandom);
  EXPECT_EQ(CurrentSpanContext(), root.context());
  EXPECT_EQ(traced.tracer.StartSpan("child").context(), root.context());
  root.End();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  EXPECT_TRUE(traced.Ended().empty());
}

TEST(SamplerTest, ARateHasABurstOfASecondAndThenItsPace) {
  Traced traced(Sampler::RateLimited(5));
  const auto recorded = [&] {
    int count = 0;
    while (Records(traced)) ++count;
    return count;
  };
  EXPECT_EQ(recorded(), 5);
  traced.clock->Advance(milliseconds(199));
  EXPECT_EQ(recorded(), 0);
  traced.clock->Advance(milliseconds(1));
  EXPECT_EQ(recorded(), 1);
  traced.clock->Advance(milliseconds(600));
  EXPECT_EQ(recorded(), 3);
  traced.clock->Advance(std::chrono::hours(1));
  EXPECT_EQ(recorded(), 5) << "no more than a second's worth is saved up";
  traced.Ended();
}

TEST(SamplerTest, ABurstIsExactAtEveryRate) {
  for (const int rate : {1, 3, 7, 1000, 600'001, 1'000'000}) {
    const Sampler sampler = Sampler::RateLimited(rate);
    int taken = 0;
    while (sampler.ShouldSample({}, 1'000'000'000)) ++taken;
    EXPECT_EQ(taken, rate);
    while (sampler.ShouldSample({}, 2'000'000'000)) ++taken;
    EXPECT_LE(taken, 2 * rate);
    EXPECT_GE(taken, 2 * rate - 1 - rate / 500);
  }
}

TEST(SamplerTest, RatesHaveBounds) {
  const auto burst = [](double rate) {
    const Sampler sampler = Sampler::RateLimited(rate);
    int taken = 0;
    while (sampler.ShouldSample({}, 1)) ++taken;
    return taken;
  };
  EXPECT_EQ(burst(0.1), 1) << "one in ten seconds";
  EXPECT_EQ(burst(0), 1);
  EXPECT_EQ(burst(-3), 1);
  EXPECT_EQ(burst(std::nan("")), 1);
  EXPECT_EQ(burst(1e12), 1'000'000);
}

TEST(SamplerTest, CopiesShareTheirRate) {
  const Sampler sampler = Sampler::RateLimited(2);
  const Sampler copy = sampler;
  EXPECT_TRUE(sampler.ShouldSample({}, 1));
  EXPECT_TRUE(copy.ShouldSample({}, 1));
  EXPECT_FALSE(sampler.ShouldSample({}, 1));
  EXPECT_FALSE(copy.ShouldSample({}, 1));
}

TEST(SamplerTest, ThreadsShareARate) {
  const Sampler sampler = Sampler::RateLimited(1000);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) taken += sampler.ShouldSample({}, 1) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

TEST(SamplerTest, ACustomOneIsToldWhatStarts) {
  std::vector<SamplingRequest> requests;
  Traced traced(Sampler::Custom([&](const SamplingRequest& request) {
    requests.push_back(request);
    return request.name == "wanted";
  }));
  EXPECT_FALSE(traced.tracer.StartSpan("other", SpanKind::kServer).IsRecording());
  Span wanted = traced.tracer.StartSpan("wanted", SpanKind::kConsumer);
  EXPECT_TRUE(wanted.IsRecording());
  EXPECT_TRUE(Records(traced)) << "its children are not asked for";
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].name.view(), "other");
  EXPECT_EQ(requests[0].kind, SpanKind::kServer);
  EXPECT_TRUE(requests[0].trace_id.IsValid());
  EXPECT_FALSE(requests[0].parent.IsValid());
  EXPECT_EQ(requests[1].trace_id, wanted.context().trace_id);
}

TEST(SamplerTest, AnEmptyFunctionRecordsNothing) {
  Traced traced(Sampler::Custom(nullptr));
  EXPECT_FALSE(Records(traced));
}

TEST(SamplerTest, IsReplacedAtRunTime) {
  Traced traced;
  EXPECT_TRUE(Records(traced));
  traced.provider->SetSampler(Sampler::Never());
  EXPECT_FALSE(Records(traced));
  EXPECT_TRUE(traced.tracer.IsEnabled());
  traced.provider->SetSampler(Sampler::Always());
  EXPECT_TRUE(Records(traced));
}

TEST(SamplerTest, IsReplacedWhileOthersAsk) {
  Traced traced;
  std::atomic<bool> stopped{false};
  std::thread recording([&] {
    while (!stopped) Records(traced);
  });
  for (int i = 0; i < 40; ++i) {
    traced.provider->SetSampler(Sampler::RateLimited(1e6));
    traced.provider->SetSampler(Sampler::Custom(
        [text = std::to_string(i)](const SamplingRequest&) { return !text.empty(); }));
    if (i % 20 == 0) traced.Ended();
  }
  stopped = true;
  recording.join();
}

TEST(SamplerTest, AStoppedProviderStaysOff) {
  Traced traced;
  traced.provider->Stop();
  traced.provider->SetSampler(Sampler::Always());
  EXPECT_FALSE(traced.tracer.IsEnabled());
  EXPECT_FALSE(Records(traced));
}

}  // namespace
}  // namespace vitals
