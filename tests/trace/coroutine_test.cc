#include <atomic>
#include <coroutine>
#include <exception>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

// A coroutine that starts at once and ends by itself.
struct Task {
  struct promise_type {
    Task get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

// Keeps a suspended coroutine until the test resumes it.
class Resumption {
 public:
  auto operator co_await() noexcept {
    struct Awaiter {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) noexcept { owner.handle_ = handle; }
      void await_resume() const noexcept {}
      Resumption& owner;
    };
    return Awaiter{*this};
  }

  void Resume() { std::exchange(handle_, nullptr).resume(); }
  void ResumeOnAnotherThread() {
    std::thread([this] { Resume(); }).join();
  }

 private:
  std::coroutine_handle<> handle_;
};

std::map<std::string, SpanData, std::less<>> ByName(std::vector<SpanData> spans) {
  std::map<std::string, SpanData, std::less<>> by_name;
  for (SpanData& span : spans) by_name.emplace(span.name, std::move(span));
  return by_name;
}

Task Handle(const Tracer& tracer, Resumption& read, Resumption& write) {
  Span span(tracer, "handle");
  span.Detach();
  co_await read;
  span.Attach();
  tracer.StartSpan("parse").End();
  span.Detach();
  co_await write;
  span.Attach();
  tracer.StartSpan("reply").End();
}

TEST(CoroutineTest, AContinuationHasItsOwnSpanAsParent) {
  Traced traced;
  Resumption read;
  Resumption write;
  {
    const Span caller = traced.tracer.StartSpan("caller");
    Handle(traced.tracer, read, write);
    EXPECT_EQ(CurrentSpanContext(), caller.context()) << "the coroutine waits, we do not";
    traced.tracer.StartSpan("meanwhile").End();
  }
  read.ResumeOnAnotherThread();
  {
    const Span other = traced.tracer.StartSpan("other");
    write.Resume();
    EXPECT_EQ(CurrentSpanContext(), other.context());
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  const auto spans = ByName(traced.Ended());
  ASSERT_EQ(spans.size(), 6u);
  EXPECT_EQ(spans.at("handle").parent_span_id, spans.at("caller").span_id);
  EXPECT_EQ(spans.at("meanwhile").parent_span_id, spans.at("caller").span_id);
  EXPECT_EQ(spans.at("parse").parent_span_id, spans.at("handle").span_id);
  EXPECT_EQ(spans.at("reply").parent_span_id, spans.at("handle").span_id);
  EXPECT_FALSE(spans.at("other").parent_span_id.IsValid());
}

Task HandleByScopes(const Tracer& tracer, Resumption& read) {
  const Span span(tracer, "handle", SpanOptions{.detached = true});
  {
    const ContextScope scope(span.context());
    tracer.StartSpan("ask").End();
  }
  co_await read;
  const ContextScope scope(span.context());
  tracer.StartSpan("parse").End();
}

TEST(CoroutineTest, ScopesBetweenSuspensionsDoAsWell) {
  Traced traced;
  Resumption read;
  HandleByScopes(traced.tracer, read);
  traced.tracer.StartSpan("unrelated").End();
  read.ResumeOnAnotherThread();
  const auto spans = ByName(traced.Ended());
  ASSERT_EQ(spans.size(), 4u);
  EXPECT_EQ(spans.at("ask").parent_span_id, spans.at("handle").span_id);
  EXPECT_EQ(spans.at("parse").parent_span_id, spans.at("handle").span_id);
  EXPECT_FALSE(spans.at("unrelated").parent_span_id.IsValid());
}

// A span that nobody detached: it stays the first thread's, until it has ended elsewhere.
Task Forgetful(const Tracer& tracer, Resumption& read) {
  const Span span(tracer, "forgetful");
  co_await read;
  tracer.StartSpan("after").End();
}

TEST(CoroutineTest, AForgottenDetachHarmsTheNextThreadsNothing) {
  Traced traced;
  Resumption read;
  Forgetful(traced.tracer, read);
  read.ResumeOnAnotherThread();
  traced.tracer.StartSpan("next").End();
  const auto spans = ByName(traced.Ended());
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_FALSE(spans.at("after").parent_span_id.IsValid()) << "it has no context there";
  EXPECT_FALSE(spans.at("next").parent_span_id.IsValid());
}

Task Chain(const Tracer& tracer, std::vector<Resumption>& steps, std::atomic<int>& wrong) {
  Span span(tracer, "chain");
  for (Resumption& step : steps) {
    span.Detach();
    co_await step;
    span.Attach();
    Span inner = tracer.StartSpan("inner");
    if (CurrentSpanContext() != inner.context()) ++wrong;
  }
}

TEST(CoroutineTest, ManyCoroutinesTakeTurnsOnManyThreads) {
  Traced traced;
  constexpr std::size_t kCoroutines = 40;
  constexpr std::size_t kSteps = 20;
  std::vector<std::vector<Resumption>> steps(kCoroutines);
  std::atomic<int> wrong{0};
  for (auto& own : steps) {
    own.resize(kSteps);
    Chain(traced.tracer, own, wrong);
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  for (std::size_t step = 0; step < kSteps; ++step) {
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < 3; ++first) {
      threads.emplace_back([&, first] {
        for (std::size_t i = first; i < kCoroutines; i += 3)
          steps[(i + step) % kCoroutines][step].Resume();
        EXPECT_FALSE(CurrentSpanContext().IsValid());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(wrong, 0);
  std::map<TraceId, std::vector<SpanData>> traces;
  for (SpanData& span : traced.Ended()) traces[span.trace_id].push_back(std::move(span));
  ASSERT_EQ(traces.size(), kCoroutines);
  for (const auto& [id, spans] : traces) {
    ASSERT_EQ(spans.size(), kSteps + 1);
    SpanId chain;
    for (const SpanData& span : spans) {
      if (span.name == "chain") chain = span.span_id;
    }
    for (const SpanData& span : spans) {
      EXPECT_EQ(span.parent_span_id, span.name == "inner" ? chain : SpanId());
    }
  }
}

}  // namespace
}  // namespace vitals
