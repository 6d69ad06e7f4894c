#include "vitals/exposition/text_encoder.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/exposition/snapshots.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using testing::Page;
using testing::Value;

TEST(TextEncoderTest, EmptyRegistryIsAnEmptyPage) {
  Registry registry;
  EXPECT_EQ(Page(registry), "");
}

TEST(TextEncoderTest, AppendsToThePage) {
  Registry registry;
  registry.AddGauge({.name = "x"}).value().Set(1);
  Snapshot snapshot;
  registry.Gather(snapshot);
  std::string page = "# first\n";
  EncodeText(snapshot, page);
  EncodeText(snapshot, page);
  EXPECT_EQ(page, "# first\n# TYPE x gauge\nx 1\n# TYPE x gauge\nx 1\n");
}

TEST(TextEncoderTest, GoldenPage) {
  Registry registry;
  registry.AddCounter({.name = "events", .help = "A counter without _total keeps its name."})
      .value()
      .Increment(3);
  registry.AddGauge({.name = "odd", .help = "Back\\slash and\nnewline, \"quotes\" stay."})
      .value()
      .Set(0.1);
  auto requests = registry
                      .AddHistogram({.name = "request_seconds",
                                     .help = "Time to answer.",
                                     .bounds = {0.005, 1, 2.5, 1e6}},
                                    {"path"})
                      .value();
  requests.With("/a \"b\"\\\n").Observe(0.003);
  requests.With("/a \"b\"\\\n").Observe(2);
  EXPECT_EQ(Page(registry),
            R"(# HELP events A counter without _total keeps its name.
# TYPE events counter
events 3
# HELP odd Back\\slash and\nnewline, "quotes" stay.
# TYPE odd gauge
odd 0.1
# HELP request_seconds Time to answer.
# TYPE request_seconds histogram
request_seconds_bucket{path="/a \"b\"\\\n",le="0.005"} 1
request_seconds_bucket{path="/a \"b\"\\\n",le="1"} 1
request_seconds_bucket{path="/a \"b\"\\\n",le="2.5"} 2
request_seconds_bucket{path="/a \"b\"\\\n",le="1000000"} 2
request_seconds_bucket{path="/a \"b\"\\\n",le="+Inf"} 2
request_seconds_sum{path="/a \"b\"\\\n"} 2.003
request_seconds_count{path="/a \"b\"\\\n"} 2
)");
}

TEST(TextEncoderTest, GoldenPageOfEveryType) {
  EXPECT_EQ(testing::Text(testing::Collected(testing::EveryType(), {{"shard", "3"}})),
            R"(# TYPE build_info gauge
build_info{shard="3",version="1.2"} 1
# HELP jobs_total Jobs "done", \\ and\nmore.
# TYPE jobs_total counter
jobs_total{shard="3",state="a \"b\"\\\n☃"} 3
jobs_total{shard="3",state=""} 0.5
# TYPE level_celsius gauge
level_celsius{shard="3",n="0"} 0.1 1520879607789
level_celsius{shard="3",n="1"} -0 -50
level_celsius{shard="3",n="2"} 1e+300
level_celsius{shard="3",n="3"} 5e-324
level_celsius{shard="3",n="4"} +Inf
level_celsius{shard="3",n="5"} -Inf
level_celsius{shard="3",n="6"} NaN
# TYPE mode gauge
mode{shard="3",mode="on"} 1
mode{shard="3",mode="off"} 0
# HELP odd No type.
# TYPE odd untyped
odd{shard="3"} -7
# TYPE old counter
old{shard="3"} 12
# HELP size_bytes Sizes.
# TYPE size_bytes summary
size_bytes{shard="3",kind="in",quantile="0"} 1
size_bytes{shard="3",kind="in",quantile="0.5"} 3.25
size_bytes{shard="3",kind="in",quantile="1"} NaN
size_bytes_sum{shard="3",kind="in"} 1234.5
size_bytes_count{shard="3",kind="in"} 7
size_bytes_sum{shard="3"} 0
size_bytes_count{shard="3"} 0
# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_bucket{shard="3",q="x",le="0.005"} 1 1700000009900
wait_seconds_bucket{shard="3",q="x",le="1"} 3 1700000009900
wait_seconds_bucket{shard="3",q="x",le="100000"} 3 1700000009900
wait_seconds_bucket{shard="3",q="x",le="1000000"} 3 1700000009900
wait_seconds_bucket{shard="3",q="x",le="+Inf"} 4 1700000009900
wait_seconds_sum{shard="3",q="x"} 2.5 1700000009900
wait_seconds_count{shard="3",q="x"} 4 1700000009900
wait_seconds_bucket{shard="3",q="y",le="0.25"} 0
wait_seconds_bucket{shard="3",q="y",le="+Inf"} 7
wait_seconds_sum{shard="3",q="y"} 0
wait_seconds_count{shard="3",q="y"} 7
)");
}

TEST(TextEncoderTest, NumbersReadBackExactly) {
  Registry registry;
  const Gauge gauge = registry.AddGauge({.name = "x"}).value();
  std::vector<double> numbers = {0.0,
                                 1.0,
                                 -1.0,
                                 0.1,
                                 1e15,
                                 9007199254740991.0,
                                 9007199254740992.0,
                                 9007199254740994.0,
                                 -9007199254740993.0,
                                 1e21,
                                 1e22,
                                 1e300,
                                 std::numeric_limits<double>::max(),
                                 std::numeric_limits<double>::lowest(),
                                 std::numeric_limits<double>::min(),
                                 std::numeric_limits<double>::denorm_min(),
                                 -0.0};
  std::mt19937_64 random(7);
  while (numbers.size() < 2000) {
    const auto number = std::bit_cast<double>(random());
    if (std::isfinite(number)) numbers.push_back(number);
  }
  for (const double number : numbers) {
    gauge.Set(number);
    const std::string text = Value(registry, "x");
    const double read = std::strtod(text.c_str(), nullptr);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(read), std::bit_cast<std::uint64_t>(number)) << text;
  }
}

TEST(TextEncoderTest, PagesLargerThanAnyBuffer) {
  Registry registry;
  auto family = registry.AddCounter({.name = "x_total", .max_series = 3000}, {"a"}).value();
  std::string expected = "# TYPE x_total counter\n";
  for (int i = 0; i < 3000; ++i) {
    const std::string value(static_cast<std::size_t>(i % 1000), 'v');
    const std::string label = std::to_string(i) + value;
    family.With(label).Increment(static_cast<std::uint64_t>(i));
    expected += "x_total{a=\"" + label + "\"} " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(Page(registry), expected);
}

}  // namespace
}  // namespace vitals
