#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tests/exposition/snapshots.h"
#include "vitals/exposition/parser.h"

// Any page that we write reads back as what it was made from.

namespace vitals {
namespace {

// A sample as it should be read back: by name and labels, which are unique.
using Key = std::pair<std::string, std::vector<Label>>;
struct Expected {
  std::uint64_t value_bits = 0;  // so that NaN equals NaN, and -0 does not equal 0
  std::optional<std::int64_t> timestamp_ms;
  std::optional<std::tuple<std::vector<Label>, double, double>> exemplar;

  friend bool operator==(const Expected&, const Expected&) = default;
};
using Samples = std::map<Key, Expected>;

Key KeyOf(std::string name, const Labels& labels) {
  return {std::move(name), {labels.begin(), labels.end()}};
}

std::uint64_t BitsOf(double value) {
  return std::isnan(value) ? std::bit_cast<std::uint64_t>(std::nan(""))
                           : std::bit_cast<std::uint64_t>(value);
}

Samples Read(const ParsedPage& page) {
  Samples samples;
  for (const ParsedSample& sample : page.samples()) {
    Expected read{BitsOf(sample.value), sample.timestamp_ms, {}};
    if (const ParsedExemplar* const exemplar = page.Exemplar(sample)) {
      const Labels labels = exemplar->labels.ToLabels();
      read.exemplar = {
          {labels.begin(), labels.end()}, exemplar->value, exemplar->timestamp_seconds.value_or(0)};
    }
    EXPECT_TRUE(
        samples.emplace(KeyOf(std::string(sample.name), sample.labels.ToLabels()), read).second);
  }
  return samples;
}

// Says what the snapshot's lines are, by the data model alone.
class Describer {
 public:
  Describer(const MetricFamily& family, ExpositionFormat format, Samples& samples)
      : family_(family), format_(format), samples_(samples) {}

  void Describe() {
    for (std::size_t i = 0; i < family_.size(); ++i) {
      series_ = i;
      switch (family_.description().kind) {
        case ValueKind::kHistogram:
          DescribeHistogram();
          break;
        case ValueKind::kSummary:
          DescribeSummary();
          break;
        default:
          Add("", {}, family_.Number(i), 0);
      }
    }
  }

 private:
  void DescribeHistogram() {
    const HistogramValue value = family_.Histogram(series_);
    std::uint64_t cumulative = 0;
    for (std::size_t bin = 0; bin < value.bins.size(); ++bin) {
      cumulative += value.bins[bin];
      const std::vector<std::string>& texts = format_ == ExpositionFormat::kText
                                                  ? family_.description().bound_texts
                                                  : family_.description().openmetrics_bound_texts;
      Add("_bucket", ParseLabelText(texts[bin]), static_cast<double>(cumulative), bin);
    }
    Add("_sum", {}, value.sum);
    Add("_count", {}, static_cast<double>(value.count()));
  }

  void DescribeSummary() {
    const SummaryValue value = family_.Summary(series_);
    for (std::size_t q = 0; q < family_.description().quantiles.size(); ++q) {
      const std::vector<std::string>& texts =
          format_ == ExpositionFormat::kText ? family_.description().quantile_texts
                                             : family_.description().openmetrics_quantile_texts;
      Add("", ParseLabelText(texts[q]), value.quantile(q));
    }
    Add("_sum", {}, value.sum);
    Add("_count", {}, static_cast<double>(value.count));
  }

  void Add(const std::string& suffix, const Labels& own, double value,
           std::optional<std::size_t> bin = {}) {
    const Labels shared = family_.labels(series_);
    std::vector<Label> labels(shared.begin(), shared.end());
    labels.insert(labels.end(), own.begin(), own.end());
    Expected expected{BitsOf(value), family_.timestamp_ms(series_), {}};
    for (const Exemplar& exemplar : family_.exemplars()) {
      if (format_ == ExpositionFormat::kText || bin != exemplar.bin || exemplar.series != series_)
        continue;
      const Labels exemplar_labels = ParseLabelText(exemplar.label_text());
      expected.exemplar = {{exemplar_labels.begin(), exemplar_labels.end()},
                           exemplar.value,
                           exemplar.timestamp_seconds};
    }
    samples_.emplace(KeyOf(family_.description().name + suffix, Labels(std::move(labels))),
                     expected);
  }

  const MetricFamily& family_;
  const ExpositionFormat format_;
  Samples& samples_;
  std::size_t series_ = 0;
};

void ExpectRoundTrip(const Snapshot& snapshot, ExpositionFormat format) {
  const std::string page =
      format == ExpositionFormat::kText ? testing::Text(snapshot) : testing::OpenMetrics(snapshot);
  const auto parsed = ParsePage(page, {.format = format});
  ASSERT_TRUE(parsed.ok()) << parsed.status() << '\n' << page;
  Samples expected;
  for (const MetricFamily& family : snapshot.families())
    Describer(family, format, expected).Describe();
  EXPECT_EQ(Read(*parsed), expected) << page;
}

TEST(RoundTripTest, SamplesOfEveryType) {
  const Snapshot snapshot = testing::Collected(testing::EveryType(), {{"shard", "\"\\\n"}});
  ExpectRoundTrip(snapshot, ExpositionFormat::kText);
  ExpectRoundTrip(snapshot, ExpositionFormat::kOpenMetrics);
}

TEST(RoundTripTest, TextMetadata) {
  const std::string text = testing::Text(testing::Collected(testing::EveryType()));
  const ParsedPage page = ParsePage(text, ParseOptions()).value();
  const std::map<std::string_view, MetricType> types = {
      {"build_info", MetricType::kGauge},    {"jobs_total", MetricType::kCounter},
      {"level_celsius", MetricType::kGauge}, {"mode", MetricType::kGauge},
      {"odd", MetricType::kUntyped},         {"old", MetricType::kCounter},
      {"size_bytes", MetricType::kSummary},  {"wait_seconds", MetricType::kHistogram}};
  ASSERT_EQ(page.families().size(), types.size());
  for (const auto& [name, type] : types) {
    ASSERT_NE(page.Find(name), nullptr) << name;
    EXPECT_EQ(page.Find(name)->type, type) << name;
  }
  EXPECT_EQ(page.Help(*page.Find("jobs_total")), "Jobs \"done\", \\ and\nmore.");
}

TEST(RoundTripTest, OpenMetricsMetadata) {
  const std::string text = testing::OpenMetrics(testing::Collected(testing::EveryType()));
  const ParsedPage page = ParsePage(text, {.format = ExpositionFormat::kOpenMetrics}).value();
  const std::map<std::string_view, MetricType> types = {
      {"build", MetricType::kInfo},          {"jobs", MetricType::kCounter},
      {"level_celsius", MetricType::kGauge}, {"mode", MetricType::kStateSet},
      {"odd", MetricType::kUntyped},         {"old", MetricType::kUntyped},
      {"size_bytes", MetricType::kSummary},  {"wait_seconds", MetricType::kHistogram}};
  ASSERT_EQ(page.families().size(), types.size());
  for (const auto& [name, type] : types) {
    ASSERT_NE(page.Find(name), nullptr) << name;
    EXPECT_EQ(page.Find(name)->type, type) << name;
  }
  EXPECT_EQ(page.Help(*page.Find("jobs")), "Jobs \"done\", \\ and\nmore.");
  EXPECT_EQ(page.Find("wait_seconds")->unit, "seconds");
}

TEST(RoundTripTest, TimesOfCreation) {
  const Snapshot snapshot = testing::Collected(testing::EveryType());
  const std::string text = testing::OpenMetrics(snapshot, {.created_samples = true});
  const ParsedPage page = ParsePage(text, {.format = ExpositionFormat::kOpenMetrics}).value();
  std::map<std::string, double> created;
  for (const ParsedSample& sample : page.samples()) {
    if (sample.name.ends_with("_created")) created[std::string(sample.name)] = sample.value;
  }
  const std::map<std::string, double> expected = {{"jobs_created", 1'700'000'000.123},
                                                  {"size_bytes_created", 1'700'000'000.5},
                                                  {"wait_seconds_created", 1'700'000'000}};
  EXPECT_EQ(created, expected);
}

}  // namespace
}  // namespace vitals
