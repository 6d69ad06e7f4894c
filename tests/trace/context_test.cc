#include <algorithm>
#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

SpanContext Context(std::uint64_t id) {
  return {.trace_id = {id, id}, .span_id = {id}, .flags = kTraceFlagSampled};
}

std::unique_ptr<Span> Start(const Traced& traced, bool detached = false) {
  return std::make_unique<Span>(traced.tracer, InternedName("x"),
                                SpanOptions{.detached = detached});
}

TEST(ContextTest, AScopeIsCurrentWithin) {
  Traced traced;
  {
    const ContextScope outer(Context(1));
    EXPECT_EQ(CurrentSpanContext(), Context(1));
    {
      const ContextScope inner(Context(2));
      EXPECT_EQ(traced.CurrentParent(), SpanId{2});
    }
    EXPECT_EQ(traced.CurrentParent(), SpanId{1});
    const ContextScope none{SpanContext()};
    EXPECT_FALSE(traced.CurrentParent().IsValid());
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(ContextTest, OuterOnesMayEndFirst) {
  Traced traced;
  auto outer = Start(traced);
  auto middle = Start(traced);
  auto inner = Start(traced);
  const SpanId inner_id = inner->context().span_id;
  outer.reset();
  middle.reset();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), inner_id);
  inner.reset();
  traced.Ended();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, InEveryOrderOfEndsTheCurrentOneIsTheInnermostThatIsOpen) {
  Traced traced;
  std::array<std::size_t, 4> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    std::array<std::unique_ptr<Span>, 4> spans;
    std::array<std::optional<ContextScope>, 4> scopes;
    std::array<SpanContext, 4> contexts;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (i % 2 == 0) {
        spans[i] = Start(traced);
        contexts[i] = spans[i]->context();
      } else {
        contexts[i] = Context(i);
        scopes[i].emplace(contexts[i]);
      }
    }
    for (const std::size_t ended : order) {
      spans[ended].reset();
      scopes[ended].reset();
      contexts[ended] = SpanContext();
      const auto innermost = std::find_if(contexts.rbegin(), contexts.rend(),
                                          [](const SpanContext& open) { return open.IsValid(); });
      ASSERT_EQ(CurrentSpanContext(), innermost == contexts.rend() ? SpanContext() : *innermost);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  traced.Ended();
}

TEST(ContextTest, ADetachedSpanIsNobodysParent) {
  Traced traced;
  const auto outer = Start(traced);
  auto inner = Start(traced);
  inner->Detach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  inner->Detach();
  EXPECT_TRUE(inner->IsRecording());
  inner->Attach();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
  inner->Attach();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
  inner->Detach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  const auto detached = Start(traced, true);
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  detached->Attach();
  EXPECT_EQ(CurrentSpanContext(), detached->context());
}

TEST(ContextTest, AnAttachedSpanMovesToTheTop) {
  Traced traced;
  auto outer = Start(traced);
  auto inner = Start(traced);
  outer->Attach();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  outer.reset();
  EXPECT_EQ(CurrentSpanContext(), inner->context());
}

TEST(ContextTest, ASpanGoesOnOnAnotherThread) {
  Traced traced;
  const auto outer = Start(traced);
  auto span = Start(traced);
  span->Detach();
  std::thread([&] {
    EXPECT_FALSE(CurrentSpanContext().IsValid());
    span->Attach();
    EXPECT_EQ(CurrentSpanContext(), span->context());
    traced.tracer.StartSpan("child").End();
    span->Detach();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
    span->Attach();
    span.reset();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
  }).join();
  EXPECT_EQ(CurrentSpanContext(), outer->context());
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].parent_span_id, spans[1].span_id);
}

TEST(ContextTest, ASpanThatWasForgottenIsTakenOutWithTheNextStart) {
  Traced traced;
  const auto outer = Start(traced);
  auto forgotten = Start(traced);
  const SpanContext forgotten_context = forgotten->context();
  std::thread([&] { forgotten.reset(); }).join();
  EXPECT_EQ(CurrentSpanContext(), forgotten_context) << "until then";
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), outer->context().span_id);
  EXPECT_EQ(CurrentSpanContext(), outer->context());
}

TEST(ContextTest, ASpanThatWasForgottenBelowAnotherIsTakenOut) {
  Traced traced;
  auto outer = Start(traced);
  auto inner = Start(traced);
  std::thread([&] { outer.reset(); }).join();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), inner->context().span_id);
  inner.reset();
  traced.Ended();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, ASpanThatIsAttachedElsewhereWithoutDetaching) {
  Traced traced;
  const auto outer = Start(traced);
  auto span = Start(traced);
  std::thread([&] {
    span->Attach();
    EXPECT_EQ(CurrentSpanContext(), span->context());
    span.reset();
    EXPECT_FALSE(CurrentSpanContext().IsValid());
  }).join();
  traced.Ended();
  EXPECT_EQ(traced.CurrentParent(), outer->context().span_id);
}

TEST(ContextTest, AScopeThatIsLeftOnAnotherThreadIsTakenOut) {
  Traced traced;
  std::optional<ContextScope> scope;
  scope.emplace(Context(1));
  std::thread([&] {
    const ContextScope own(Context(2));
    scope.reset();
    EXPECT_EQ(CurrentSpanContext(), Context(2));
  }).join();
  EXPECT_FALSE(traced.CurrentParent().IsValid());
}

TEST(ContextTest, ASpanOutlivesItsThread) {
  Traced traced;
  std::unique_ptr<Span> span;
  std::thread([&] { span = Start(traced); }).join();
  // A new thread takes over the state of the one that ended.
  std::thread([&] {
    EXPECT_FALSE(traced.tracer.StartSpan("x").context() == span->context());
    const auto own = Start(traced);
    span.reset();
    EXPECT_EQ(CurrentSpanContext(), own->context());
  }).join();
  EXPECT_EQ(traced.Ended().size(), 3u);
}

// Spans and scopes nested this deep: more than a thread has places for.
constexpr std::size_t kDepth = 200;

TEST(ContextTest, NestsAsDeepAsTheStackAllows) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < kDepth; ++i) {
    spans.push_back(Start(traced));
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
  }
  while (!spans.empty()) {
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
    spans.pop_back();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  const std::vector<SpanData> ended = traced.Ended();
  ASSERT_EQ(ended.size(), kDepth);
  for (std::size_t i = 0; i + 1 < kDepth; ++i) {
    ASSERT_EQ(ended[i].parent_span_id, ended[i + 1].span_id);
  }
}

TEST(ContextTest, ScopesNestAsDeepAsTheStackAllows) {
  std::vector<std::unique_ptr<ContextScope>> scopes;
  for (std::uint64_t i = 1; i <= kDepth; ++i) {
    scopes.push_back(std::make_unique<ContextScope>(Context(i)));
  }
  for (std::uint64_t i = kDepth; i > 0; --i) {
    ASSERT_EQ(CurrentSpanContext(), Context(i));
    scopes.pop_back();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(ContextTest, APlaceThatBecomesFreeHidesNoDeeperContext) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> detached;
  for (int i = 0; i < 32; ++i) detached.push_back(Start(traced, true));
  std::vector<std::unique_ptr<Span>> spans;
  for (std::size_t i = 0; i < 40; ++i) spans.push_back(Start(traced));
  detached.clear();
  traced.Ended();
  for (int i = 0; i < 3; ++i) {
    const ContextScope scope(Context(1));
    EXPECT_EQ(traced.CurrentParent(), SpanId{1});
  }
  EXPECT_EQ(traced.CurrentParent(), spans.back()->context().span_id);
  while (!spans.empty()) {
    ASSERT_EQ(CurrentSpanContext(), spans.back()->context());
    spans.pop_back();
    Start(traced).reset();
  }
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(ContextTest, ASpanAttachesAboveTheDeepest) {
  Traced traced;
  const auto detached = Start(traced, true);
  std::vector<std::unique_ptr<ContextScope>> scopes;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    scopes.push_back(std::make_unique<ContextScope>(Context(i)));
  }
  detached->Attach();
  EXPECT_EQ(CurrentSpanContext(), detached->context());
  detached->Detach();
  EXPECT_EQ(CurrentSpanContext(), Context(100));
  while (!scopes.empty()) scopes.pop_back();
  detached->Attach();
  detached->Detach();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(ContextTest, ThousandsOfSpansAreDetached) {
  Traced traced;
  std::vector<std::unique_ptr<Span>> spans;
  for (int i = 0; i < 5000; ++i) spans.push_back(Start(traced, true));
  {
    const auto outer = Start(traced);
    const auto inner = Start(traced);
    EXPECT_EQ(CurrentSpanContext(), inner->context());
  }
  std::shuffle(spans.begin(), spans.end(), std::mt19937(1));
  spans.clear();
  EXPECT_FALSE(CurrentSpanContext().IsValid());
  const std::vector<SpanData> ended = traced.Ended();
  ASSERT_EQ(ended.size(), 5002u);
  for (std::size_t i = 2; i < ended.size(); ++i) {
    ASSERT_FALSE(ended[i].parent_span_id.IsValid());
  }
}

// Runs what it is given on threads of its own, in order.
class ThreadPool {
 public:
  explicit ThreadPool(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

TEST(ContextTest, TasksOfAPoolAreChildrenOfWhoPostedThem) {
  Traced traced;
  constexpr int kRequests = 200;
  {
    ThreadPool pool(3);
    for (int i = 0; i < kRequests; ++i) {
      const Span request = traced.tracer.StartSpan("request");
      pool.Post([&traced, context = request.context()] {
        EXPECT_FALSE(CurrentSpanContext().IsValid());
        const ContextScope scope(context);
        const Span step = traced.tracer.StartSpan("step");
      });
    }
  }
  std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), std::size_t{2 * kRequests});
  for (const SpanData& step : spans) {
    if (step.name != "step") continue;
    const auto request = std::find_if(spans.begin(), spans.end(), [&](const SpanData& span) {
      return span.span_id == step.parent_span_id;
    });
    ASSERT_NE(request, spans.end());
    EXPECT_EQ(request->name, "request");
    EXPECT_EQ(request->trace_id, step.trace_id);
  }
}

// An actor: receives on a thread of its own.
class Actor {
 public:
  struct Envelope {
    SpanContext span_context;
    int hops;
  };

  Actor(const Tracer& tracer, std::function<void(const Envelope&)> send)
      : tracer_(tracer), send_(std::move(send)) {}

  void Deliver(const Envelope& envelope) {
    mailbox_.Post([this, envelope] { Receive(envelope); });
  }

 private:
  void Receive(const Envelope& envelope) {
    const ContextScope scope(envelope.span_context);
    const Span receive = tracer_.StartSpan("receive", SpanKind::kConsumer);
    if (envelope.hops == 0) return;
    const Span send = tracer_.StartSpan("send", SpanKind::kProducer);
    send_({send.context(), envelope.hops - 1});
  }

  const Tracer tracer_;
  const std::function<void(const Envelope&)> send_;
  ThreadPool mailbox_{1};
};

TEST(ContextTest, ATraceFollowsAMessageFromActorToActor) {
  Traced traced;
  constexpr int kHops = 10;
  SpanContext first;
  {
    std::unique_ptr<Actor> pong;
    Actor ping(traced.provider->GetTracer("ping"),
               [&](const Actor::Envelope& envelope) { pong->Deliver(envelope); });
    std::mutex mutex;
    std::condition_variable changed;
    int received = 0;
    pong = std::make_unique<Actor>(traced.provider->GetTracer("pong"),
                                   [&](const Actor::Envelope& envelope) {
                                     ping.Deliver(envelope);
                                     const std::lock_guard lock(mutex);
                                     ++received;
                                     changed.notify_one();
                                   });
    const Span root = traced.tracer.StartSpan("root");
    first = root.context();
    ping.Deliver({root.context(), kHops});
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return received == kHops / 2; });
    lock.unlock();
    // The last message is ping's: pong has sent all of its own.
  }
  std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), std::size_t{1 + 2 * kHops + 1});
  // From the root along the chain: receive, send, receive, ...
  SpanId parent = first.span_id;
  for (int i = 0; i <= 2 * kHops; ++i) {
    const auto child = std::find_if(spans.begin(), spans.end(), [&](const SpanData& span) {
      return span.parent_span_id == parent;
    });
    ASSERT_NE(child, spans.end());
    EXPECT_EQ(child->trace_id, first.trace_id);
    EXPECT_EQ(child->name, i % 2 == 0 ? "receive" : "send");
    EXPECT_EQ(child->component, i / 2 % 2 == 0 ? "ping" : "pong");
    parent = child->span_id;
  }
}

}  // namespace
}  // namespace vitals
