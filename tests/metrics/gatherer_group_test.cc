#include "vitals/metrics/gatherer_group.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/base/log.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Takes what is logged, so that it does not stand among the test's output.
class GathererGroupTest : public ::testing::Test {
 protected:
  GathererGroupTest() {
    SetLogSink([this](LogSeverity, std::string_view text) { logged_.emplace_back(text); });
  }
  ~GathererGroupTest() override { SetLogSink({}); }

  // Each series of a new snapshot of the group: `name{labels} number`, in order.
  std::vector<std::string> Series() {
    group_.Gather(snapshot_);
    std::vector<std::string> lines;
    for (const MetricFamily& family : snapshot_.families()) {
      for (std::size_t i = 0; i < family.size(); ++i) {
        const double number = family.description().kind == ValueKind::kHistogram
                                  ? static_cast<double>(family.Histogram(i).count())
                                  : family.Number(i);
        lines.push_back(family.description().name + '{' + LabelText(family.labels(i)) + "} " +
                        std::to_string(static_cast<int>(number)));
      }
    }
    return lines;
  }

  static std::shared_ptr<Registry> WithCounter(const std::string& name, int value,
                                               const std::string& help = {}) {
    auto registry = std::make_shared<Registry>();
    registry->AddCounter({.name = name, .help = help})
        .value()
        .Increment(static_cast<std::uint64_t>(value));
    return registry;
  }

  static std::shared_ptr<Registry> WithGauge(const std::string& name, double value) {
    auto registry = std::make_shared<Registry>();
    registry->AddGauge({.name = name}).value().Set(value);
    return registry;
  }

  static std::shared_ptr<Registry> WithHistogram(const std::string& name) {
    auto registry = std::make_shared<Registry>();
    registry->AddHistogram({.name = name, .bounds = {1}}).value().Observe(1);
    return registry;
  }

  GathererGroup group_;
  Snapshot snapshot_;
  std::vector<std::string> logged_;
};

TEST_F(GathererGroupTest, ShowsAllMembersSorted) {
  EXPECT_THAT(Series(), IsEmpty());
  ASSERT_TRUE(group_.Add(WithCounter("b_total", 1)).ok());
  ASSERT_TRUE(group_.Add(WithGauge("a", 2)).ok());
  ASSERT_TRUE(group_.Add(WithHistogram("c")).ok());
  EXPECT_THAT(Series(), ElementsAre("a{} 2", "b_total{} 1", "c{} 1"));
  EXPECT_THAT(Series(), ElementsAre("a{} 2", "b_total{} 1", "c{} 1")) << "again, with warm memory";
  EXPECT_THAT(snapshot_.errors(), IsEmpty());
}

TEST_F(GathererGroupTest, AddsPrefixAndConstantLabels) {
  auto registry = std::make_shared<Registry>(RegistryOptions{.const_labels = {{"zone", "b"}}});
  registry->AddCounter({.name = "x_total", .help = "X."}, {"k"}).value().With("v").Increment();
  ASSERT_TRUE(group_.Add(registry, {.prefix = "app_", .const_labels = {{"shard", "3"}}}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(app_x_total{k="v",shard="3",zone="b"} 1)"));
  const FamilyDescription& description = snapshot_.families()[0].description();
  EXPECT_EQ(description.header, "# HELP app_x_total X.\n# TYPE app_x_total counter\n");
  EXPECT_EQ(description.const_label_text, R"(shard="3",zone="b")");
}

TEST_F(GathererGroupTest, FollowsMembersThatChange) {
  const auto registry = WithCounter("b_total", 1);
  ASSERT_TRUE(group_.Add(registry, {.prefix = "p_"}).ok());
  EXPECT_THAT(Series(), ElementsAre("p_b_total{} 1"));
  registry->AddGauge({.name = "a"}).value().Set(2);
  EXPECT_THAT(Series(), ElementsAre("p_a{} 2", "p_b_total{} 1"));
  registry->RemoveFamily("b_total");
  EXPECT_THAT(Series(), ElementsAre("p_a{} 2"));
}

TEST_F(GathererGroupTest, OneNameInSeveralMembersIsOneFamily) {
  ASSERT_TRUE(group_.Add(WithCounter("x_total", 1, "First."), {.const_labels = {{"s", "1"}}}).ok());
  ASSERT_TRUE(
      group_.Add(WithCounter("x_total", 2, "Second."), {.const_labels = {{"s", "2"}}}).ok());
  auto labelled = std::make_shared<Registry>();
  labelled->AddDoubleCounter({.name = "x_total"}, {"s"}).value().With("3").Increment(3);
  ASSERT_TRUE(group_.Add(labelled).ok());
  EXPECT_THAT(Series(),
              ElementsAre(R"(x_total{s="1"} 1)", R"(x_total{s="2"} 2)", R"(x_total{s="3"} 3)"));
  EXPECT_EQ(snapshot_.Find("x_total")->description().help, "First.");
  EXPECT_THAT(snapshot_.errors(), IsEmpty());
}

TEST_F(GathererGroupTest, LeavesOutWhatIsThereTwice) {
  ASSERT_TRUE(group_.Add(WithCounter("x_total", 1)).ok());
  ASSERT_TRUE(group_.Add(WithCounter("x_total", 2)).ok());
  EXPECT_THAT(Series(), ElementsAre("x_total{} 1"));
  EXPECT_THAT(snapshot_.errors(), ElementsAre(HasSubstr("series {} is there twice")));
  Series();
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("\"x_total\""))) << "the same text is logged once";
}

TEST_F(GathererGroupTest, AConstantLabelAndALabelMakeTheSameSeries) {
  auto labelled = std::make_shared<Registry>();
  labelled->AddCounter({.name = "x_total"}, {"s"}).value().With("1").Increment();
  ASSERT_TRUE(group_.Add(WithCounter("x_total", 5), {.const_labels = {{"s", "1"}}}).ok());
  ASSERT_TRUE(group_.Add(labelled).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(x_total{s="1"} 5)"));
  EXPECT_THAT(snapshot_.errors(), ElementsAre(HasSubstr(R"(series {s="1"} is there twice)")));
}

TEST_F(GathererGroupTest, AnEmptyLabelIsNoLabel) {
  auto labelled = std::make_shared<Registry>();
  labelled->AddCounter({.name = "x_total"}, {"s"}).value().With("").Increment();
  ASSERT_TRUE(group_.Add(WithCounter("x_total", 5)).ok());
  ASSERT_TRUE(group_.Add(labelled).ok());
  EXPECT_THAT(Series(), ElementsAre("x_total{} 5"));
}

TEST_F(GathererGroupTest, LeavesOutAnotherType) {
  ASSERT_TRUE(group_.Add(WithCounter("x", 1), {.const_labels = {{"s", "1"}}}).ok());
  ASSERT_TRUE(group_.Add(WithGauge("x", 2), {.const_labels = {{"s", "2"}}}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(x{s="1"} 1)"));
  EXPECT_THAT(snapshot_.errors(),
              ElementsAre(HasSubstr("it is a gauge, and a counter in a member added earlier")));
}

TEST_F(GathererGroupTest, LeavesOutNamesThatAHistogramShows) {
  ASSERT_TRUE(group_.Add(WithHistogram("a")).ok());
  ASSERT_TRUE(group_.Add(WithGauge("a_sum", 1)).ok());
  ASSERT_TRUE(group_.Add(WithGauge("b_count", 2)).ok());
  ASSERT_TRUE(group_.Add(WithHistogram("b")).ok());
  ASSERT_TRUE(group_.Add(WithGauge("a_summit", 3)).ok());
  EXPECT_THAT(Series(), ElementsAre("a{} 1", "a_summit{} 3", "b_count{} 2"));
  EXPECT_THAT(snapshot_.errors(),
              ElementsAre(HasSubstr("\"a_sum\" of a group's member is left out: "
                                    "the page has a_sum already"),
                          HasSubstr("\"b\" of a group's member is left out: "
                                    "the page has b_count already")));
}

TEST_F(GathererGroupTest, LeavesOutFamiliesThatHaveAConstantLabel) {
  auto registry = std::make_shared<Registry>();
  registry->AddCounter({.name = "a_total"}, {"s"}).value().With("1").Increment();
  registry->AddCounter({.name = "b_total", .const_labels = {{"s", "1"}}}).value().Increment();
  registry->AddHistogram({.name = "h", .bounds = {1}}).value().Observe(1);
  registry->AddGauge({.name = "ok"}).value().Set(4);
  ASSERT_TRUE(group_.Add(registry, {.const_labels = {{"le", "9"}, {"s", "2"}}}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(ok{le="9",s="2"} 4)"));
  EXPECT_THAT(snapshot_.errors(),
              ElementsAre(HasSubstr("\"a_total\""), HasSubstr("\"b_total\""),
                          HasSubstr("\"le\" is reserved for the lines of this type")));
}

// Collects what it is given.
class FixedCollector : public Collector {
 public:
  explicit FixedCollector(CollectedFamily family) : family_(std::move(family)) {}
  std::vector<CollectedFamily> Collect() override { return {family_}; }

 private:
  CollectedFamily family_;
};

TEST_F(GathererGroupTest, LooksAtTheLabelsOfCollectedFamilies) {
  auto registry = std::make_shared<Registry>();
  CollectedFamily family = {.name = "x", .type = MetricType::kGauge};
  family.samples = {{{{"k", "1"}}, 1}, {{{"s", "1"}}, 2}};
  ASSERT_TRUE(registry->AddCollector(std::make_shared<FixedCollector>(family)).ok());
  ASSERT_TRUE(group_.Add(registry, {.const_labels = {{"s", "2"}}}).ok());
  ASSERT_TRUE(group_.Add(registry, {.const_labels = {{"t", "2"}}}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(x{k="1",t="2"} 1)", R"(x{s="1",t="2"} 2)"));
  EXPECT_THAT(snapshot_.errors(), ElementsAre(HasSubstr("constant label \"s\"")));
}

TEST_F(GathererGroupTest, ACollectedStateSetWithAPrefixIsAGauge) {
  auto registry = std::make_shared<Registry>();
  CollectedFamily family = {.name = "phase", .type = MetricType::kStateSet};
  family.samples = {{{{"phase", "up"}}, 1}};
  ASSERT_TRUE(registry->AddCollector(std::make_shared<FixedCollector>(family)).ok());
  ASSERT_TRUE(group_.Add(registry, {.prefix = "a_"}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(a_phase{phase="up"} 1)"));
  EXPECT_EQ(snapshot_.families()[0].description().type, MetricType::kGauge);
}

TEST_F(GathererGroupTest, PassesOnTheErrorsOfMembers) {
  auto registry = std::make_shared<Registry>();
  const CollectedFamily bad = {.name = "a-b", .type = MetricType::kGauge};
  ASSERT_TRUE(registry->AddCollector(std::make_shared<FixedCollector>(bad)).ok());
  ASSERT_TRUE(group_.Add(registry).ok());
  group_.Gather(snapshot_);
  EXPECT_THAT(snapshot_.errors(), ElementsAre(HasSubstr("\"a-b\"")));
}

class ThrowingGatherer : public Gatherer {
 public:
  explicit ThrowingGatherer(bool standard) : standard_(standard) {}
  void Gather(Snapshot& snapshot) override {
    snapshot.AddError("half done");
    if (standard_) throw std::runtime_error("no disk");
    throw 42;
  }

 private:
  bool standard_;
};

TEST_F(GathererGroupTest, LeavesOutMembersThatThrow) {
  ASSERT_TRUE(group_.Add(std::make_shared<ThrowingGatherer>(true)).ok());
  ASSERT_TRUE(group_.Add(WithGauge("x", 1)).ok());
  ASSERT_TRUE(group_.Add(std::make_shared<ThrowingGatherer>(false)).ok());
  EXPECT_THAT(Series(), ElementsAre("x{} 1"));
  EXPECT_THAT(snapshot_.errors(),
              ElementsAre(HasSubstr("no disk"), HasSubstr("no std::exception")));
}

TEST_F(GathererGroupTest, RefusesWhatCannotBeAMember) {
  const auto registry = WithGauge("x", 1);
  const auto group = std::make_shared<GathererGroup>();
  const auto outer = std::make_shared<GathererGroup>();
  ASSERT_TRUE(outer->Add(group).ok());
  const struct {
    absl::Status status;
    const char* message;
  } cases[] = {
      {group_.Add(nullptr), "null"},
      {group_.AddWeak(std::weak_ptr<Gatherer>()), "null"},
      {group_.Add(registry, {.prefix = "a-"}), "prefix: metric name \"a-\" has \"-\""},
      {group_.Add(registry, {.const_labels = {{"__a", "b"}}}), "const_labels: label name"},
      {group->Add(group), "would contain itself"},
      {group->AddWeak(outer), "would contain itself"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(test.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(test.status.message()), HasSubstr(test.message));
  }
  ASSERT_TRUE(group_.Add(registry).ok());
  EXPECT_EQ(group_.Add(registry).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(group_.Add(registry, {.prefix = "again_"}).ok());
  EXPECT_THAT(Series(), ElementsAre("again_x{} 1", "x{} 1"));
}

TEST_F(GathererGroupTest, RemovesAMember) {
  const auto registry = WithGauge("x", 1);
  EXPECT_FALSE(group_.Remove(registry.get()));
  ASSERT_TRUE(group_.Add(registry).ok());
  ASSERT_TRUE(group_.Add(registry, {.prefix = "a_"}).ok());
  ASSERT_TRUE(group_.Add(WithGauge("y", 2)).ok());
  Series();
  EXPECT_TRUE(group_.Remove(registry.get()));
  EXPECT_THAT(Series(), ElementsAre("y{} 2"));
  EXPECT_FALSE(group_.Remove(nullptr));
}

TEST_F(GathererGroupTest, KeepsItsMembersAliveAndLetsGoOfWeakOnes) {
  ASSERT_TRUE(group_.Add(WithGauge("owned", 1)).ok());
  auto plugin = WithGauge("plugin", 2);
  ASSERT_TRUE(group_.AddWeak(plugin).ok());
  EXPECT_THAT(Series(), ElementsAre("owned{} 1", "plugin{} 2"));
  plugin.reset();
  EXPECT_THAT(Series(), ElementsAre("owned{} 1"));
  EXPECT_THAT(snapshot_.errors(), IsEmpty());
}

TEST_F(GathererGroupTest, ASnapshotOutlivesTheGroup) {
  auto group = std::make_unique<GathererGroup>();
  ASSERT_TRUE(group->Add(WithGauge("x", 1), {.prefix = "a_"}).ok());
  group->Gather(snapshot_);
  group.reset();
  EXPECT_EQ(snapshot_.Find("a_x")->Double(0), 1);
}

TEST_F(GathererGroupTest, GroupsNest) {
  const auto inner = std::make_shared<GathererGroup>();
  ASSERT_TRUE(inner->Add(WithGauge("x", 1), {.prefix = "b_"}).ok());
  ASSERT_TRUE(group_.Add(inner, {.prefix = "a_", .const_labels = {{"s", "1"}}}).ok());
  EXPECT_THAT(Series(), ElementsAre(R"(a_b_x{s="1"} 1)"));
}

TEST_F(GathererGroupTest, GathersWhileMembersComeAndGo) {
  ASSERT_TRUE(group_.Add(WithGauge("stays", 1), {.prefix = "a_"}).ok());
  std::atomic<bool> done{false};
  const auto scrape = [&] {
    Snapshot snapshot;
    while (!done.load()) {
      group_.Gather(snapshot);
      EXPECT_NE(snapshot.Find("a_stays"), nullptr);
      snapshot.Clear();
    }
  };
  std::thread scraper(scrape);
  std::thread other_scraper(scrape);
  for (int i = 0; i < 200; ++i) {
    const auto registry = WithGauge("comes", i);
    EXPECT_TRUE(group_.Add(registry).ok());
    EXPECT_TRUE(group_.Remove(registry.get()));
  }
  done.store(true);
  scraper.join();
  other_scraper.join();
}

}  // namespace
}  // namespace vitals
