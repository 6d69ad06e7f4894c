#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using testing::Traced;

// Of a thread's ring, as TracerProviderOptions tells it.
constexpr int kRingSlots = 32'768;

char Letter(int number) { return static_cast<char>('a' + number % 26); }

// Records span `number`, in one to eight slots: see trace/span_record.h.
void Record(const Tracer& tracer, int number, int slots) {
  Span span = tracer.StartSpan("x", {.parent = SpanContext()});
  if (slots == 1) return;
  span.SetAttribute("number", number);
  // 56 bytes of content in the second slot, 64 in each further one.
  int room = 56 + 64 * (slots - 2) - 17;
  while (room > 0) {
    const int size = std::min(room - 10, 120);
    span.SetAttribute("fill", std::string(static_cast<std::size_t>(size), Letter(number)));
    room -= size + 10;
    if (room <= 10) break;
  }
}

int NumberOf(const SpanData& span) {
  return span.attributes.empty()
             ? -1
             : static_cast<int>(std::get<std::int64_t>(span.attributes[0].value));
}

TEST(SpanRingTest, RecordsOfAllSizesWrapInOrder) {
  Traced traced;
  int recorded = 0;
  int expected = 0;
  // Goes round some ten times.
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 4000; ++i, ++recorded) Record(traced.tracer, recorded, 2 + recorded % 7);
    for (const SpanData& span : traced.Ended()) {
      ASSERT_EQ(NumberOf(span), expected);
      ASSERT_EQ(span.dropped_attributes, 0u);
      const std::string& fill = std::get<std::string>(span.attributes.back().value);
      ASSERT_EQ(fill, std::string(fill.size(), Letter(expected)));
      ++expected;
    }
  }
  EXPECT_EQ(expected, recorded);
}

TEST(SpanRingTest, AReaderThatNeverCatchesUpGetsAllInOrder) {
  Traced traced;
  constexpr int kSpans = 60'000;
  const std::uint64_t dropped = traced.provider->stats().dropped_ring_full;
  std::atomic<int> taken{0};
  std::thread writer([&] {
    for (int i = 0; i < kSpans; ++i) {
      // Less than a ring ahead: spans of 4 slots at most.
      while (i - taken > 8000) std::this_thread::yield();
      Record(traced.tracer, i, 2 + i % 3);
    }
  });
  int expected = 0;
  while (expected < kSpans) {
    for (const SpanData& span : traced.Ended()) {
      ASSERT_EQ(NumberOf(span), expected);
      ++expected;
    }
    taken = expected;
  }
  writer.join();
  EXPECT_EQ(traced.provider->stats().dropped_ring_full, dropped);
}

TEST(SpanRingTest, AFullRingDropsTheNewestAndCounts) {
  Traced traced;
  std::thread([&] {
    for (int round = 0; round < 3; ++round) {
      const std::uint64_t dropped = traced.provider->stats().dropped_ring_full;
      std::vector<SpanId> ids;
      for (int i = 0; i < kRingSlots + 5; ++i) {
        Span span = traced.tracer.StartSpan("x", {.parent = SpanContext()});
        ids.push_back(span.context().span_id);
      }
      EXPECT_EQ(traced.provider->stats().dropped_ring_full, dropped + 5);
      const std::vector<SpanData> spans = traced.Ended();
      ASSERT_EQ(spans.size(), std::size_t{kRingSlots});
      for (std::size_t i = 0; i < spans.size(); ++i) ASSERT_EQ(spans[i].span_id, ids[i]);
    }
  }).join();
}

TEST(SpanRingTest, NothingIsOverwrittenWhateverTheSizes) {
  Traced traced;
  for (int slots = 2; slots <= 8; ++slots) {
    const std::uint64_t dropped = traced.provider->stats().dropped_ring_full;
    // Does not begin at the front.
    for (int i = 0; i < 3; ++i) traced.tracer.StartSpan("before").End();
    const int tried = kRingSlots / slots + 10;
    for (int i = 0; i < tried; ++i) Record(traced.tracer, i, slots);
    const auto lost = static_cast<int>(traced.provider->stats().dropped_ring_full - dropped);
    EXPECT_GE(lost, 10);
    EXPECT_LE(lost, 12);
    const std::vector<SpanData> spans = traced.Ended();
    ASSERT_EQ(spans.size(), static_cast<std::size_t>(3 + tried - lost));
    for (std::size_t i = 3; i < spans.size(); ++i) {
      ASSERT_EQ(NumberOf(spans[i]), static_cast<int>(i) - 3);
    }
  }
}

TEST(SpanRingTest, WhatAnEndedThreadLeftIsTaken) {
  Traced traced;
  std::map<SpanId, std::uint32_t> threads;
  // Each finds the ring of the one before full of records that are not its own.
  for (int i = 0; i < 10; ++i) {
    std::thread([&] {
      pthread_setname_np(pthread_self(), ("t" + std::to_string(i)).c_str());
      const Span span = traced.tracer.StartSpan("x");
      threads[span.context().span_id] = static_cast<std::uint32_t>(gettid());
    }).join();
  }
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 10u);
  std::set<std::string> names;
  for (const SpanData& span : spans) {
    EXPECT_EQ(span.thread_id, threads.at(span.span_id));
    names.emplace(span.thread_name);
  }
  EXPECT_EQ(names.size(), 10u);
}

TEST(SpanRingTest, AThreadThatTakesOverAStateHasItsOwnName) {
  Traced traced;
  for (const char* const name : {"first", "second", "third"}) {
    std::uint32_t thread_id = 0;
    std::thread([&] {
      pthread_setname_np(pthread_self(), name);
      thread_id = static_cast<std::uint32_t>(gettid());
      EXPECT_FALSE(CurrentSpanContext().IsValid());
      const Span span = traced.tracer.StartSpan("x");
    }).join();
    const SpanData span = traced.EndedSpan();
    EXPECT_EQ(span.thread_name, name);
    EXPECT_EQ(span.thread_id, thread_id);
    EXPECT_FALSE(span.parent_span_id.IsValid());
  }
}

TEST(SpanRingTest, ManyShortThreads) {
  Traced traced;
  std::atomic<bool> stopped{false};
  std::size_t taken = 0;
  std::thread drainer([&] {
    while (!stopped) taken += traced.Ended().size();
  });
  constexpr int kThreads = 400;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] { traced.tracer.StartSpan("x").End(); });
    if (threads.size() < 4) continue;
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
  for (std::thread& thread : threads) thread.join();
  stopped = true;
  drainer.join();
  EXPECT_EQ(taken + traced.Ended().size(), std::size_t{kThreads});
}

// Starts a span when its thread, or the process, ends.
struct SpanAtExit {
  ~SpanAtExit() {
    if (tracer == nullptr) return;
    Span span = tracer->StartSpan("at exit");
    span.SetAttribute("a", 1);
  }
  const Tracer* tracer = nullptr;
};

// Destroyed with its thread: a span that is open until then.
struct OpenUntilExit {
  std::optional<Span> span;
};

TEST(SpanRingTest, SpansInThreadLocalDestructorsArrive) {
  Traced traced;
  std::thread([&] {
    thread_local SpanAtExit at_exit;
    thread_local OpenUntilExit open;
    at_exit.tracer = &traced.tracer;
    open.span.emplace(traced.tracer, InternedName("open"));
  }).join();
  const std::vector<SpanData> spans = traced.Ended();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].name, "open");
  EXPECT_EQ(spans[1].name, "at exit");
  EXPECT_FALSE(spans[1].parent_span_id.IsValid());
}

// Runs after the thread has given its state back, or before: the order of keys is not specified.
void SpanInKeyDestructor(void* tracer) {
  Span span = static_cast<const Tracer*>(tracer)->StartSpan("late");
  span.SetAttribute("a", 1);
  span.Detach();
  span.Attach();
}

TEST(SpanRingTest, SpansInLateKeyDestructorsAreCountedOrArrive) {
  Traced traced;
  pthread_key_t key;
  ASSERT_EQ(pthread_key_create(&key, &SpanInKeyDestructor), 0);
  const std::uint64_t lost = traced.provider->stats().dropped_no_ring;
  std::thread([&] {
    traced.tracer.StartSpan("x").End();
    pthread_setspecific(key, &traced.tracer);
  }).join();
  pthread_key_delete(key);
  const std::size_t arrived = traced.Ended().size();
  EXPECT_EQ(arrived - 1 + traced.provider->stats().dropped_no_ring - lost, 1u);
}

// In the order in which static destructors run: spans while the provider is there, and after it.
void ExitWithSpansInStaticDestructors() {
  static Tracer tracer;
  static SpanAtExit after;
  static Traced traced;
  static SpanAtExit before;
  tracer = traced.tracer;
  before.tracer = &tracer;
  after.tracer = &tracer;
  std::exit(0);
}

TEST(SpanRingDeathTest, SpansInStaticDestructorsDoNoHarm) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(ExitWithSpansInStaticDestructors(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace vitals
