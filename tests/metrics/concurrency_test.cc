#include <atomic>
#include <cmath>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using testing::Value;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kScale = 1;
#else
constexpr int kScale = 10;
#endif

// Runs `body(index)` on as many threads, all released at once, and waits for them.
template <typename Body>
void RunThreads(int count, const Body& body) {
  std::latch start(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      body(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Runs `body` over and over on a thread of its own until it is destroyed, at least once.
class Repeater {
 public:
  template <typename Body>
  explicit Repeater(Body body)
      : thread_([this, body] {
          do body();
          while (!stopped_.load());
        }) {}
  ~Repeater() {
    stopped_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

TEST(ConcurrencyTest, NothingIsLostWhileThreadsStartAndEndAndOthersGather) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "c_total"}).value();
  const DoubleCounter double_counter = registry.AddDoubleCounter({.name = "d_total"}).value();
  const Histogram histogram = registry.AddHistogram({.name = "h", .bounds = {0.5, 2}}).value();
  const UpDownCounter up_down = registry.AddUpDownCounter({.name = "u"}).value();
  const Gauge gauge = registry.AddGauge({.name = "g"}).value();
  constexpr int kRounds = 20 * kScale;
  constexpr int kRecords = 500;
  {
    std::uint64_t last_counter = 0;
    double last_double = 0;
    double last_sum = 0;
    std::uint64_t last_count = 0;
    Snapshot snapshot;
    const Repeater gatherer([&] {
      registry.Gather(snapshot);
      const std::uint64_t counter_now = snapshot.Find("c_total")->Unsigned(0);
      const double double_now = snapshot.Find("d_total")->Double(0);
      const HistogramValue histogram_now = snapshot.Find("h")->Histogram(0);
      EXPECT_GE(counter_now, last_counter);
      EXPECT_GE(double_now, last_double);
      EXPECT_GE(histogram_now.sum, last_sum);
      EXPECT_GE(histogram_now.count(), last_count);
      EXPECT_GE(snapshot.Find("u")->Signed(0), 0);
      last_counter = counter_now;
      last_double = double_now;
      last_sum = histogram_now.sum;
      last_count = histogram_now.count();
    });
    for (int round = 0; round < kRounds; ++round) {
      RunThreads(4, [&](int) {
        for (int i = 0; i < kRecords; ++i) {
          counter.Increment();
          double_counter.Increment(0.1);
          histogram.Observe(0.1);
          up_down.Increment();
          gauge.Add(1);
          up_down.Decrement();
        }
      });
    }
  }
  constexpr int kTotal = kRounds * 4 * kRecords;
  const std::string page = testing::Page(registry);
  EXPECT_EQ(testing::ValueOn(page, "c_total"), std::to_string(kTotal));
  EXPECT_EQ(testing::ValueOn(page, "h_count"), std::to_string(kTotal));
  EXPECT_EQ(testing::ValueOn(page, "g"), std::to_string(kTotal));
  EXPECT_EQ(testing::ValueOn(page, "u"), "0");
  EXPECT_NEAR(std::stod(testing::ValueOn(page, "d_total")), kTotal * 0.1, kTotal * 1e-9);
  EXPECT_NEAR(std::stod(testing::ValueOn(page, "h_sum")), kTotal * 0.1, kTotal * 1e-9);
}

TEST(ConcurrencyTest, AnUpOnOneThreadAndItsDownOnAnotherNeverReadBelowZero) {
  Registry registry;
  const UpDownCounter counter = registry.AddUpDownCounter({.name = "u"}).value();
  std::atomic<int> handed_over{0};
  Snapshot snapshot;
  const Repeater gatherer([&] {
    registry.Gather(snapshot);
    ASSERT_GE(snapshot.Find("u")->Signed(0), 0);
  });
  constexpr int kItems = 20'000 * kScale;
  RunThreads(2, [&](int index) {
    if (index == 0) {
      for (int i = 0; i < kItems; ++i) {
        counter.Increment();
        handed_over.fetch_add(1, std::memory_order_release);
      }
      return;
    }
    for (int taken = 0; taken < kItems;) {
      const int available = handed_over.load(std::memory_order_acquire);
      for (; taken < available; ++taken) counter.Decrement();
      std::this_thread::yield();
    }
  });
}

TEST(ConcurrencyTest, ThreadsThatAskForTheSameSeriesGetIt) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a", "b"}).value();
  constexpr int kSeries = 200;
  constexpr int kRounds = 5 * kScale;
  RunThreads(4, [&](int) {
    for (int round = 0; round < kRounds; ++round) {
      for (int i = 0; i < kSeries; ++i) family.With(std::to_string(i), "x").Increment();
    }
  });
  EXPECT_EQ(family.size(), static_cast<std::size_t>(kSeries));
  const std::string page = testing::Page(registry);
  for (int i = 0; i < kSeries; ++i) {
    EXPECT_EQ(testing::ValueOn(page, "x_total{a=\"" + std::to_string(i) + "\",b=\"x\"}"),
              std::to_string(4 * kRounds));
  }
}

TEST(ConcurrencyTest, RemovalRacesWithLookupRecordAndGather) {
  Registry registry;
  auto counters = registry.AddCounter({.name = "x_total"}, {"id"}).value();
  auto gauges = registry.AddGauge({.name = "g"}, {"id"}).value();
  const Counter kept = counters.With("kept");
  const Gauge kept_gauge = gauges.With("kept");
  kept_gauge.Set(1);
  constexpr int kRounds = 2000 * kScale;
  {
    Snapshot snapshot;
    const Repeater gatherer([&] { registry.Gather(snapshot); });
    RunThreads(3, [&](int index) {
      for (int i = 0; i < kRounds; ++i) {
        const std::string id = std::to_string(i % 16);
        if (index == 0) {
          counters.Remove(id);
          gauges.Remove(id);
        } else {
          counters.With(id).Increment();
          gauges.With(id).Set(1000 + i);
          kept.Increment();
        }
      }
    });
  }
  EXPECT_EQ(Value(registry, R"(x_total{id="kept"})"), std::to_string(2 * kRounds));
  EXPECT_EQ(Value(registry, R"(g{id="kept"})"), "1");
}

TEST(ConcurrencyTest, FamiliesAreAddedAndRemovedWhileOthersGather) {
  Registry registry;
  Snapshot snapshot;
  const Repeater gatherer([&] { registry.Gather(snapshot); });
  RunThreads(2, [&](int index) {
    for (int i = 0; i < 100 * kScale; ++i) {
      const std::string name = "family_" + std::to_string(index) + "_" + std::to_string(i % 7);
      registry.AddCounter({.name = name}).value().Increment();
      if (i % 3 == 0) registry.RemoveFamily(name);
    }
  });
}

TEST(ConcurrencyTest, TheSameFamilyIsAddedOnce) {
  Registry registry;
  RunThreads(4, [&](int) {
    for (int i = 0; i < 50; ++i) {
      registry.AddCounter({.name = "x" + std::to_string(i) + "_total"}).value().Increment();
    }
  });
  EXPECT_EQ(Value(registry, "x0_total"), "4");
  EXPECT_EQ(Value(registry, "x49_total"), "4");
}

}  // namespace
}  // namespace vitals
