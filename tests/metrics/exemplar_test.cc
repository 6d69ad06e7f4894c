#include "vitals/metrics/exemplar.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Gathered;
using ::testing::IsEmpty;

std::vector<std::string> Texts(const MetricFamily& family) {
  std::vector<std::string> texts;
  for (const Exemplar& exemplar : family.exemplars()) {
    texts.push_back(std::to_string(exemplar.series) + '/' + std::to_string(exemplar.bin) + ' ' +
                    std::string(exemplar.label_text()));
  }
  return texts;
}

std::uint64_t Dropped() { return metrics::DroppedRecords(metrics::DropReason::kExemplar); }

TEST(ExemplarTest, CounterKeepsTheNewest) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  counter.Increment();
  EXPECT_THAT(Texts(*Gathered(registry, "jobs_total")), IsEmpty());
  const double before =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  counter.IncrementWithExemplar(1, {{"trace_id", "abc"}});
  counter.IncrementWithExemplar(3, {{"trace_id", "def"}, {"span_id", "1"}});
  const Gathered family(registry, "jobs_total");
  EXPECT_EQ(family->Unsigned(0), 5U);
  EXPECT_THAT(Texts(*family), ElementsAre("0/0 trace_id=\"def\",span_id=\"1\""));
  EXPECT_EQ(family->exemplars()[0].value, 3.0);
  EXPECT_GE(family->exemplars()[0].timestamp_seconds, before);
}

TEST(ExemplarTest, HistogramKeepsOneForEachBucket) {
  Registry registry;
  const auto latency =
      registry.AddHistogram({.name = "seconds", .bounds = {1, 2}}, {"path"}).value();
  latency.With("/a").Observe(0.5);
  latency.With("/b").ObserveWithExemplar(0.5, {{"trace_id", "low"}});
  latency.With("/b").ObserveWithExemplar(2.0, {{"trace_id", "edge"}});
  latency.With("/b").ObserveWithExemplar(99, {{"trace_id", "high"}});
  const Gathered family(registry, "seconds");
  EXPECT_THAT(Texts(*family), ElementsAre("1/0 trace_id=\"low\"", "1/1 trace_id=\"edge\"",
                                          "1/2 trace_id=\"high\""));
  EXPECT_EQ(family->Histogram(1).count(), 3U);
}

TEST(ExemplarTest, LabelsAreEscaped) {
  Registry registry;
  const DoubleCounter counter = registry.AddDoubleCounter({.name = "seconds_total"}).value();
  counter.IncrementWithExemplar(0.5, {{"q", "a\"b\\c\nd"}});
  EXPECT_THAT(Texts(*Gathered(registry, "seconds_total")),
              ElementsAre("0/0 q=\"a\\\"b\\\\c\\nd\""));
}

TEST(ExemplarTest, WhatCannotBeKeptIsCountedAndTheRecordStands) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  const std::uint64_t before = Dropped();
  counter.IncrementWithExemplar(1, {{"trace_id", std::string(121, 'x')}});
  counter.IncrementWithExemplar(1, {{"bad-name", "x"}});
  counter.IncrementWithExemplar(1, {{"", "x"}});
  counter.IncrementWithExemplar(1, {{"name", "\xff"}});
  counter.IncrementWithExemplar(1, {{"quotes", std::string(100, '"')}});
  counter.IncrementWithExemplar(1, {{"a", "1"}, {"a", "2"}});
  counter.IncrementWithExemplar(1, {{"__a", "1"}});
  EXPECT_EQ(Dropped(), before + 7);
  const Gathered family(registry, "jobs_total");
  EXPECT_EQ(family->Unsigned(0), 7U);
  EXPECT_THAT(family->exemplars(), IsEmpty());
}

TEST(ExemplarTest, A128CharactersFit) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  counter.IncrementWithExemplar(1, {{"trace_id", std::string(120, 'x')}});
  EXPECT_EQ(Gathered(registry, "jobs_total")->exemplars().size(), 1U);
}

TEST(ExemplarTest, GoesWithItsSeries) {
  Registry registry;
  const auto jobs = registry.AddCounter({.name = "jobs_total"}, {"worker"}).value();
  const Counter first = jobs.With("1");
  first.IncrementWithExemplar(1, {{"trace_id", "old"}});
  EXPECT_TRUE(jobs.Remove("1"));
  const std::uint64_t before = Dropped();
  first.IncrementWithExemplar(1, {{"trace_id", "late"}});
  EXPECT_EQ(Dropped(), before + 1);
  // Enough series for the slot to come round again.
  for (int i = 0; i < 300; ++i) {
    jobs.With("1").Increment();
    EXPECT_THAT(Gathered(registry, "jobs_total")->exemplars(), IsEmpty());
    EXPECT_TRUE(jobs.Remove("1"));
  }
}

TEST(ExemplarTest, IsNeverTorn) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "jobs_total"}).value();
  std::vector<std::thread> threads;
  for (const char digit : {'1', '2'}) {
    threads.emplace_back([&counter, digit] {
      const std::string id(100, digit);
      for (int i = 0; i < 5000; ++i) {
        counter.IncrementWithExemplar(static_cast<std::uint64_t>(digit - '0'), {{"id", id}});
      }
    });
  }
  for (int i = 0; i < 500; ++i) {
    const Gathered family(registry, "jobs_total");
    for (const Exemplar& exemplar : family->exemplars()) {
      const std::string digits(100, static_cast<char>('0' + static_cast<int>(exemplar.value)));
      EXPECT_EQ(exemplar.label_text(), "id=\"" + digits + "\"");
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Gathered(registry, "jobs_total")->Unsigned(0), 15'000U);
}

}  // namespace
}  // namespace vitals
