#include "vitals/exposition/openmetrics_encoder.h"

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/exposition/snapshots.h"
#include "vitals/exposition/parser.h"

namespace vitals {
namespace {

using testing::AddFamily;
using testing::Collected;
using testing::EveryType;
using testing::OpenMetrics;
using testing::Text;

CollectedFamily OneSample(std::string name, MetricType type) {
  return {.name = std::move(name), .type = type, .samples = {CollectedSample({}, 1)}};
}

void ExpectParses(const std::string& page) {
  const auto parsed = ParsePage(page, {.format = ExpositionFormat::kOpenMetrics});
  EXPECT_TRUE(parsed.ok()) << parsed.status() << '\n' << page;
}

TEST(OpenMetricsEncoderTest, EmptySnapshot) { EXPECT_EQ(OpenMetrics(Snapshot()), "# EOF\n"); }

TEST(OpenMetricsEncoderTest, GoldenPageOfEveryType) {
  const Snapshot snapshot = Collected(EveryType(), {{"shard", "3"}});
  EXPECT_EQ(OpenMetrics(snapshot, {.created_samples = true}),
            R"(# TYPE build info
build_info{shard="3",version="1.2"} 1
# HELP jobs Jobs \"done\", \\ and\nmore.
# TYPE jobs counter
jobs_total{shard="3",state="a \"b\"\\\n☃"} 3 # {trace_id="4bf9"} 1 1700000001.25
jobs_created{shard="3",state="a \"b\"\\\n☃"} 1700000000.123
jobs_total{shard="3",state=""} 0.5 # {} 0.25
# TYPE level_celsius gauge
# UNIT level_celsius celsius
level_celsius{shard="3",n="0"} 0.1 1520879607.789
level_celsius{shard="3",n="1"} -0 -0.05
level_celsius{shard="3",n="2"} 1e+300
level_celsius{shard="3",n="3"} 5e-324
level_celsius{shard="3",n="4"} +Inf
level_celsius{shard="3",n="5"} -Inf
level_celsius{shard="3",n="6"} NaN
# TYPE mode stateset
mode{shard="3",mode="on"} 1
mode{shard="3",mode="off"} 0
# HELP odd No type.
# TYPE odd unknown
odd{shard="3"} -7
# TYPE old unknown
old{shard="3"} 12
# HELP size_bytes Sizes.
# TYPE size_bytes summary
size_bytes{shard="3",kind="in",quantile="0.0"} 1
size_bytes{shard="3",kind="in",quantile="0.5"} 3.25
size_bytes{shard="3",kind="in",quantile="1.0"} NaN
size_bytes_sum{shard="3",kind="in"} 1234.5
size_bytes_count{shard="3",kind="in"} 7
size_bytes_created{shard="3",kind="in"} 1700000000.5
size_bytes_sum{shard="3"} 0
size_bytes_count{shard="3"} 0
# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
wait_seconds_bucket{shard="3",q="x",le="0.005"} 1 1700000009.9
wait_seconds_bucket{shard="3",q="x",le="1.0"} 3 1700000009.9 # {id="fast"} 0.5
wait_seconds_bucket{shard="3",q="x",le="100000.0"} 3 1700000009.9
wait_seconds_bucket{shard="3",q="x",le="1e+06"} 3 1700000009.9
wait_seconds_bucket{shard="3",q="x",le="+Inf"} 4 1700000009.9 # {id="slow"} 2000000 1700000000
wait_seconds_sum{shard="3",q="x"} 2.5 1700000009.9
wait_seconds_count{shard="3",q="x"} 4 1700000009.9
wait_seconds_created{shard="3",q="x"} 1700000000 1700000009.9
wait_seconds_bucket{shard="3",q="y",le="0.25"} 0
wait_seconds_bucket{shard="3",q="y",le="+Inf"} 7
wait_seconds_sum{shard="3",q="y"} 0
wait_seconds_count{shard="3",q="y"} 7
# EOF
)");
}

TEST(OpenMetricsEncoderTest, CreatedSamplesOnlyWhenAsked) {
  EXPECT_EQ(OpenMetrics(Collected(EveryType())).find("_created"), std::string::npos);
}

TEST(OpenMetricsEncoderTest, CanonicalNumbers) {
  CollectedFamily family{.name = "h", .type = MetricType::kHistogram};
  family.bounds = {1e-10, 1e-5, 0.0001, 0.001, 0.02, 0.1, 0.95, 1.7, 10, 123456, 1234567, 1e10};
  family.histograms = {CollectedHistogram({}, 0, std::vector<std::uint64_t>(13, 0))};
  const std::string page = OpenMetrics(Collected({family}));
  std::string expected;
  for (const char* const text : {"1e-10", "1e-05", "0.0001", "0.001", "0.02", "0.1", "0.95", "1.7",
                                 "10.0", "123456.0", "1.234567e+06", "1e+10", "+Inf"}) {
    expected += "h_bucket{le=\"" + std::string(text) + "\"} 0\n";
  }
  EXPECT_NE(page.find(expected), std::string::npos) << page;
}

TEST(OpenMetricsEncoderTest, NamesThatWouldClashKeepTheirSuffix) {
  const auto header_of = [](std::vector<CollectedFamily> families, const std::string& sample) {
    const std::string page = OpenMetrics(Collected(std::move(families)));
    ExpectParses(page);
    const std::size_t line = page.find('\n' + sample + ' ') + 1;
    const std::size_t header = page.rfind("# TYPE ", line);
    return page.substr(header, line - header - 1);
  };
  const CollectedFamily counter = OneSample("x_total", MetricType::kCounter);
  const CollectedFamily info = OneSample("x_info", MetricType::kInfo);
  EXPECT_EQ(header_of({counter}, "x_total"), "# TYPE x counter");
  EXPECT_EQ(header_of({info}, "x_info"), "# TYPE x info");
  EXPECT_EQ(header_of({counter, OneSample("xy", MetricType::kGauge)}, "x_total"),
            "# TYPE x counter");
  EXPECT_EQ(header_of({counter, OneSample("x", MetricType::kGauge)}, "x_total"),
            "# TYPE x_total unknown");
  EXPECT_EQ(header_of({counter, OneSample("x_created", MetricType::kGauge)}, "x_total"),
            "# TYPE x_total unknown");
  EXPECT_EQ(header_of({counter, info}, "x_total"), "# TYPE x_total unknown");
  EXPECT_EQ(header_of({counter, info}, "x_info"), "# TYPE x info");
  EXPECT_EQ(header_of({info, OneSample("x", MetricType::kGauge)}, "x_info"), "# TYPE x_info gauge");
  EXPECT_EQ(header_of({OneSample("_total", MetricType::kCounter)}, "_total"),
            "# TYPE _total unknown");
  EXPECT_EQ(header_of({OneSample("version", MetricType::kInfo)}, "version"),
            "# TYPE version gauge");
  CollectedFamily summary{.name = "y", .type = MetricType::kSummary};
  summary.summaries.emplace_back();
  EXPECT_EQ(header_of({OneSample("y_sum_total", MetricType::kCounter), summary}, "y_sum_total"),
            "# TYPE y_sum_total unknown");
  EXPECT_EQ(
      header_of({OneSample("y_bucket_total", MetricType::kCounter), summary}, "y_bucket_total"),
      "# TYPE y_bucket counter");
}

TEST(OpenMetricsEncoderTest, UnitsOnlyWhereTheNameEndsInThem) {
  CollectedFamily counter = OneSample("cpu_seconds_total", MetricType::kCounter);
  counter.unit = "seconds";
  CollectedFamily gauge = OneSample("cpu_seconds", MetricType::kGauge);
  EXPECT_EQ(OpenMetrics(Collected({counter})),
            "# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\ncpu_seconds_total 1\n# EOF\n");
  EXPECT_EQ(OpenMetrics(Collected({counter, gauge})),
            "# TYPE cpu_seconds gauge\ncpu_seconds 1\n"
            "# TYPE cpu_seconds_total unknown\ncpu_seconds_total 1\n# EOF\n");
}

TEST(OpenMetricsEncoderTest, LeavesOutSumsThatAreNoTotals) {
  CollectedFamily below{.name = "a", .type = MetricType::kHistogram, .bounds = {-1, 1}};
  below.histograms = {CollectedHistogram({}, 5, {1, 1, 1})};
  CollectedFamily negative{.name = "b", .type = MetricType::kHistogram, .bounds = {1}};
  negative.histograms = {CollectedHistogram({}, -5, {1, 1})};
  CollectedFamily summary{.name = "c", .type = MetricType::kSummary};
  summary.summaries.resize(1);
  summary.summaries[0].sum = -1;
  summary.summaries[0].count = 2;
  summary.summaries[0].quantiles = {{0.1, -3}, {0.9, 2}};
  const Snapshot snapshot = Collected({below, negative, summary});
  EXPECT_EQ(OpenMetrics(snapshot),
            R"(# TYPE a histogram
a_bucket{le="-1.0"} 1
a_bucket{le="1.0"} 2
a_bucket{le="+Inf"} 3
# TYPE b histogram
b_bucket{le="1.0"} 1
b_bucket{le="+Inf"} 2
# TYPE c summary
c{quantile="0.9"} 2
c_count 2
# EOF
)");
  ExpectParses(OpenMetrics(snapshot));
  EXPECT_NE(Text(snapshot).find("a_sum 5\na_count 3\n"), std::string::npos);
}

TEST(OpenMetricsEncoderTest, LeavesOutExemplarsWithLabelsThatAreTooLong) {
  const auto page_of = [](const std::string& value) {
    CollectedFamily family = OneSample("x_total", MetricType::kCounter);
    family.samples[0].exemplar = {.labels = {{"t", value}}, .value = 1, .timestamp_seconds = 0};
    const std::string page = OpenMetrics(Collected({family}));
    ExpectParses(page);
    return page;
  };
  const std::string fits(127, 'v');
  const std::string escaped = std::string(20, '"') + std::string(107, 'v');
  EXPECT_NE(page_of(fits).find(fits), std::string::npos);
  EXPECT_NE(page_of(escaped).find(" # {"), std::string::npos);
  EXPECT_EQ(page_of(fits + "v"), "# TYPE x counter\nx_total 1\n# EOF\n");
}

TEST(OpenMetricsEncoderTest, StatesInOneWord) {
  Snapshot snapshot;
  FamilyDescription description;
  description.name = "door";
  description.type = MetricType::kStateSet;
  description.kind = ValueKind::kStates;
  description.states = {"open", "say \"shut\""};
  AddFamily(
      std::move(description),
      {{.labels = {{"room", "1"}}, .words = {0b10}}, {.labels = {{"room", "2"}}, .words = {0b01}}},
      snapshot);
  const std::string lines = R"(door{room="1",door="open"} 0
door{room="1",door="say \"shut\""} 1
door{room="2",door="open"} 1
door{room="2",door="say \"shut\""} 0
)";
  EXPECT_EQ(OpenMetrics(snapshot), "# TYPE door stateset\n" + lines + "# EOF\n");
  EXPECT_EQ(Text(snapshot), "# TYPE door gauge\n" + lines);
}

TEST(OpenMetricsEncoderTest, ExponentialHistogramsShowTheBucketsInUse) {
  const auto page_of = [](std::vector<std::uint64_t> bins) {
    FamilyDescription description;
    description.name = "h";
    description.type = MetricType::kHistogram;
    description.kind = ValueKind::kHistogram;
    description.bounds = {1, 2, 4};
    description.hides_empty_buckets = true;
    std::vector<std::uint64_t> words = {std::bit_cast<std::uint64_t>(1.5)};
    words.insert(words.end(), bins.begin(), bins.end());
    Snapshot snapshot;
    AddFamily(std::move(description), {{.words = words}}, snapshot);
    ExpectParses(OpenMetrics(snapshot));
    return Text(snapshot);
  };
  const std::string header = "# TYPE h histogram\n";
  EXPECT_EQ(page_of({0, 3, 0, 0}), header +
                                       "h_bucket{le=\"1\"} 0\nh_bucket{le=\"2\"} 3\n"
                                       "h_bucket{le=\"+Inf\"} 3\n"
                                       "h_sum 1.5\nh_count 3\n");
  EXPECT_EQ(page_of({1, 0, 2, 0}), header +
                                       "h_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 1\n"
                                       "h_bucket{le=\"4\"} 3\nh_bucket{le=\"+Inf\"} 3\n"
                                       "h_sum 1.5\nh_count 3\n");
  EXPECT_EQ(page_of({0, 0, 0, 5}),
            header + "h_bucket{le=\"4\"} 0\nh_bucket{le=\"+Inf\"} 5\nh_sum 1.5\nh_count 5\n");
  EXPECT_EQ(page_of({0, 0, 0, 0}), header + "h_bucket{le=\"+Inf\"} 0\nh_sum 1.5\nh_count 0\n");
}

}  // namespace
}  // namespace vitals
