#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

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

TEST(ContextAcrossThreadsTest, TasksOfAPoolAreChildrenOfWhoPostedThem) {
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

TEST(ContextAcrossThreadsTest, ATraceFollowsAMessageFromActorToActor) {
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
