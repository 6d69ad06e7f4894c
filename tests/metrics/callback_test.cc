#include "vitals/metrics/callback.h"

#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/metrics/gathered.h"
#include "vitals/base/log.h"
#include "vitals/metrics/registry.h"

/// \file
/// Foreign code that a Gather calls: callbacks, and collectors that hang or vanish.

namespace vitals {
namespace {

using ::testing::ElementsAre;
using testing::Gathered;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What is logged in these tests is asserted by way of Snapshot::errors().
class CallbackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetLogSink([](LogSeverity, std::string_view) {});
  }
  void TearDown() override { SetLogSink({}); }

  std::vector<std::string> Errors() {
    Snapshot snapshot;
    registry_.Gather(snapshot);
    return snapshot.errors();
  }

  Registry registry_{{.collector_timeout = std::chrono::milliseconds(1)}};
};

TEST_F(CallbackTest, ShowsWhatItReturnsNow) {
  double depth = 3;
  const auto registration =
      registry_.AddCallbackGauge({.name = "queue_depth", .help = "Jobs."}, [&] { return depth; });
  ASSERT_TRUE(registration.ok());
  EXPECT_EQ(Gathered(registry_, "queue_depth")->Number(0), 3.0);
  depth = 4;
  const Gathered family(registry_, "queue_depth");
  EXPECT_EQ(family->Number(0), 4.0);
  EXPECT_EQ(family->description().type, MetricType::kGauge);
  EXPECT_EQ(family->description().help, "Jobs.");
}

TEST_F(CallbackTest, SeveralOfOneNameAreOneFamily) {
  const auto first = registry_.AddCallbackCounter(
      {.name = "read_total", .const_labels = {{"disk", "a"}}}, [] { return 1.0; });
  const auto second = registry_.AddCallbackCounter(
      {.name = "read_total", .const_labels = {{"disk", "b"}}}, [] { return 2.0; });
  ASSERT_TRUE(first.ok() && second.ok());
  const Gathered family(registry_, "read_total");
  ASSERT_EQ(family->size(), 2U);
  EXPECT_EQ(family->label_text(1), "disk=\"b\"");
  EXPECT_EQ(family->Number(1), 2.0);
  EXPECT_EQ(family->description().type, MetricType::kCounter);
}

TEST_F(CallbackTest, EndsWithItsOwner) {
  struct Owner {
    explicit Owner(Registry& registry)
        : registration(registry.AddCallbackGauge({.name = "owner_value"}, [this] { return value; })
                           .value()) {}
    double value = 7;
    CallbackRegistration registration;
  };
  auto owner = std::make_optional<Owner>(registry_);
  EXPECT_TRUE(Gathered(registry_, "owner_value"));
  owner.reset();
  EXPECT_FALSE(Gathered(registry_, "owner_value"));
  EXPECT_TRUE(registry_.AddGauge({.name = "owner_value"}).ok()) << "the name is free again";
}

TEST_F(CallbackTest, WhatItCapturedGoesWithTheRegistration) {
  const auto captured = std::make_shared<double>(1.0);
  auto registration =
      registry_.AddCallbackGauge({.name = "a"}, [captured] { return *captured; }).value();
  EXPECT_TRUE(Gathered(registry_, "a"));
  registration.Remove();
  EXPECT_EQ(captured.use_count(), 1);
}

TEST_F(CallbackTest, CounterThatIsNegativeIsLeftOutAlone) {
  const auto bad = registry_.AddCallbackCounter(
      {.name = "read_total", .const_labels = {{"disk", "a"}}}, [] { return -1.0; });
  const auto good = registry_.AddCallbackCounter(
      {.name = "read_total", .const_labels = {{"disk", "b"}}}, [] { return 2.0; });
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("a counter is at least 0")));
  EXPECT_EQ(Gathered(registry_, "read_total")->size(), 1U);
}

TEST_F(CallbackTest, MovesWithItsRegistration) {
  CallbackRegistration kept;
  {
    auto registration = registry_.AddCallbackGauge({.name = "a"}, [] { return 1.0; });
    kept = *std::move(registration);
  }
  EXPECT_TRUE(Gathered(registry_, "a"));
  kept = CallbackRegistration();
  EXPECT_FALSE(Gathered(registry_, "a"));
}

TEST_F(CallbackTest, RegistrationMayOutliveTheRegistry) {
  auto registry = std::make_unique<Registry>();
  const auto captured = std::make_shared<double>(1.0);
  auto registration =
      registry->AddCallbackGauge({.name = "a"}, [captured] { return *captured; }).value();
  registry.reset();
  registration.Remove();
  EXPECT_EQ(captured.use_count(), 1);
}

TEST_F(CallbackTest, RemovalWaitsForTheCallThatRuns) {
  std::latch started(1);
  std::latch may_return(1);
  bool returned = false;
  auto registration = registry_
                          .AddCallbackGauge({.name = "slow"},
                                            [&] {
                                              started.count_down();
                                              may_return.wait();
                                              returned = true;
                                              return 1.0;
                                            })
                          .value();
  std::thread gather([&] { EXPECT_TRUE(Gathered(registry_, "slow")); });
  started.wait();
  std::thread releaser([&] { may_return.count_down(); });
  registration.Remove();
  EXPECT_TRUE(returned);
  gather.join();
  releaser.join();
}

TEST_F(CallbackTest, MayRemoveItself) {
  CallbackRegistration registration;
  registration = registry_
                     .AddCallbackGauge({.name = "once"},
                                       [&] {
                                         registration.Remove();
                                         return 1.0;
                                       })
                     .value();
  EXPECT_TRUE(Gathered(registry_, "once"));
  EXPECT_FALSE(Gathered(registry_, "once"));
}

TEST_F(CallbackTest, ThatThrowsIsLeftOut) {
  const auto throws = registry_.AddCallbackGauge(
      {.name = "a"}, []() -> double { throw std::runtime_error("no disk"); });
  const auto odd = registry_.AddCallbackGauge({.name = "b"}, []() -> double { throw 42; });
  const auto works = registry_.AddCallbackGauge({.name = "c"}, [] { return 1.0; });
  EXPECT_THAT(Errors(), ElementsAre("the callback of \"a\" is left out: it threw: no disk",
                                    HasSubstr("callback of \"b\" is left out")));
  EXPECT_TRUE(Gathered(registry_, "c"));
}

TEST_F(CallbackTest, RefusesWhatCannotBe) {
  const auto error = [&](const FamilyOptions& options, std::function<double()> function) {
    return std::string(registry_.AddCallbackGauge(options, std::move(function)).status().message());
  };
  const auto one = [] { return 1.0; };
  EXPECT_THAT(error({.name = "a-b"}, one), HasSubstr("metric name"));
  EXPECT_THAT(error({.name = "a"}, nullptr), HasSubstr("it is empty"));
  ASSERT_TRUE(registry_.AddHistogram({.name = "h"}).ok());
  EXPECT_THAT(error({.name = "h_sum"}, one), HasSubstr("Histogram h with bounds"));
  const auto kept = registry_.AddCallbackGauge({.name = "kept", .help = "x"}, one);
  EXPECT_THAT(error({.name = "kept", .help = "x"}, one), HasSubstr("same constant labels"));
  EXPECT_THAT(error({.name = "kept", .const_labels = {{"a", "b"}}}, one),
              HasSubstr("another type, help or unit"));
  EXPECT_THAT(std::string(registry_.AddGauge({.name = "kept"}).status().message()),
              HasSubstr("a callback for kept is registered"));
  const auto sum = registry_.AddCallbackGauge({.name = "late_sum"}, one);
  EXPECT_THAT(std::string(registry_.AddHistogram({.name = "late"}).status().message()),
              HasSubstr("a callback for late_sum is registered"));
}

class HangingCollector final : public Collector {
 public:
  std::vector<CollectedFamily> Collect() override {
    started.count_down();
    may_return.wait();
    return {{.name = "hanging", .samples = {{Labels(), 1.0}}}};
  }

  std::latch started{1};
  std::latch may_return{1};
};

TEST_F(CallbackTest, CollectorThatHangsHoldsUpOneGather) {
  const auto collector = std::make_shared<HangingCollector>();
  ASSERT_TRUE(registry_.AddCollector(collector).ok());
  ASSERT_TRUE(registry_.AddCounter({.name = "works_total"}).ok());
  std::thread first([&] { EXPECT_TRUE(Gathered(registry_, "hanging")); });
  collector->started.wait();
  for (int i = 0; i < 3; ++i) {
    Snapshot snapshot;
    registry_.Gather(snapshot);
    EXPECT_THAT(snapshot.errors(),
                ElementsAre("a collector is left out: it has not returned to another Gather"));
    EXPECT_NE(snapshot.Find("works_total"), nullptr);
    EXPECT_EQ(snapshot.Find("vitals_collector_errors_total")->Number(0), i + 1.0);
  }
  collector->may_return.count_down();
  first.join();
}

TEST_F(CallbackTest, CollectorThatGathersItsOwnRegistryIsLeftOutThere) {
  class Recursive final : public Collector {
   public:
    explicit Recursive(Registry& registry) : registry_(registry) {}
    std::vector<CollectedFamily> Collect() override {
      Snapshot snapshot;
      registry_.Gather(snapshot);
      return {{.name = "families", .samples = {{Labels(), double(snapshot.families().size())}}}};
    }

   private:
    Registry& registry_;
  };
  ASSERT_TRUE(registry_.AddCollector(std::make_shared<Recursive>(registry_)).ok());
  EXPECT_EQ(Gathered(registry_, "families")->Number(0), 1.0) << "the error counter";
}

class OneValue final : public Collector {
 public:
  std::vector<CollectedFamily> Collect() override {
    return {{.name = "one", .samples = {{Labels(), 1.0}}}};
  }
};

TEST_F(CallbackTest, WatchedCollectorVanishesWithItsOwner) {
  auto collector = std::make_shared<OneValue>();
  ASSERT_TRUE(registry_.AddWeakCollector(collector).ok());
  EXPECT_TRUE(Gathered(registry_, "one"));
  collector.reset();
  EXPECT_FALSE(Gathered(registry_, "one"));
  EXPECT_THAT(Errors(), IsEmpty());
  EXPECT_FALSE(registry_.AddWeakCollector(collector).ok()) << "gone before it came";
}

TEST_F(CallbackTest, WatchedCollectorCanBeRemoved) {
  const auto collector = std::make_shared<OneValue>();
  ASSERT_TRUE(registry_.AddWeakCollector(collector).ok());
  EXPECT_TRUE(registry_.RemoveCollector(collector.get()));
  EXPECT_FALSE(Gathered(registry_, "one"));
  EXPECT_FALSE(registry_.RemoveCollector(collector.get()));
}

}  // namespace
}  // namespace vitals
