#include "vitals/metrics/lint.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/metrics/registry.h"

namespace vitals {

void PrintTo(const LintProblem& problem, std::ostream* out) {
  *out << problem.metric << ": " << problem.text;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a collector finds is linted, with a help text unless it says otherwise.
class FamilyCollector : public Collector {
 public:
  explicit FamilyCollector(std::vector<CollectedFamily> families)
      : families_(std::move(families)) {}
  std::vector<CollectedFamily> Collect() override { return families_; }

 private:
  std::vector<CollectedFamily> families_;
};

CollectedFamily Family(std::string name, MetricType type, Labels labels = {}) {
  CollectedFamily family = {.name = std::move(name), .help = "Help.", .type = type};
  if (type == MetricType::kHistogram) {
    family.bounds = {1};
    family.histograms = {{std::move(labels), 1, {1, 0}}};
  } else if (type == MetricType::kSummary) {
    CollectedSummary summary;
    summary.labels = std::move(labels);
    family.summaries = {summary};
  } else {
    family.samples = {{std::move(labels), 1}};
  }
  return family;
}

std::vector<LintProblem> LintOf(std::vector<CollectedFamily> families,
                                const LintOptions& options = {}) {
  Registry registry;
  EXPECT_TRUE(registry.AddCollector(std::make_shared<FamilyCollector>(std::move(families))).ok());
  return Lint(registry, options);
}

TEST(LintTest, SaysNothingOfGoodNames) {
  EXPECT_THAT(LintOf({Family("jobs_total", MetricType::kCounter, {{"status", "ok"}}),
                      Family("busy_seconds_total", MetricType::kCounter),
                      Family("start_timestamp_seconds", MetricType::kGauge),
                      Family("queue_depth", MetricType::kGauge),
                      Family("thermometers_read", MetricType::kGauge),
                      Family("job_duration_seconds", MetricType::kHistogram),
                      Family("job_size_bytes", MetricType::kSummary),
                      Family("anything_total", MetricType::kUntyped, {{"le", "1"}}),
                      Family("any_sum", MetricType::kUntyped)}),
              IsEmpty());
}

struct Rule {
  const char* name;
  MetricType type;
  Labels labels;
  const char* text;
};

class LintRuleTest : public ::testing::TestWithParam<Rule> {};

TEST_P(LintRuleTest, ReportsWithPromlintsWords) {
  const Rule& rule = GetParam();
  EXPECT_THAT(LintOf({Family(rule.name, rule.type, rule.labels)}),
              ElementsAre(LintProblem{rule.name, rule.text}));
}

INSTANTIATE_TEST_SUITE_P(
    All, LintRuleTest,
    ::testing::Values(
        Rule{"jobs", MetricType::kCounter, {}, "counter metrics should have \"_total\" suffix"},
        Rule{"jobs_total",
             MetricType::kGauge,
             {},
             "non-counter metrics should not have \"_total\" suffix"},
        Rule{"jobs_total",
             MetricType::kInfo,
             {},
             "non-counter metrics should not have \"_total\" suffix"},
        Rule{"end_timestamp_seconds",
             MetricType::kHistogram,
             {},
             "non-gauge metrics should not have \"_timestamp_seconds\" suffix"},
        Rule{"x_bucket",
             MetricType::kSummary,
             {},
             "non-histogram metrics should not have \"_bucket\" suffix"},
        Rule{"x_count",
             MetricType::kGauge,
             {},
             "non-histogram and non-summary metrics should not have \"_count\" suffix"},
        Rule{"x_sum",
             MetricType::kGauge,
             {},
             "non-histogram and non-summary metrics should not have \"_sum\" suffix"},
        Rule{"x",
             MetricType::kGauge,
             {{"le", "1"}},
             "non-histogram metrics should not have \"le\" label"},
        Rule{"x",
             MetricType::kHistogram,
             {{"quantile", "1"}},
             "non-summary metrics should not have \"quantile\" label"},
        Rule{"x_gauge", MetricType::kGauge, {}, "metric name should not include type 'gauge'"},
        Rule{"x_Histogram_y",
             MetricType::kHistogram,
             {},
             "metric name should not include type 'histogram'"},
        Rule{"x:y", MetricType::kGauge, {}, "metric names should not contain ':'"},
        Rule{"queueDepth",
             MetricType::kGauge,
             {},
             "metric names should be written in 'snake_case' not 'camelCase'"},
        Rule{"x",
             MetricType::kGauge,
             {{"workerId", "1"}},
             "label names should be written in 'snake_case' not 'camelCase'"},
        Rule{"x_ms", MetricType::kGauge, {}, "metric names should not contain abbreviated units"},
        Rule{"x_KB_y", MetricType::kGauge, {}, "metric names should not contain abbreviated units"},
        Rule{"x_milliseconds",
             MetricType::kGauge,
             {},
             "use base unit \"seconds\" instead of \"milliseconds\""},
        Rule{"days_left", MetricType::kGauge, {}, "use base unit \"seconds\" instead of \"days\""},
        Rule{"x_kilobits_y_seconds",
             MetricType::kGauge,
             {},
             "use base unit \"bytes\" instead of \"kilobits\""},
        Rule{"x_kelvins",
             MetricType::kGauge,
             {},
             "use base unit \"kelvin\" instead of \"kelvins\""}));

TEST(LintTest, MissesHelp) {
  CollectedFamily family = Family("x", MetricType::kGauge);
  family.help.clear();
  EXPECT_THAT(LintOf({family}), ElementsAre(LintProblem{"x", "no help text"}));
}

// Series as a snapshot of a foreign gatherer may have them.
class RepeatingGatherer : public Gatherer {
 public:
  RepeatingGatherer() { registry_.AddGauge({.name = "x", .help = "X."}).value().Set(1); }

  void Gather(Snapshot& snapshot) override {
    registry_.Gather(snapshot);
    const MetricFamily copy = snapshot.families()[0];
    snapshot.AddFamily() = copy;
  }

 private:
  Registry registry_;
};

TEST(LintTest, FindsASeriesThatIsThereTwice) {
  RepeatingGatherer gatherer;
  EXPECT_THAT(Lint(gatherer), ElementsAre(LintProblem{"x", "metric not unique"}));
}

TEST(LintTest, ReportsEachProblemOnceAndSorted) {
  CollectedFamily family = Family("b", MetricType::kCounter, {{"aB", "1"}});
  family.samples.push_back({{{"aB", "2"}}, 1});
  EXPECT_THAT(LintOf({family, Family("a_ms", MetricType::kCounter)}),
              ElementsAre(LintProblem{"a_ms", "counter metrics should have \"_total\" suffix"},
                          LintProblem{"a_ms", "metric names should not contain abbreviated units"},
                          LintProblem{"b", "counter metrics should have \"_total\" suffix"},
                          LintProblem{"b",
                                      "label names should be written in 'snake_case' not "
                                      "'camelCase'"}));
}

TEST(LintTest, LeavesOutAcceptedExceptions) {
  const std::vector<CollectedFamily> families = {Family("a_ms", MetricType::kCounter),
                                                 Family("b_ms", MetricType::kCounter)};
  const LintOptions options = {
      .accepted = {{"a_ms", "counter metrics should have \"_total\" suffix"}, {.metric = "b_ms"}}};
  EXPECT_THAT(
      LintOf(families, options),
      ElementsAre(LintProblem{"a_ms", "metric names should not contain abbreviated units"}));
}

TEST(LintTest, ReportsExceptionsThatMeetNoProblem) {
  const LintOptions options = {
      .accepted = {
          {.metric = "gone"}, {"x", "no help text"}, {.metric = "x_ms"}, {.metric = "x_ms"}}};
  EXPECT_THAT(
      LintOf({Family("x", MetricType::kGauge), Family("x_ms", MetricType::kGauge)}, options),
      ElementsAre(
          LintProblem{"gone", "accepted exception meets no problem: remove it"},
          LintProblem{"x", "accepted exception \"no help text\" meets no problem: remove it"}));
}

}  // namespace
}  // namespace vitals
