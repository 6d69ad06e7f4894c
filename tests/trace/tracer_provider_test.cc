#include "vitals/trace/tracer_provider.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/base/log.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using testing::SpanCollector;
using testing::Traced;

TEST(TracerProviderTest, OptionsAreChecked) {
  for (const milliseconds interval : {milliseconds(-1), milliseconds(1001)}) {
    const auto provider = TracerProvider::Create({.drain_interval = interval});
    ASSERT_FALSE(provider.ok());
    EXPECT_EQ(provider.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::string(provider.status().message()),
              "drain_interval is out of range: choose one from 1 ms to 1 s, or 0 to call Drain()");
  }
  for (const milliseconds interval : {milliseconds(0), milliseconds(1), milliseconds(1000)}) {
    EXPECT_TRUE(TracerProvider::Create({.drain_interval = interval}).ok());
  }
}

TEST(TracerProviderTest, AProcessorExists) {
  Traced traced;
  const absl::Status status = traced.provider->AddProcessor(nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), "the span processor is null: pass one that exists");
}

TEST(TracerProviderTest, ATracerIsOfItsComponent) {
  Traced traced;
  std::string component = "disk";
  const Tracer tracer = traced.provider->GetTracer(component);
  component = "####";
  EXPECT_EQ(tracer.component(), "disk");
  EXPECT_EQ(traced.provider->GetTracer("disk").component().data(), tracer.component().data());
  EXPECT_EQ(traced.provider->GetTracer("").component(), "");
  tracer.StartSpan("x").End();
  EXPECT_EQ(traced.EndedSpan().component, "disk");
}

TEST(TracerProviderTest, AllProcessorsGetAllSpans) {
  Traced traced;
  traced.tracer.StartSpan("before").End();
  traced.Ended();
  const auto late = std::make_shared<SpanCollector>();
  ASSERT_TRUE(traced.provider->AddProcessor(late).ok());
  traced.tracer.StartSpan("after").End();
  EXPECT_EQ(traced.EndedSpan().name, "after");
  const std::vector<SpanData> spans = late->Take();
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].name, "after");
  EXPECT_EQ(traced.provider->stats().spans, 2u);
}

TEST(TracerProviderTest, ManySpansComeInBatches) {
  Traced traced;
  constexpr std::size_t kSpans = 10'000;
  std::vector<SpanId> ids;
  for (std::size_t i = 0; i < kSpans; ++i) {
    ids.push_back(traced.tracer.StartSpan("x").context().span_id);
  }
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), kSpans);
  for (std::size_t i = 0; i < kSpans; ++i) ASSERT_EQ(spans[i].span_id, ids[i]);
  EXPECT_EQ(traced.provider->stats().spans, kSpans);
}

TEST(TracerProviderTest, EachGetsItsOwnSpans) {
  Traced first;
  Traced second;
  {
    const Span outer = first.tracer.StartSpan("first");
    const Span inner = second.tracer.StartSpan("second");
  }
  // Whoever drains takes the other's as well, for the other.
  const SpanData outer = first.EndedSpan();
  const SpanData inner = second.EndedSpan();
  EXPECT_EQ(outer.name, "first");
  EXPECT_EQ(inner.name, "second");
  EXPECT_EQ(inner.parent_span_id, outer.span_id);
  EXPECT_EQ(first.provider->stats().spans, 1u);
}

TEST(TracerProviderTest, SpansWaitForAProviderThatDoesNotDrainUpToALimit) {
  Traced slow;
  Traced other;
  constexpr std::size_t kMaxWaiting = 65'536;
  constexpr std::size_t kExcess = 1000;
  for (std::size_t i = 0; i < kMaxWaiting + kExcess; ++i) {
    slow.tracer.StartSpan("x").End();
    if (i % 10'000 == 0) other.provider->Drain();
  }
  EXPECT_TRUE(other.Ended().empty());
  EXPECT_EQ(slow.provider->stats().dropped_backlog, kExcess);
  EXPECT_EQ(slow.Ended().size(), kMaxWaiting);
  EXPECT_EQ(other.provider->stats().dropped_backlog, 0u);
  slow.tracer.StartSpan("x").End();
  EXPECT_EQ(slow.Ended().size(), 1u);
}

class ThrowingProcessor final : public SpanProcessor {
 public:
  void OnEnd(std::span<const SpanData> spans) override {
    if (spans.front().name == "exception") throw std::runtime_error("full");
    if (spans.front().name == "number") throw 7;
    taken += spans.size();
  }
  void OnDrained() override {
    if (++drained == 1) throw std::runtime_error("at the end");
  }

  std::size_t taken = 0;
  int drained = 0;
};

TEST(TracerProviderTest, AProcessorThatThrowsHarmsNobodyElse) {
  std::vector<std::string> lines;
  SetLogSink([&](LogSeverity, std::string_view text) { lines.emplace_back(text); });
  const auto provider = TracerProvider::Create({.drain_interval = {}}).value();
  const auto throwing = std::make_shared<ThrowingProcessor>();
  const auto collector = std::make_shared<SpanCollector>();
  ASSERT_TRUE(provider->AddProcessor(throwing).ok());
  ASSERT_TRUE(provider->AddProcessor(collector).ok());
  const Tracer tracer = provider->GetTracer("test");
  tracer.StartSpan("exception").End();
  provider->Drain();
  tracer.StartSpan("number").End();
  provider->Drain();
  tracer.StartSpan("fine").End();
  provider->Drain();
  SetLogSink(nullptr);
  EXPECT_EQ(collector->Take().size(), 3u);
  EXPECT_EQ(throwing->taken, 1u);
  EXPECT_EQ(throwing->drained, 3);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "a span processor threw, 1 spans are lost for it: full");
  EXPECT_EQ(lines[1], "a span processor threw, 0 spans are lost for it: at the end");
  EXPECT_EQ(lines[2], "a span processor threw, 1 spans are lost for it: not a std::exception");
}

TEST(TracerProviderTest, StopDrainsAndThenNothingIsRecorded) {
  Traced traced;
  traced.tracer.StartSpan("x").End();
  EXPECT_TRUE(traced.tracer.IsEnabled());
  traced.provider->Stop();
  EXPECT_EQ(traced.collector->Take().size(), 1u);
  EXPECT_FALSE(traced.tracer.IsEnabled());
  EXPECT_EQ(traced.tracer.Now().ticks, 0u);
  const Span span = traced.tracer.StartSpan("late");
  EXPECT_FALSE(span.IsRecording());
  EXPECT_FALSE(span.context().IsValid());
  EXPECT_FALSE(traced.provider->GetTracer("late").StartSpan("late").IsRecording());
  traced.provider->Stop();
  EXPECT_TRUE(traced.Ended().empty());
}

TEST(TracerProviderTest, ATracerOutlivesItsProvider) {
  Tracer tracer;
  {
    const Traced traced;
    tracer = traced.tracer;
  }
  EXPECT_FALSE(tracer.IsEnabled());
  EXPECT_EQ(tracer.component(), "test");
  EXPECT_FALSE(tracer.StartSpan("x").IsRecording());
}

TEST(TracerProviderTest, ASpanIsOpenWhileItsProviderGoes) {
  std::unique_ptr<Traced> traced = std::make_unique<Traced>();
  Span span = traced->tracer.StartSpan("x");
  traced->provider->Stop();
  EXPECT_TRUE(span.IsRecording());
  span.SetAttribute("a", 1);
  traced.reset();
  Traced other;
  EXPECT_TRUE(other.provider->ActiveSpans().empty());
  span.AddEvent("late");
  span.End();
  EXPECT_TRUE(other.Ended().empty());
  EXPECT_FALSE(CurrentSpanContext().IsValid());
}

TEST(TracerProviderTest, IsDrainedFromSeveralThreadsAtOnce) {
  Traced first;
  Traced second;
  constexpr int kSpans = 20'000;
  std::atomic<bool> stopped{false};
  std::vector<std::thread> threads;
  for (Traced* const traced : {&first, &second, &first}) {
    threads.emplace_back([&stopped, traced] {
      while (!stopped) traced->provider->Drain();
    });
  }
  std::thread writer([&] {
    for (int i = 0; i < kSpans; ++i) {
      first.tracer.StartSpan("x").End();
      second.tracer.StartSpan("x").End();
      if (i % 5000 == 0) first.provider->Drain();
    }
  });
  writer.join();
  stopped = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first.Ended().size(), std::size_t{kSpans});
  EXPECT_EQ(second.Ended().size(), std::size_t{kSpans});
}

// Tells when it has so many spans.
class WaitingProcessor final : public SpanProcessor {
 public:
  void OnEnd(std::span<const SpanData> spans) override {
    const std::lock_guard lock(mutex_);
    spans_ += spans.size();
    changed_.notify_all();
  }
  void OnDrained() override {
    const std::lock_guard lock(mutex_);
    ++drains_;
    changed_.notify_all();
  }

  void WaitForSpans(std::size_t spans) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return spans_ >= spans; });
  }
  void WaitForDrains(int drains) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return drains_ >= drains; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t spans_ = 0;
  int drains_ = 0;
};

TEST(TracerProviderTest, AThreadOfItsOwnDrains) {
  const auto provider = TracerProvider::Create({.drain_interval = milliseconds(1)}).value();
  const auto processor = std::make_shared<WaitingProcessor>();
  ASSERT_TRUE(provider->AddProcessor(processor).ok());
  processor->WaitForDrains(2);
  const Tracer tracer = provider->GetTracer("test");
  for (std::size_t i = 1; i <= 3; ++i) {
    tracer.StartSpan("x").End();
    processor->WaitForSpans(i);
  }
  provider->Stop();
  EXPECT_EQ(provider->stats().spans, 3u);
}

TEST(TracerProviderTest, StopsAtOnceHoweverLongTheInterval) {
  const auto provider = TracerProvider::Create({.drain_interval = milliseconds(1000)}).value();
  const auto processor = std::make_shared<SpanCollector>();
  ASSERT_TRUE(provider->AddProcessor(processor).ok());
  provider->GetTracer("test").StartSpan("x").End();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { provider->Stop(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(processor->Take().size(), 1u);
}

}  // namespace
}  // namespace vitals
