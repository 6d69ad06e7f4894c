#include "tests/exposition/snapshots.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "gtest/gtest.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/registry.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

class FixedCollector final : public Collector {
 public:
  explicit FixedCollector(std::vector<CollectedFamily> families) : families_(std::move(families)) {}
  std::vector<CollectedFamily> Collect() override { return families_; }

 private:
  const std::vector<CollectedFamily> families_;
};

// A LabelBlock in front of its text.
struct BlockWithText : LabelBlock {
  explicit BlockWithText(const RawSeries& series) {
    const std::string label_text = LabelText(series.labels);
    EXPECT_LE(label_text.size(), sizeof(bytes));
    std::copy(label_text.begin(), label_text.end(), bytes);
    created_ms = series.created_ms;
    text_size = static_cast<std::uint32_t>(label_text.size());
    text_offset = static_cast<std::uint16_t>(bytes - reinterpret_cast<const char*>(this));
  }
  char bytes[200];
};

class FixedSeries final : public SeriesList {
 public:
  explicit FixedSeries(const std::vector<RawSeries>& series) {
    for (const RawSeries& one : series) {
      texts_.push_back(std::make_unique<BlockWithText>(one));
      blocks_.push_back(texts_.back().get());
    }
  }
  std::span<const LabelBlock* const> blocks() const noexcept override { return blocks_; }

 private:
  std::vector<std::unique_ptr<BlockWithText>> texts_;
  std::vector<const LabelBlock*> blocks_;
};

CollectedSample Sample(Labels labels, double value) { return {std::move(labels), value}; }

CollectedFamily Counters() {
  CollectedFamily family{.name = "jobs_total", .help = "Jobs \"done\", \\ and\nmore."};
  family.type = MetricType::kCounter;
  family.samples = {Sample({{"state", "a \"b\"\\\n\xE2\x98\x83"}}, 3),
                    Sample({{"state", ""}}, 0.5)};
  family.samples[0].created_ms = 1'700'000'000'123;
  family.samples[0].exemplar = {
      .labels = {{"trace_id", "4bf9"}}, .value = 1, .timestamp_seconds = 1'700'000'001.25};
  family.samples[1].exemplar = {.labels = {}, .value = 0.25, .timestamp_seconds = 0};
  return family;
}

CollectedFamily Gauges() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CollectedFamily family{.name = "level_celsius", .help = "", .type = MetricType::kGauge};
  family.unit = "celsius";
  for (const double value : {0.1, -0.0, 1e300, 5e-324, kInfinity, -kInfinity,
                             std::numeric_limits<double>::quiet_NaN()}) {
    family.samples.push_back(Sample({{"n", std::to_string(family.samples.size())}}, value));
  }
  family.samples[0].timestamp_ms = 1'520'879'607'789;
  family.samples[1].timestamp_ms = -50;
  return family;
}

CollectedFamily Histograms() {
  CollectedFamily family{.name = "wait_seconds", .help = "Waits.", .type = MetricType::kHistogram};
  family.unit = "seconds";
  family.bounds = {0.005, 1, 100000, 1e6};
  family.histograms = {CollectedHistogram({{"q", "x"}}, 2.5, {1, 2, 0, 0, 1}),
                       CollectedHistogram({{"q", "y"}}, 0, {0, 7})};
  family.histograms[0].created_ms = 1'700'000'000'000;
  family.histograms[0].timestamp_ms = 1'700'000'009'900;
  family.histograms[0].exemplars = {
      {.labels = {{"id", "slow"}}, .value = 2e6, .timestamp_seconds = 1'700'000'000},
      {.labels = {{"id", "fast"}}, .value = 0.5, .timestamp_seconds = 0}};
  family.histograms[1].bounds = {0.25};
  return family;
}

CollectedFamily Summaries() {
  CollectedFamily family{.name = "size_bytes", .help = "Sizes.", .type = MetricType::kSummary};
  CollectedSummary summary;
  summary.labels = {{"kind", "in"}};
  summary.sum = 1234.5;
  summary.count = 7;
  summary.quantiles = {{0, 1}, {0.5, 3.25}, {1, std::numeric_limits<double>::quiet_NaN()}};
  summary.created_ms = 1'700'000'000'500;
  CollectedSummary bare;
  family.summaries = {summary, bare};
  return family;
}

}  // namespace

Snapshot Collected(std::vector<CollectedFamily> families, const Labels& const_labels) {
  Registry registry({.const_labels = const_labels});
  EXPECT_TRUE(registry.AddCollector(std::make_shared<FixedCollector>(std::move(families))).ok());
  Snapshot snapshot;
  registry.Gather(snapshot);
  for (const std::string& error : snapshot.errors()) ADD_FAILURE() << error;
  return snapshot;
}

void AddFamily(FamilyDescription description, const std::vector<RawSeries>& series,
               Snapshot& snapshot) {
  CompleteDescription(description);
  const std::span<std::uint64_t> column =
      snapshot.AddFamily().Reset(std::make_shared<FamilyDescription>(std::move(description)),
                                 std::make_shared<FixedSeries>(series));
  auto word = column.begin();
  for (const RawSeries& one : series) word = std::copy(one.words.begin(), one.words.end(), word);
  EXPECT_EQ(word, column.end());
  snapshot.SortByName();
}

std::string Text(const Snapshot& snapshot) {
  std::string page;
  EncodeText(snapshot, page);
  return page;
}

std::string OpenMetrics(const Snapshot& snapshot, const OpenMetricsOptions& options) {
  std::string page;
  EncodeOpenMetrics(snapshot, options, page);
  return page;
}

std::vector<CollectedFamily> EveryType() {
  return {
      Counters(),
      Gauges(),
      Histograms(),
      Summaries(),
      {.name = "build_info",
       .type = MetricType::kInfo,
       .samples = {Sample({{"version", "1.2"}}, 1)}},
      {.name = "mode",
       .type = MetricType::kStateSet,
       .samples = {Sample({{"mode", "on"}}, 1), Sample({{"mode", "off"}}, 0)}},
      {.name = "odd", .help = "No type.", .samples = {Sample({}, -7)}},
      {.name = "old", .type = MetricType::kCounter, .samples = {Sample({}, 12)}},
  };
}

}  // namespace testing
VITALS_NAMESPACE_END
