#include <unistd.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/child_process.h"
#include "tests/trace/traced.h"
#include "vitals/trace/trace_state.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;
using vitals_test::ExpectInForkChild;

TEST(TraceForkTest, TheParentsProviderIsOffInTheChild) {
  Traced traced;
  traced.tracer.StartSpan("parent's").End();
  ExpectInForkChild([&] {
    const bool off = !traced.tracer.IsEnabled() && !traced.tracer.StartSpan("x").IsRecording();
    traced.provider->SetSampler(Sampler::Always());
    const bool still_off = !traced.tracer.IsEnabled() &&
                           !traced.provider->GetTracer("test").IsEnabled() &&
                           !traced.provider->GetTracer("new").IsEnabled();
    const bool added = traced.provider->AddProcessor(traced.collector).ok();
    const bool none = traced.Ended().empty() && traced.provider->ActiveSpans().empty();
    traced.provider->Stop();
    return off && still_off && added && none && traced.collector->Take().empty();
  });
  EXPECT_EQ(traced.EndedSpan().name, "parent's") << "once, here";
}

TEST(TraceForkTest, AProviderWithoutTracersIsOffToo) {
  const auto provider = TracerProvider::Create({.drain_interval = {}}).value();
  ExpectInForkChild([&] { return !provider->GetTracer("first").IsEnabled(); });
  EXPECT_TRUE(provider->GetTracer("first").IsEnabled());
}

TEST(TraceForkTest, ANewProviderWorksInTheChild) {
  Traced traced;
  traced.tracer.StartSpan("parent's").End();
  ExpectInForkChild([&] {
    Traced own;
    own.tracer.StartSpan("own").End();
    std::thread([&] { own.tracer.StartSpan("of a thread").End(); }).join();
    const std::vector<SpanData> spans = own.Ended();
    return spans.size() == 2 && own.provider->stats().spans == 2 &&
           std::set{spans[0].name, spans[1].name} ==
               std::set<std::string_view>{"own", "of a thread"};
  });
}

TEST(TraceForkTest, TheChildsThreadIsAnother) {
  Traced traced;
  traced.tracer.StartSpan("x").End();
  ExpectInForkChild([&] {
    Traced own;
    own.tracer.StartSpan("own").End();
    return own.EndedSpan().thread_id == static_cast<std::uint32_t>(gettid());
  });
}

TEST(TraceForkTest, ParentAndChildDrawDifferentIds) {
  Traced traced;
  traced.tracer.StartSpan("x").End();
  traced.Ended();
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  ExpectInForkChild([&] {
    Traced own;
    const SpanContext context = own.tracer.StartSpan("own").context();
    return write(pipe_ends[1], &context, sizeof(context)) == sizeof(context);
  });
  SpanContext of_child;
  ASSERT_EQ(read(pipe_ends[0], &of_child, sizeof(of_child)), ssize_t{sizeof(of_child)});
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  const Span span = traced.tracer.StartSpan("x");
  EXPECT_TRUE(of_child.IsValid());
  EXPECT_NE(span.context().trace_id, of_child.trace_id);
  EXPECT_NE(span.context().span_id, of_child.span_id);
}

TEST(TraceForkTest, ASpanThatIsOpenEndsInBoth) {
  Traced traced;
  Span span = traced.tracer.StartSpan("open");
  const SpanContext context = span.context();
  ExpectInForkChild([&] {
    Traced own;
    // What the child does, it does for the parent's span.
    Span child = own.tracer.StartSpan("child");
    const bool inherited = child.context().trace_id == context.trace_id;
    child.End();
    span.SetAttribute("a", 1);
    span.End();
    const SpanData ended = own.EndedSpan();
    return inherited && ended.name == "child" && ended.parent_span_id == context.span_id &&
           !CurrentSpanContext().IsValid() && own.provider->ActiveSpans().empty();
  });
  span.End();
  EXPECT_EQ(traced.EndedSpan().span_id, context.span_id);
}

TEST(TraceForkTest, ASpanOfAnotherThreadEndsInTheChild) {
  Traced traced;
  std::unique_ptr<Span> span;
  std::atomic<bool> done{false};
  std::atomic<bool> started{false};
  std::thread thread([&] {
    span = std::make_unique<Span>(traced.tracer, InternedName("elsewhere"),
                                  SpanOptions{.detached = true});
    started = true;
    while (!done) std::this_thread::yield();
  });
  while (!started) std::this_thread::yield();
  ExpectInForkChild([&] {
    Traced own;
    span->End();
    const bool none = own.provider->ActiveSpans().empty() && own.Ended().empty();
    Span own_span = own.tracer.StartSpan("own");
    return none && own.provider->ActiveSpans().size() == 1;
  });
  EXPECT_EQ(traced.provider->ActiveSpans().size(), 1u);
  done = true;
  thread.join();
  span.reset();
  EXPECT_EQ(traced.Ended().size(), 1u);
}

TEST(TraceForkTest, AChildIsFreeWhateverOtherThreadsDid) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "in the child the sanitizers go by threads that are not there";
#endif
  Traced traced;
  std::atomic<bool> stopped{false};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stopped) traced.Ended();
  });
  threads.emplace_back([&] {
    const SpanContext parent{.trace_id = {1, 2},
                             .span_id = {3},
                             .trace_state = StoreTraceState("a=1"),
                             .flags = kTraceFlagSampled};
    for (int i = 0; !stopped; ++i) {
      // Names and tracestates are looked up while rings are drained.
      Span span(traced.tracer, InternName("name " + std::to_string(i % 50)), {.parent = parent});
      span.AddLink(parent);
    }
  });
  threads.emplace_back([&] {
    while (!stopped) {
      std::thread([&] { traced.tracer.StartSpan("short").End(); }).join();
      traced.provider->SetSampler(Sampler::Always());
      traced.provider->ActiveSpans();
    }
  });
  for (int i = 0; i < 30; ++i) {
    ExpectInForkChild([&] {
      traced.provider->GetTracer("child");
      Traced own;
      const Span span(own.tracer, InternName("in the child " + std::to_string(i)),
                      {.parent = SpanContext{.trace_id = {1, 2},
                                             .span_id = {3},
                                             .trace_state = StoreTraceState("b=2"),
                                             .flags = kTraceFlagSampled}});
      std::thread([&] { own.tracer.StartSpan("of a thread").End(); }).join();
      return own.Ended().size() == 1;
    });
  }
  stopped = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace vitals
