#include "vitals/trace/span.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using std::chrono::nanoseconds;
using testing::kFirstUnixNs;
using testing::Traced;

TEST(SpanTest, TellsWhatItIs) {
  Traced traced;
  {
    const Span span = traced.tracer.StartSpan("compress", SpanKind::kConsumer);
    traced.clock->Advance(nanoseconds(1234));
  }
  const SpanData span = traced.EndedSpan();
  EXPECT_TRUE(span.trace_id.IsValid());
  EXPECT_TRUE(span.span_id.IsValid());
  EXPECT_FALSE(span.parent_span_id.IsValid());
  EXPECT_FALSE(span.parent_is_remote);
  EXPECT_TRUE(span.IsLocalRoot());
  EXPECT_EQ(span.flags, kTraceFlagSampled | kTraceFlagRandom);
  EXPECT_EQ(span.kind, SpanKind::kConsumer);
  EXPECT_EQ(span.status, SpanStatus::kUnset);
  EXPECT_EQ(span.name, "compress");
  EXPECT_EQ(span.component, "test");
  EXPECT_EQ(span.start_unix_ns, kFirstUnixNs);
  EXPECT_EQ(span.end_unix_ns, kFirstUnixNs + 1234);
  EXPECT_EQ(span.duration_ns(), 1234u);
  EXPECT_EQ(span.thread_id, static_cast<std::uint32_t>(gettid()));
  EXPECT_EQ(span.status_message, "");
  EXPECT_EQ(span.trace_state, "");
  EXPECT_TRUE(span.attributes.empty() && span.events.empty() && span.links.empty());
  EXPECT_EQ(span.dropped_attributes + span.dropped_events + span.dropped_links, 0u);
  EXPECT_EQ(span.truncated_values, 0u);
}

TEST(SpanTest, EveryKindArrives) {
  Traced traced;
  for (const SpanKind kind : {SpanKind::kInternal, SpanKind::kServer, SpanKind::kClient,
                              SpanKind::kProducer, SpanKind::kConsumer}) {
    traced.tracer.StartSpan("x", kind).End();
    EXPECT_EQ(traced.EndedSpan().kind, kind);
  }
  traced.tracer.StartSpan("x").End();
  EXPECT_EQ(traced.EndedSpan().kind, SpanKind::kInternal);
}

TEST(SpanTest, ATimeThatPassesBeforeTheDrainDoesNotCount) {
  Traced traced;
  for (std::uint64_t second = 0; second < 10; ++second) {
    Span span = traced.tracer.StartSpan("x");
    traced.clock->Advance(std::chrono::milliseconds(300));
    span.End();
    traced.clock->Advance(std::chrono::milliseconds(700));
    const SpanData ended = traced.EndedSpan();
    EXPECT_EQ(ended.start_unix_ns, kFirstUnixNs + second * 1'000'000'000);
    EXPECT_EQ(ended.duration_ns(), 300'000'000u);
  }
}

TEST(SpanTest, EndsOnce) {
  Traced traced;
  {
    Span span = traced.tracer.StartSpan("x");
    EXPECT_TRUE(span.IsRecording());
    traced.clock->Advance(nanoseconds(5));
    span.End();
    EXPECT_FALSE(span.IsRecording());
    traced.clock->Advance(nanoseconds(7));
    span.SetAttribute("late", 1);
    span.AddEvent("late");
    span.AddLink(span.context());
    span.SetStatus(SpanStatus::kError, "late");
    span.UpdateName("late");
    span.End();
  }
  const SpanData span = traced.EndedSpan();
  EXPECT_EQ(span.name, "x");
  EXPECT_EQ(span.duration_ns(), 5u);
  EXPECT_EQ(span.status, SpanStatus::kUnset);
  EXPECT_TRUE(span.attributes.empty() && span.events.empty() && span.links.empty());
}

TEST(SpanTest, AnEndedSpanKeepsItsContextForMessages) {
  Traced traced;
  Span span = traced.tracer.StartSpan("x");
  const SpanContext context = span.context();
  span.End();
  EXPECT_EQ(span.context(), context);
  EXPECT_EQ(traced.EndedSpan().span_id, context.span_id);
}

TEST(SpanTest, NamesAreLiteralsOrInterned) {
  Traced traced;
  std::string text = "made at run time";
  traced.tracer.StartSpan(InternName(text)).End();
  text.assign(text.size(), '#');
  EXPECT_EQ(traced.EndedSpan().name, "made at run time");
  traced.tracer.StartSpan("").End();
  EXPECT_EQ(traced.EndedSpan().name, "");
  traced.tracer.StartSpan("bad \xFF name").End();
  EXPECT_EQ(traced.EndedSpan().name, "bad \xEF\xBF\xBD name");
}

TEST(SpanTest, EqualNamesOfDifferentPlacesAreOneText) {
  Traced traced;
  static constexpr char kElsewhere[] = "twice";
  traced.tracer.StartSpan("twice").End();
  traced.tracer.StartSpan(kElsewhere).End();
  traced.tracer.StartSpan(InternName("twice")).End();
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].name.data(), spans[1].name.data());
  EXPECT_EQ(spans[0].name.data(), spans[2].name.data());
}

TEST(SpanTest, ALongNameIsCut) {
  Traced traced;
  static constexpr auto kLong = [] {
    std::array<char, 301> text{};
    text.fill('n');
    text.back() = '\0';
    return text;
  }();
  traced.tracer.StartSpan(InternedName::FromStatic(kLong.data())).End();
  EXPECT_EQ(traced.EndedSpan().name, std::string(kMaxInternedNameBytes, 'n'));
}

TEST(SpanTest, IsNamedAnew) {
  Traced traced;
  Span span = traced.tracer.StartSpan("request");
  span.UpdateName("GET /jobs");
  span.UpdateName(InternName("GET /jobs/{id}"));
  span.End();
  EXPECT_EQ(traced.EndedSpan().name, "GET /jobs/{id}");
}

TEST(SpanTest, StartsWhenItIsTold) {
  Traced traced;
  const TraceTime queued = traced.tracer.Now();
  EXPECT_NE(queued.ticks, 0u);
  traced.clock->Advance(nanoseconds(100));
  Span span = traced.tracer.StartSpan("x", {.kind = SpanKind::kConsumer, .start = queued});
  traced.clock->Advance(nanoseconds(11));
  span.End();
  const SpanData ended = traced.EndedSpan();
  EXPECT_EQ(ended.kind, SpanKind::kConsumer);
  EXPECT_EQ(ended.start_unix_ns, kFirstUnixNs);
  EXPECT_EQ(ended.duration_ns(), 111u);
}

TEST(SpanTest, NeverEndsBeforeItStarts) {
  Traced traced;
  const TraceTime future{traced.tracer.Now().ticks + 1000};
  traced.tracer.StartSpan("x", {.start = future}).End();
  const SpanData ended = traced.EndedSpan();
  EXPECT_EQ(ended.start_unix_ns, kFirstUnixNs + 1000);
  EXPECT_EQ(ended.duration_ns(), 0u);
}

TEST(SpanTest, ThreadAndItsNameAreThoseOfTheEnd) {
  Traced traced;
  Span span = traced.tracer.StartSpan("x", {.detached = true});
  std::uint32_t thread_id = 0;
  std::thread([&] {
    pthread_setname_np(pthread_self(), "io-7");
    thread_id = static_cast<std::uint32_t>(gettid());
    span.End();
  }).join();
  const SpanData ended = traced.EndedSpan();
  EXPECT_EQ(ended.thread_id, thread_id);
  EXPECT_EQ(ended.thread_name, "io-7");
}

struct Job {
  explicit Job(const Tracer& tracer) : span(tracer, "job") {}
  Span span;
};

TEST(SpanTest, LivesWhereItIsMade) {
  Traced traced;
  std::optional<Span> in_optional;
  in_optional.emplace(traced.tracer, InternedName("optional"), SpanKind::kClient);
  auto on_heap =
      std::make_unique<Span>(traced.tracer, InternedName("heap"), SpanOptions{.detached = true});
  auto in_member = std::make_unique<Job>(traced.tracer);
  const SpanId optional_id = in_optional->context().span_id;
  in_member.reset();
  on_heap.reset();
  in_optional.reset();
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].name, "job");
  EXPECT_EQ(spans[1].name, "heap");
  EXPECT_EQ(spans[2].name, "optional");
  EXPECT_EQ(spans[0].parent_span_id, optional_id) << "the one on the heap is detached";
  EXPECT_EQ(spans[1].parent_span_id, optional_id);
  EXPECT_EQ(spans[2].kind, SpanKind::kClient);
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(SpanTest, AnEmptyTracerRecordsNothing) {
  const Tracer tracer;
  EXPECT_FALSE(tracer.IsEnabled());
  EXPECT_EQ(tracer.Now().ticks, 0u);
  EXPECT_EQ(tracer.component(), "");
  Span span = tracer.StartSpan("x");
  EXPECT_FALSE(span.IsRecording());
  EXPECT_FALSE(span.context().IsValid());
  span.SetAttribute("a", 1);
  span.AddEvent("e");
  span.SetStatus(SpanStatus::kError, "m");
  span.UpdateName("y");
  span.Detach();
  span.Attach();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  span.End();
}

TEST(SpanTest, AnEmptyTracerPassesTheContextOn) {
  Traced traced;
  const Span outer = traced.tracer.StartSpan("outer");
  Span span = Tracer().StartSpan("x");
  EXPECT_EQ(span.context(), outer.context());
  EXPECT_EQ(CurrentSpanContext(), outer.context());
  const SpanContext other{.trace_id = {1, 2}, .span_id = {3}};
  EXPECT_EQ(Tracer().StartSpan("x", {.parent = other}).context(), other);
}

TEST(SpanTest, TimeNeverGoesBackWithTheRealClock) {
  const auto provider = TracerProvider::Create({.drain_interval = {}}).value();
  const auto collector = std::make_shared<testing::SpanCollector>();
  ASSERT_TRUE(provider->AddProcessor(collector).ok());
  const Tracer tracer = provider->GetTracer("test");
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  for (int i = 0; i < 100'000; ++i) {
    tracer.StartSpan("x").End();
    if (i % 1000 == 0) provider->Drain();
  }
  provider->Drain();
  const auto after = std::chrono::system_clock::now().time_since_epoch();
  const std::vector<SpanData> spans = collector->Take();
  ASSERT_EQ(spans.size(), 100'000u);
  std::uint64_t last = 0;
  for (const SpanData& span : spans) {
    ASSERT_GE(span.start_unix_ns, last);
    ASSERT_GE(span.end_unix_ns, span.start_unix_ns);
    last = span.end_unix_ns;
  }
  // The clocks were compared within a millisecond of the truth.
  constexpr std::int64_t kTolerance = 5'000'000;
  EXPECT_GE(static_cast<std::int64_t>(spans.front().start_unix_ns),
            nanoseconds(before).count() - kTolerance);
  EXPECT_LE(static_cast<std::int64_t>(last), nanoseconds(after).count() + kTolerance);
}

}  // namespace
}  // namespace vitals
