#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/child_process.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using testing::Value;
using vitals_test::ExpectInForkChild;

TEST(ForkTest, AChildGoesOnFromTheParentsTotals) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a"}).value();
  const Counter counter = family.With("1");
  counter.Increment(5);
  ExpectInForkChild([&] {
    counter.Increment(2);
    std::thread([&] { counter.Increment(3); }).join();
    family.With("new").Increment(4);
    Registry own;
    own.AddGauge({.name = "g"}).value().Set(1);
    return Value(registry, R"(x_total{a="1"})") == "10" &&
           Value(registry, R"(x_total{a="new"})") == "4" && Value(own, "g") == "1";
  });
  EXPECT_EQ(Value(registry, R"(x_total{a="1"})"), "5") << "the child's records are its own";
}

TEST(ForkTest, TheStructureIsFreeInAChildWhateverOtherThreadsDid) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer's allocator may be locked in the child by a thread that is not";
#endif
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total"}, {"a"}).value();
  auto gauges = registry.AddGauge({.name = "g"}, {"a"}).value();
  std::atomic<bool> stopped{false};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    Snapshot snapshot;
    while (!stopped) registry.Gather(snapshot);
  });
  threads.emplace_back([&] {
    for (int i = 0; !stopped; ++i) {
      const std::string id = std::to_string(i % 100);
      family.With(id).Increment();
      gauges.With(id).Set(i);
      family.Remove(id);
      gauges.Remove(id);
    }
  });
  threads.emplace_back([&] {
    while (!stopped) std::thread([&] { family.With("thread").Increment(); }).join();
  });
  for (int i = 0; i < 20; ++i) {
    ExpectInForkChild([&] {
      // As many as have to wait for readers that this process does not have.
      for (int n = 0; n < 200; ++n) {
        family.With("child" + std::to_string(n)).Increment();
        gauges.With("child" + std::to_string(n)).Set(n);
        family.Remove("child" + std::to_string(n));
        gauges.Remove("child" + std::to_string(n));
      }
      family.With("child").Increment();
      return Value(registry, R"(x_total{a="child"})") == "1";
    });
  }
  stopped = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(ForkTest, WhatOtherThreadsHadRecordedIsInTheChild) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "x_total"}).value();
  std::atomic<bool> recorded{false};
  std::atomic<bool> stopped{false};
  std::thread thread([&] {
    counter.Increment(7);
    recorded = true;
    while (!stopped) std::this_thread::yield();
  });
  while (!recorded) std::this_thread::yield();
  ExpectInForkChild([&] {
    counter.Increment();
    return Value(registry, "x_total") == "8";
  });
  stopped = true;
  thread.join();
  EXPECT_EQ(Value(registry, "x_total"), "7");
}

}  // namespace
}  // namespace vitals
