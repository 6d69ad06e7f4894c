#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define VITALS_TEST_SANITIZED 1
#else
#define VITALS_TEST_SANITIZED 0
#endif

namespace vitals {
namespace {

using testing::Value;

std::size_t LiveHeapBytes() { return mallinfo2().uordblks; }

// A sanitizer's heap is not malloc's, and keeps what was freed.
void ExpectFlatHeap(std::size_t warm_bytes) {
  if (VITALS_TEST_SANITIZED) return;
  EXPECT_LT(LiveHeapBytes(), warm_bytes + 64 * 1024);
}

TEST(SlotTest, TenMillionSeriesComeAndGo) {
  constexpr int kSeries = VITALS_TEST_SANITIZED ? 100'000 : 10'000'000;
  Registry registry;
  auto counters = registry.AddCounter({.name = "x_total"}, {"id"}).value();
  auto gauges = registry.AddGauge({.name = "g"}, {"id"}).value();
  const Counter kept = counters.With("kept");
  const Gauge kept_gauge = gauges.With("kept");
  kept_gauge.Set(7);
  std::vector<Counter> old_counters;
  std::vector<Gauge> old_gauges;
  std::size_t warm_bytes = 0;
  for (int i = 0; i < kSeries; ++i) {
    char id[16];
    const int size = std::snprintf(id, sizeof(id), "%d", i);
    const std::string_view value(id, static_cast<std::size_t>(size));
    const Counter counter = counters.With(value);
    counter.Increment(3);
    kept.Increment();
    if (i % (kSeries / 100) == 0) {
      // A fresh series starts from nothing, and old handles do not reach it.
      for (const Counter& old : old_counters) old.Increment(1000);
      for (const Gauge& old : old_gauges) old.Set(1000);
      const Gauge gauge = gauges.With(value);
      for (const Gauge& old : old_gauges) old.Add(1000);
      const std::string page = testing::Page(registry);
      ASSERT_EQ(testing::ValueOn(page, "x_total{id=\"" + std::string(value) + "\"}"), "3");
      ASSERT_EQ(testing::ValueOn(page, "g{id=\"" + std::string(value) + "\"}"), "0");
      old_counters.push_back(counter);
      old_gauges.push_back(gauge);
      ASSERT_TRUE(gauges.Remove(value));
    }
    ASSERT_TRUE(counters.Remove(value));
    if (i == kSeries / 10) warm_bytes = LiveHeapBytes();
  }
  EXPECT_EQ(Value(registry, R"(x_total{id="kept"})"), std::to_string(kSeries));
  EXPECT_EQ(Value(registry, R"(g{id="kept"})"), "7");
  ExpectFlatHeap(warm_bytes);
}

TEST(SlotTest, AMillionEventsWithLabelsLeaveMemoryFlat) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total", .max_series = 1000}, {"id"}).value();
  std::size_t warm_bytes = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    family.With(std::to_string(i)).Increment();
    if (i == 10'000) warm_bytes = LiveHeapBytes();
  }
  EXPECT_EQ(family.size(), 1001u);
  EXPECT_EQ(Value(registry, R"(x_total{id="__overflow__"})"), "999000");
  ExpectFlatHeap(warm_bytes);
}

TEST(SlotTest, AThreadsCellsOfARemovedSeriesAreNotThoseOfTheNext) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"id"}).value();
  // More than are reclaimed at once, so that slots are given out again while this thread has cells.
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 200; ++i) {
      const std::string id = std::to_string(i);
      family.With(id).Increment(5);
      std::thread([&] { family.With(id).Increment(6); }).join();
      ASSERT_EQ(Value(registry, "x_total{id=\"" + id + "\"}"), "11");
      ASSERT_TRUE(family.Remove(id));
    }
  }
}

TEST(SnapshotTest, StaysValidWhenSeriesAndRegistryGo) {
  auto registry = std::make_unique<Registry>();
  auto family = registry->AddCounter({.name = "x_total", .help = "X."}, {"id"}).value();
  for (int i = 0; i < 300; ++i) family.With(std::to_string(i)).Increment(static_cast<unsigned>(i));
  Snapshot snapshot;
  registry->Gather(snapshot);
  for (int i = 0; i < 300; ++i) family.Remove(std::to_string(i));
  family.With("new").Increment();
  registry.reset();
  const MetricFamily& gathered = *snapshot.Find("x_total");
  ASSERT_EQ(gathered.size(), 300u);
  EXPECT_EQ(gathered.labels(299), (Labels{{"id", "299"}}));
  EXPECT_EQ(gathered.Unsigned(299), 299u);
}

// Records in the destructor of a thread-specific key that runs after vitals' own, which is as late
// as a thread can record.
struct LateRecorder {
  Counter counter;
  DoubleCounter double_counter;
  Histogram histogram;
  Gauge gauge;
  int rounds_left = 3;
  pthread_key_t key;
};

void RecordLate(void* argument) {
  auto* const recorder = static_cast<LateRecorder*>(argument);
  recorder->counter.Increment();
  recorder->double_counter.Increment(0.5);
  recorder->histogram.Observe(2);
  recorder->histogram.Observe(-2);
  recorder->gauge.Set(recorder->rounds_left);
  // Setting the key again has the destructor called again, after those of the other keys.
  if (--recorder->rounds_left > 0) pthread_setspecific(recorder->key, recorder);
}

TEST(ThreadEndTest, LateThreadExitHooksRecord) {
  Registry registry;
  LateRecorder recorder;
  recorder.counter = registry.AddCounter({.name = "c_total"}).value();
  recorder.double_counter = registry.AddDoubleCounter({.name = "d_total"}).value();
  recorder.histogram = registry.AddHistogram({.name = "h", .bounds = {0, 5}}).value();
  recorder.gauge = registry.AddGauge({.name = "g"}).value();
  ASSERT_EQ(pthread_key_create(&recorder.key, &RecordLate), 0);
  std::thread([&] {
    recorder.counter.Increment(100);
    pthread_setspecific(recorder.key, &recorder);
  }).join();
  pthread_key_delete(recorder.key);
  EXPECT_EQ(recorder.rounds_left, 0);
  EXPECT_EQ(Value(registry, "c_total"), "103");
  EXPECT_EQ(Value(registry, "d_total"), "1.5");
  EXPECT_EQ(Value(registry, "h_count"), "6");
  EXPECT_EQ(Value(registry, "h_sum"), "0");
  EXPECT_EQ(Value(registry, "g"), "1");
}

TEST(ThreadEndTest, LateRecordOfARemovedSeriesIsDropped) {
  Registry registry;
  auto family = registry.AddCounter({.name = "c_total"}, {"id"}).value();
  LateRecorder recorder;
  recorder.counter = family.With("gone");
  recorder.rounds_left = 2;
  ASSERT_TRUE(family.Remove("gone"));
  ASSERT_EQ(pthread_key_create(&recorder.key, &RecordLate), 0);
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kRemovedSeries);
  std::thread([&] { pthread_setspecific(recorder.key, &recorder); }).join();
  pthread_key_delete(recorder.key);
  // The other instruments are default-constructed, which drops as well.
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kRemovedSeries), before + 2 * 5);
}

// Records and reads while static objects are destroyed, after main's own registry is gone.
struct StaticUser {
  ~StaticUser() {
    if (!armed) return;
    counter.Increment();
    gone.Increment();
    std::thread([this] { counter.Increment(10); }).join();
    std::fprintf(stderr, "at exit: %s\n", Value(*registry, "static_total").c_str());
  }
  bool armed = false;
  std::unique_ptr<Registry> registry;
  Counter counter;
  Counter gone;
};
StaticUser static_user;

TEST(StaticDestructionTest, RecordingIsSafe) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        static_user.armed = true;
        static_user.registry = std::make_unique<Registry>();
        static_user.counter = static_user.registry->AddCounter({.name = "static_total"}).value();
        static_user.counter.Increment(100);
        static_user.gone = Registry().AddCounter({.name = "gone_total"}).value();
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "at exit: 111");
}

}  // namespace
}  // namespace vitals
