#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using std::chrono::nanoseconds;
using testing::kFirstUnixNs;
using testing::Traced;

std::unique_ptr<Span> Start(const Traced& traced, bool detached = false) {
  return std::make_unique<Span>(traced.tracer, InternedName("x"),
                                SpanOptions{.detached = detached});
}

TEST(ActiveSpansTest, ShowWhatIsOpenAndSinceWhen) {
  Traced traced;
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
  Span outer = traced.tracer.StartSpan("outer", SpanKind::kServer);
  traced.clock->Advance(nanoseconds(100));
  Span inner = traced.provider->GetTracer("disk").StartSpan("inner", SpanKind::kClient);
  traced.clock->Advance(nanoseconds(10));
  std::vector<ActiveSpan> spans = traced.provider->ActiveSpans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].trace_id, outer.context().trace_id);
  EXPECT_EQ(spans[0].span_id, outer.context().span_id);
  EXPECT_FALSE(spans[0].parent_span_id.IsValid());
  EXPECT_EQ(spans[0].kind, SpanKind::kServer);
  EXPECT_EQ(spans[0].name, "outer");
  EXPECT_EQ(spans[0].component, "test");
  EXPECT_EQ(spans[0].start_unix_ns, kFirstUnixNs);
  EXPECT_EQ(spans[0].duration_ns, 110u);
  EXPECT_EQ(spans[0].thread_id, static_cast<std::uint32_t>(gettid()));
  EXPECT_EQ(spans[1].span_id, inner.context().span_id);
  EXPECT_EQ(spans[1].parent_span_id, outer.context().span_id);
  EXPECT_EQ(spans[1].kind, SpanKind::kClient);
  EXPECT_EQ(spans[1].component, "disk");
  EXPECT_EQ(spans[1].start_unix_ns, kFirstUnixNs + 100);
  EXPECT_EQ(spans[1].duration_ns, 10u);
  outer.End();
  inner.UpdateName("renamed");
  spans = traced.provider->ActiveSpans();
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].name, "renamed");
  inner.End();
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
}

TEST(ActiveSpansTest, AreSortedByStart) {
  Traced traced;
  const TraceTime earlier = traced.tracer.Now();
  traced.clock->Advance(nanoseconds(50));
  const Span second = traced.tracer.StartSpan("second");
  const Span first = traced.tracer.StartSpan("first", {.start = earlier});
  const std::vector<ActiveSpan> spans = traced.provider->ActiveSpans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].name, "first");
  EXPECT_EQ(spans[0].duration_ns, 50u);
  EXPECT_EQ(spans[1].name, "second");
}

TEST(ActiveSpansTest, ShowDetachedOnesAndWhereTheyStarted) {
  Traced traced;
  auto span = Start(traced, true);
  std::thread([&] {
    span->Attach();
    const std::vector<ActiveSpan> spans = traced.provider->ActiveSpans();
    ASSERT_EQ(spans.size(), 1u);
    EXPECT_NE(spans[0].thread_id, static_cast<std::uint32_t>(gettid()));
    span->Detach();
  }).join();
  EXPECT_EQ(traced.provider->ActiveSpans().size(), 1u);
  std::thread([&] { span.reset(); }).join();
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
}

TEST(ActiveSpansTest, ShowAllThreads) {
  Traced traced;
  std::mutex mutex;
  std::condition_variable changed;
  int open = 0;
  bool done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      pthread_setname_np(pthread_self(), ("worker" + std::to_string(i)).c_str());
      const Span span = traced.tracer.StartSpan("x");
      std::unique_lock lock(mutex);
      ++open;
      changed.notify_all();
      changed.wait(lock, [&] { return done; });
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open == 3; });
  }
  const std::vector<ActiveSpan> spans = traced.provider->ActiveSpans();
  EXPECT_EQ(spans.size(), 3u);
  for (const ActiveSpan& span : spans) EXPECT_TRUE(span.thread_name.starts_with("worker"));
  {
    const std::lock_guard lock(mutex);
    done = true;
  }
  changed.notify_all();
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
}

TEST(ActiveSpansTest, AreOfTheirProviderAndSampledOnly) {
  Traced traced;
  Traced other;
  Traced unsampled(Sampler::Ratio(0));
  const Span span = traced.tracer.StartSpan("x", {.parent = SpanContext()});
  const Span dropped = unsampled.tracer.StartSpan("x", {.parent = SpanContext()});
  EXPECT_EQ(traced.provider->ActiveSpans().size(), 1u);
  EXPECT_TRUE(other.provider->ActiveSpans().empty());
  EXPECT_TRUE(unsampled.provider->ActiveSpans().empty());
}

TEST(ActiveSpansTest, WhatFindsNoPlaceIsCounted) {
  Traced traced;
  std::thread([&] {
    const std::uint64_t unlisted = traced.provider->stats().unlisted_open_spans;
    std::vector<std::unique_ptr<Span>> spans;
    for (int i = 0; i < 70; ++i) spans.push_back(Start(traced));
    EXPECT_EQ(traced.provider->ActiveSpans().size(), 64u);
    EXPECT_EQ(traced.provider->stats().unlisted_open_spans, unlisted + 6);
    while (!spans.empty()) spans.pop_back();
    EXPECT_TRUE(traced.provider->ActiveSpans().empty());
    // Detached ones leave half of the places to contexts.
    for (int i = 0; i < 40; ++i) spans.push_back(Start(traced, true));
    EXPECT_EQ(traced.provider->ActiveSpans().size(), 32u);
    for (int i = 0; i < 40; ++i) spans.push_back(Start(traced));
    EXPECT_EQ(traced.provider->ActiveSpans().size(), 64u);
    EXPECT_EQ(traced.provider->stats().unlisted_open_spans, unlisted + 6 + 8 + 8);
    while (!spans.empty()) spans.pop_back();
  }).join();
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
}

TEST(ActiveSpansTest, AreListedWhileThreadsComeAndGo) {
  Traced traced;
  std::atomic<bool> stopped{false};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stopped) {
      Span outer = traced.tracer.StartSpan("outer", SpanKind::kServer);
      Span inner = traced.tracer.StartSpan("inner", SpanKind::kClient);
      inner.UpdateName("renamed");
    }
  });
  threads.emplace_back([&] {
    while (!stopped) {
      std::thread([&] { traced.tracer.StartSpan("short", SpanKind::kProducer).End(); }).join();
    }
  });
  for (int i = 0; i < 100; ++i) {
    for (const ActiveSpan& span : traced.provider->ActiveSpans()) {
      // All of one span: the kind goes with the name.
      if (span.kind == SpanKind::kServer) {
        EXPECT_EQ(span.name, "outer");
        EXPECT_FALSE(span.parent_span_id.IsValid());
      } else if (span.kind == SpanKind::kClient) {
        EXPECT_TRUE(span.name == "inner" || span.name == "renamed") << span.name;
        EXPECT_TRUE(span.parent_span_id.IsValid());
      } else {
        EXPECT_EQ(span.name, "short");
      }
      EXPECT_TRUE(span.trace_id.IsValid() && span.span_id.IsValid());
    }
    if (i % 25 == 0) traced.Ended();
  }
  stopped = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(traced.provider->ActiveSpans().empty());
}

}  // namespace
}  // namespace vitals
