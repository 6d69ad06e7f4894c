#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/exposition/parser.h"

namespace vitals {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr ParseOptions kOpenMetrics = {.format = ExpositionFormat::kOpenMetrics};

std::string WithEnd(std::string_view page) { return std::string(page) + "# EOF\n"; }

// The message of the failure; empty when the page is right.
std::string FailureOf(std::string_view page, const ParseOptions& options = kOpenMetrics) {
  return std::string(ParsePage(page, options).status().message());
}

// A page without its end, and how the message starts; empty where the page is right.
struct Case {
  std::string_view page;
  std::string_view message;
};

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const std::string failure = FailureOf(WithEnd(one.page));
    if (one.message.empty()) {
      EXPECT_EQ(failure, "") << one.page;
    } else {
      EXPECT_THAT(failure, StartsWith(std::string(one.message))) << one.page;
    }
  }
}

TEST(OpenMetricsParserTest, FamiliesAndSamples) {
  const std::string page = WithEnd(
      "# HELP a_seconds Say \\\"hi\\\",\\n\\\\ and \\x.\n"
      "# TYPE a_seconds counter\n"
      "# UNIT a_seconds seconds\n"
      "a_seconds_total{x=\"1\",y=\"a \\\"b\\\"\\\\\\n\\z\"} 3.5 12.0625 # {id=\"7\"} 0.5 1.25\n"
      "a_seconds_created{x=\"1\",y=\"a \\\"b\\\"\\\\\\n\\z\"} 9 12.0625\n"
      "b 1\n");
  const auto parsed = ParsePage(page, kOpenMetrics);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->format(), ExpositionFormat::kOpenMetrics);
  ASSERT_EQ(parsed->families().size(), 2u);
  const ParsedFamily& counter = parsed->families()[0];
  EXPECT_EQ(counter.name, "a_seconds");
  EXPECT_EQ(counter.type, MetricType::kCounter);
  EXPECT_EQ(counter.unit, "seconds");
  EXPECT_EQ(parsed->Help(counter), "Say \"hi\",\n\\ and \\x.");
  ASSERT_EQ(parsed->samples(counter).size(), 2u);

  const ParsedSample& total = parsed->samples(counter)[0];
  EXPECT_EQ(total.name, "a_seconds_total");
  EXPECT_EQ(total.value, 3.5);
  EXPECT_EQ(total.timestamp_ms, 12063);
  EXPECT_EQ(total.labels.ToLabels(), (Labels{{"x", "1"}, {"y", "a \"b\"\\\n\\z"}}));
  EXPECT_EQ(total.labels.Get("x"), "1");
  EXPECT_EQ(total.labels.Get("z"), std::nullopt);
  EXPECT_EQ(total.series_text(),
            page.substr(page.find("a_seconds_total"), total.series_text().size()));
  EXPECT_TRUE(total.series_text().ends_with("\\z\"}"));
  const ParsedExemplar* const exemplar = parsed->Exemplar(total);
  ASSERT_NE(exemplar, nullptr);
  EXPECT_EQ(exemplar->labels.ToLabels(), (Labels{{"id", "7"}}));
  EXPECT_EQ(exemplar->value, 0.5);
  EXPECT_EQ(exemplar->timestamp_seconds, 1.25);

  const ParsedFamily* const unknown = parsed->Find("b");
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->type, MetricType::kUntyped);
  const ParsedSample& sample = parsed->samples(*unknown)[0];
  EXPECT_EQ(sample.series_text(), "b");
  EXPECT_EQ(sample.timestamp_ms, std::nullopt);
  EXPECT_EQ(parsed->Exemplar(sample), nullptr);
  EXPECT_TRUE(sample.labels.begin() == sample.labels.end());
  EXPECT_EQ(parsed->Find("c"), nullptr);
}

TEST(OpenMetricsParserTest, TheEnd) {
  EXPECT_EQ(FailureOf("# EOF"), "");
  EXPECT_EQ(FailureOf("# EOF\n"), "");
  EXPECT_EQ(FailureOf(""), "line 1, column 1: the page ends without \"# EOF\"");
  EXPECT_EQ(FailureOf("a 1\n"), "line 2, column 1: the page ends without \"# EOF\"");
  EXPECT_EQ(FailureOf("a 1\n# EOF\n\n"), "line 3, column 1: the page goes on after \"# EOF\"");
  EXPECT_THAT(FailureOf("# EOF \n"), StartsWith("line 1, column 1: expected \"# HELP"));
}

TEST(OpenMetricsParserTest, LinesAndLabels) {
  ExpectAll({
      {"a 1\n\nb 1\n", "line 2, column 1: OpenMetrics has no empty lines"},
      {" a 1\n", "line 1, column 1: expected a metric name, found a blank"},
      {"1a 1\n", "line 1, column 1: expected a metric name, found '1'"},
      {"a-b 1\n", "line 1, column 2: expected a blank before the value, found '-'"},
      {"a\n", "line 1, column 2: expected a blank before the value, found the end of the line"},
      {"a \n", "line 1, column 3: expected a value, found the end of the line"},
      {"a\t1\n", "line 1, column 2: expected a blank before the value, found the byte 0x09"},
      {"a  1\n", "line 1, column 3: expected a value, found a blank"},
      {"a {} 1\n", "line 1, column 3: expected a value"},
      {"a{}1\n", "line 1, column 4: expected a blank before the value, found '1'"},
      {"a{b=\"1\", c=\"2\"} 1\n", "line 1, column 9: expected a label name, found a blank"},
      {"a{b=\"1\",} 1\n", "line 1, column 9: expected a label name, found '}'"},
      {"a{,} 1\n", "line 1, column 3: expected a label name, found ','"},
      {"a{b=\"1\";c=\"2\"} 1\n",
       "line 1, column 8: expected ',' or '}' after the label, found ';'"},
      {"a{b:c=\"1\"} 1\n", "line 1, column 4: expected '=' after the label name, found ':'"},
      {"a{b='1'} 1\n", "line 1, column 5: expected '\"' before the label value"},
      {"a{b=\"1\n",
       "line 1, column 7: expected '\"' after the label value, found the end of the line"},
      {"a{b=\"1\\\n", "line 1, column 8: expected '\"' after the label value"},
      {"a{b=\"1\",c=\"2\",b=\"3\"} 1\n", "line 1, column 15: label \"b\" is given twice"},
      {"a{b=\"\xC3\"} 1\n", "line 1, column 6: the page is not UTF-8 here"},
      {"a{b=\"} # {c\"} 1\n", ""},
      {"a:b{_c=\"\xC3\xA9\"} 1\n", ""},
  });
  EXPECT_EQ(FailureOf(WithEnd(std::string_view("a{b=\"\0\"} 1\n", 11))), "");
}

TEST(OpenMetricsParserTest, NumbersAndTimestamps) {
  for (const std::string_view number :
       {"0", "-0", "+1", "1.", ".5", "-1.5e+3", "1E-2", "007", "18446744073709551616", "nan", "NaN",
        "inf", "+Infinity", "-INF", "1e-400", "0.000e999999999999999999999",
        "1e-99999999999999999999"}) {
    EXPECT_EQ(FailureOf(WithEnd("a " + std::string(number) + "\n")), "") << number;
  }
  for (const std::string_view number : {"0x1", "1_0", "1e", "e1", ".", "-", "+-1", "--1", "1f",
                                        "-nan", "nan(1)", "infi", "1,5", "1e5.0", "\xC2\xA0"}) {
    EXPECT_THAT(FailureOf(WithEnd("a " + std::string(number) + "\n")),
                StartsWith("line 1, column 3: expected a value: a decimal number"))
        << number;
  }
  ExpectAll({
      {"a 1e400\n", "line 1, column 3: a value beyond the range of a double"},
      {"a 1 1e400\n", "line 1, column 5: a timestamp in seconds beyond the range of a double"},
      {"a 1 Inf\n", "line 1, column 5: a timestamp is a finite number of seconds"},
      {"a 1 nan\n", "line 1, column 5: a timestamp is a finite number of seconds"},
      {"a 1 \n", "line 1, column 5: expected a timestamp in seconds, found the end of the line"},
      {"a 1 2 3\n", "line 1, column 7: expected '#' before the exemplar, found '3'"},
      {"a 1 000\nb 1 1.5e3\nc 1 -1.25\nd 1 12345678901234567890.5\n", ""},
  });
}

TEST(OpenMetricsParserTest, ValuesAreTheNearestDoubles) {
  const auto value_of = [](const std::string& text) {
    const std::string page = WithEnd("a " + text + "\n");
    return ParsePage(page, kOpenMetrics).value().samples()[0].value;
  };
  EXPECT_EQ(value_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(value_of("18446744073709551615"), 18446744073709551616.0);
  EXPECT_EQ(value_of("0.1"), 0.1);
  EXPECT_EQ(value_of("-1e-400"), 0.0);
  EXPECT_TRUE(std::signbit(value_of("-0.00000")));
  EXPECT_EQ(value_of("-inf"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(value_of("NAN")));
  EXPECT_EQ(value_of("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_EQ(value_of("0." + std::string(400, '0') + "1e401"), 1.0);
}

TEST(OpenMetricsParserTest, TimestampsAreRoundedAndClamped) {
  const std::string page = WithEnd("a 1 -0.0015\nb 1 1e300\nc 1 -1e300\nd 1 1520879607.789\n");
  const ParsedPage parsed = ParsePage(page, kOpenMetrics).value();
  EXPECT_EQ(parsed.samples()[0].timestamp_ms, -2);
  EXPECT_EQ(parsed.samples()[1].timestamp_ms, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parsed.samples()[2].timestamp_ms, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parsed.samples()[3].timestamp_ms, 1'520'879'607'789);
}

TEST(OpenMetricsParserTest, Metadata) {
  ExpectAll({
      {"# HELP a \n# TYPE a unknown\n# UNIT a \na 1\n", ""},
      {"# HELP a he said \"no\"\na 1\n", ""},
      {"# HELP a x\n# HELP b y\n", ""},
      {"# comment\n", "line 1, column 1: expected \"# HELP name text\""},
      {"#HELP a b\n", "line 1, column 1: expected \"# HELP name text\""},
      {"# HELP\n", "line 1, column 7: expected \"# HELP name text\""},
      {"# HELP  a b\n", "line 1, column 8: expected a metric name"},
      {"# HELP a\n", "line 1, column 9: expected a blank and a text after the metric name"},
      {"# HELP a.b c\n", "line 1, column 9: expected a blank and a text"},
      {"# TYPE a untyped\n", "line 1, column 10: expected counter, gauge"},
      {"# TYPE a Gauge\n", "line 1, column 10: expected counter, gauge"},
      {"# TYPE a gauge \n", "line 1, column 10: expected counter, gauge"},
      {"# TYPE a gauge\n# TYPE a gauge\n", "line 2, column 1: a has a second TYPE"},
      {"# HELP a b\n# HELP a c\n", "line 2, column 1: a has a second HELP"},
      {"a 1\n# HELP a b\n", "line 2, column 1: metadata stands before the samples of its family"},
      {"# UNIT a_s seconds\n", "line 1, column 12: the unit is the end of the name"},
      {"# UNIT seconds seconds\n", "line 1, column 16: the unit is the end of the name"},
      {"# UNIT a_s s\n# TYPE a_s info\na_s_info 1\n",
       "line 1, column 12: a_s is info and has no unit"},
      {"# TYPE a_s stateset\n# UNIT a_s s\n", "line 2, column 12: a_s is stateset and has no unit"},
  });
}

TEST(OpenMetricsParserTest, NamesOfFamiliesDoNotClash) {
  const std::string_view two = "line 3, column 8: two families have the name a";
  ExpectAll({
      {"# TYPE a gauge\na 1\n# TYPE a_total gauge\na_total 1\n", ""},
      {"# TYPE a counter\n# TYPE b gauge\n# TYPE a gauge\n", two},
      {"# TYPE a counter\n# TYPE b gauge\n# TYPE a_total gauge\n",
       "line 3, column 8: two families"},
      {"# TYPE a_created gauge\n# TYPE a summary\n",
       "line 2, column 8: two families have the name a_created"},
      {"# TYPE a histogram\n# TYPE a_bucket counter\n",
       "line 2, column 8: two families have the name a_bucket"},
      {"# TYPE a gaugehistogram\n# TYPE a_gsum gauge\n", "line 2, column 8: two families"},
      {"# TYPE a gaugehistogram\n# TYPE a_sum gauge\n", ""},
      {"# TYPE a counter\na 1\n", "line 2, column 1: two families have the name a"},
      {"# TYPE a counter\na_sum 1\n", ""},
      {"a 1\nb 1\na 1\n", "line 3, column 1: two families have the name a"},
  });
}

TEST(OpenMetricsParserTest, MetricsStandTogetherAndTimestampsRise) {
  const std::string_view returns = "line 3, column 1: a returns to a metric that ended before";
  ExpectAll({
      {"a{b=\"1\"} 1\na{b=\"2\"} 1\na{b=\"1\"} 1\n", returns},
      {"a{b=\"1\",c=\"2\"} 1\na 1\na{c=\"2\",b=\"1\"} 1\n", returns},
      {"a{b=\"\\x\"} 1\na 1\na{b=\"\\\\x\"} 1\n", returns},
      {"a{b=\"1\",c=\"2\"} 1\na{b=\"2\",c=\"1\"} 1\na{c=\"1\"} 1\na{b=\"1\"} 1\na 1\n", ""},
      {"a 1\na 2\n", "line 2, column 1: a is there twice with the same labels and timestamp"},
      {"a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n", "line 2, column 1: a is there twice"},
      {"a 1 1\na 2 1\n", "line 2, column 1: a is there twice"},
      {"a 1 1\na 2 1.0000001\na 2 2\n", ""},
      {"a 1 2\na 2 1\n", "line 2, column 3: the timestamps of a metric do not go back"},
      {"a 1 2\na 2\n", "line 2, column 3: all samples of a metric have a timestamp, or none has"},
      {"a 1\na 2 1\n", "line 2, column 3: all samples of a metric have a timestamp, or none has"},
      {"a{b=\"1\"} 1 2\na{b=\"2\"} 1 1\na{b=\"3\"} 1\n", ""},
      {"# TYPE a info\na_info{b=\"1\"} 1 2\na_info{b=\"2\"} 1 1\n", ""},
      {"# TYPE a summary\na_sum{b=\"1\"} 1\na_sum{b=\"2\"} 1\na_count{b=\"1\"} 1\n",
       "line 4, column 1: a_count returns to a metric that ended before"},
  });
}

TEST(OpenMetricsParserTest, ManySeriesAreToldApart) {
  std::string page;
  for (int i = 0; i < 5000; ++i) page += "a{n=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_EQ(FailureOf(WithEnd(page)), "");
  EXPECT_THAT(FailureOf(WithEnd(page + "a{n=\"17\"} 1\n")),
              StartsWith("line 5001, column 1: a returns"));
}

TEST(OpenMetricsParserTest, CountersSummariesInfosAndStateSets) {
  const std::string_view total = "line 2, column 9: a total is not negative and not NaN";
  ExpectAll({
      {"# TYPE a counter\na_total 1\na_created 1\n", ""},
      {"# TYPE a counter\na_total -1\n", total},
      {"# TYPE a counter\na_total NaN\n", total},
      {"# TYPE a counter\na_total +Inf\n", ""},
      {"# TYPE a counter\na_created Inf\n", "line 2, column 11: the time of creation is a finite"},
      {"# TYPE a summary\na{quantile=\"0.5\"} NaN\na_sum 1\na_count 0\na_created 1\n", ""},
      {"# TYPE a summary\na{quantile=\"0.5\"} -1\n",
       "line 2, column 19: the value at a quantile is not negative"},
      {"# TYPE a summary\na 1\n", "line 2, column 1: a needs a label \"quantile\""},
      {"# TYPE a summary\na{quantile=\"2\"} 1\n", "line 2, column 13: a quantile is from 0 to 1"},
      {"# TYPE a summary\na{quantile=\"NaN\"} 1\n",
       "line 2, column 13: the value of \"quantile\" is a number"},
      {"# TYPE a summary\na{quantile=\"0.1\"} 1\na{quantile=\"0.1\"} 1\n",
       "line 3, column 1: a is there twice"},
      {"# TYPE a summary\na_count 0.5\n", "line 2, column 9: a count is a whole number"},
      {"# TYPE a summary\na_sum -1\n", "line 2, column 7: a total is not negative"},
      {"# TYPE a info\na_info{b=\"1\"} 1.0\n", ""},
      {"# TYPE a info\na_info{b=\"1\"} 0\n", "line 2, column 15: an info is 1"},
      {"# TYPE a stateset\na{a=\"x\"} 1\na{a=\"y\"} 0\na{a=\"x\",b=\"2\"} 1\n", ""},
      {"# TYPE a stateset\na{a=\"x\"} 1\na{a=\"x\"} 0\n", "line 3, column 1: a is there twice"},
      {"# TYPE a stateset\na{b=\"x\"} 1\n", "line 2, column 1: a needs a label \"a\""},
      {"# TYPE a stateset\na{a=\"x\"} 0.5\n", "line 2, column 10: a state is 0 or 1"},
  });
}

TEST(OpenMetricsParserTest, Histograms) {
  const std::string type = "# TYPE a histogram\n";
  const std::string inf = "a_bucket{le=\"+Inf\"} 2\n";
  const std::string last = "line 2, column 1: a histogram ends with a bucket le=\"+Inf\"";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {inf, ""},
      {"a_count 2\na_sum 1\n" + inf, ""},
      {"a_bucket{le=\"1\"} 1\n" + inf + "a_sum 1\na_count 2\na_created 1\n", ""},
      {"a_bucket{le=\"1\"} 1\n", last},
      {"a_created 1\n", last},
      {"a_bucket{le=\"-Inf\"} 1\n", last},
      {"a_bucket 1\n", "line 2, column 1: a_bucket needs a label \"le\""},
      {"a_bucket{le=\"x\"} 1\n", "line 2, column 14: the value of \"le\" is a number"},
      {"a_bucket{le=\"Inf\"} 1\n", "line 2, column 14: positive infinity is written +Inf"},
      {"a_bucket{le=\"1\"} 0.5\n", "line 2, column 18: a count is a whole number"},
      {"a_bucket{le=\"1\"} +Inf\n", "line 2, column 18: a count is a whole number"},
      {"a_bucket{le=\"1\"} 3\n" + inf, "line 3, column 21: buckets are cumulative"},
      {inf + "a_bucket{le=\"1\"} 3\n", "line 3, column 1: the bounds of buckets rise"},
      {inf + inf, "line 3, column 1: the bounds of buckets rise"},
      {inf + "a_sum 1\n", "line 3, column 1: a histogram with a sum has a count"},
      {inf + "a_count 2\n", "line 3, column 1: a histogram with a count has a sum"},
      {inf + "a_sum 1\na_count 3\n", "line 4, column 1: the count of a histogram is its bucket"},
      {"a_bucket{le=\"-1\"} 0\n" + inf + "a_sum 1\na_count 2\n",
       "line 5, column 1: a histogram with negative bounds has no sum"},
      {"a_bucket{b=\"1\",le=\"+Inf\"} 1\na_bucket{le=\"+Inf\",b=\"2\"} 1\n", ""},
      {"a_bucket{b=\"1\",le=\"1\"} 1\na_bucket{b=\"2\",le=\"+Inf\"} 1\n", last},
      {"a_bucket{le=\"1\"} 1 1\na_bucket{le=\"+Inf\"} 1 2\n", last},
      {"a_bucket{le=\"+Inf\"} 1 1\na_bucket{le=\"+Inf\"} 1 2\n", ""},
  };
  for (const auto& [page, message] : cases) ExpectAll({{type + page, message}});
}

TEST(OpenMetricsParserTest, GaugeHistograms) {
  const std::string type = "# TYPE a gaugehistogram\n";
  const std::string inf = "a_bucket{le=\"+Inf\"} 2\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {inf + "a_gcount 2\na_gsum 1\n", ""},
      {inf + "a_gcount 2\na_gsum NaN\n", "line 4, column 8: a sum is not NaN"},
      {inf + "a_gcount 2\na_gsum -1\n",
       "line 4, column 1: the sum is not negative where no bound is"},
      {"a_bucket{le=\"-1\"} 0\n" + inf + "a_gcount 2\na_gsum -1\n", ""},
      {inf + "a_gcount -1\n", "line 3, column 10: a count is a whole number, 0 or more"},
      {inf + "a_gsum 1\n", "line 3, column 1: a histogram with a sum has a count"},
  };
  for (const auto& [page, message] : cases) ExpectAll({{type + page, message}});
}

TEST(OpenMetricsParserTest, Exemplars) {
  const std::string counter = "# TYPE a counter\na_total 1 ";
  const std::string long_value(127, 'v');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"# {} 1", ""},
      {"2 # {b=\"c\"} NaN 3", ""},
      {"# {b=\"" + long_value + "\"} 1", ""},
      {"# {b=\"" + long_value + "\\n\"} 1",
       "line 2, column 13: the exemplar's labels have 129 characters"},
      {"#", "line 2, column 12: expected a blank before the exemplar's labels"},
      {"# 1", "line 2, column 13: expected '{' before the exemplar's labels"},
      {"# {}", "line 2, column 15: expected a blank before the exemplar's value"},
      {"# {} x", "line 2, column 16: expected the exemplar's value: a decimal number"},
      {"# {} 1 ", "line 2, column 18: expected a timestamp in seconds"},
      {"# {} 1 inf", "line 2, column 18: a timestamp is a finite number"},
      {"# {} 1 2 3", "line 2, column 19: expected the end of the line, found a blank"},
      {"# {b=\"1\",b=\"2\"} 1", "line 2, column 20: label \"b\" is given twice"},
  };
  for (const auto& [line, message] : cases) ExpectAll({{counter + line + '\n', message}});
  const std::string_view refused = "only buckets and the totals of counters have exemplars";
  for (const std::string_view page :
       {"a 1 # {} 1\n", "# TYPE a counter\na_created 1 # {} 1\n", "# TYPE a gauge\na 1 # {} 1\n",
        "# TYPE a summary\na{quantile=\"1\"} 1 # {} 1\n", "# TYPE a info\na_info 1 # {} 1\n"}) {
    EXPECT_THAT(FailureOf(WithEnd(page)), HasSubstr(std::string(refused))) << page;
  }
}

TEST(OpenMetricsParserTest, Limits) {
  const std::string page =
      "# TYPE a counter\na_total{b=\"1\",c=\"2\"} 1 # {d=\"3\",e=\"4\"} 1\nb 1\n# EOF\n";
  const auto with = [](auto ParseOptions::*limit, auto value) {
    ParseOptions options = kOpenMetrics;
    options.*limit = value;
    return options;
  };
  const auto expect = [&](std::size_t ParseOptions::*limit, std::size_t enough,
                          const char* message) {
    EXPECT_EQ(FailureOf(page, with(limit, enough)), "");
    const absl::Status status = ParsePage(page, with(limit, enough - 1)).status();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("raise ParseOptions::max_"));
  };
  expect(&ParseOptions::max_page_bytes, page.size(), "line 1, column 1: more than ");
  expect(&ParseOptions::max_line_bytes, 40, "line 2, column 1: more than 39 bytes of a line");
  expect(&ParseOptions::max_samples, 2, "line 3, column 1: more than 1 samples");
  expect(&ParseOptions::max_families, 2, "line 3, column 1: more than 1 families");
  expect(&ParseOptions::max_labels, 2, "line 2, column 15: more than 1 labels of a sample");
}

TEST(OpenMetricsParserTest, AResultIsUsedAgain) {
  const std::string first = WithEnd("# TYPE a counter\na_total 1 # {b=\"c\"} 1\n");
  const std::string second = WithEnd("b 2\n");
  ParsedPage page;
  ASSERT_TRUE(ParsePage(first, kOpenMetrics, page).ok());
  EXPECT_FALSE(ParsePage("a 1\n", kOpenMetrics, page).ok());
  ASSERT_TRUE(ParsePage(second, kOpenMetrics, page).ok());
  ASSERT_EQ(page.families().size(), 1u);
  EXPECT_EQ(page.families()[0].name, "b");
  ASSERT_EQ(page.samples().size(), 1u);
  EXPECT_EQ(page.samples()[0].value, 2);
}

TEST(OpenMetricsParserTest, FormatOfContentType) {
  for (const std::string_view type : {"application/openmetrics-text",
                                      "application/openmetrics-text; version=1.0.0; charset=utf-8",
                                      " Application/OpenMetrics-Text;version=0.0.1"}) {
    EXPECT_EQ(FormatOfContentType(type), ExpositionFormat::kOpenMetrics) << type;
  }
  for (const std::string_view type : {"", "text/plain; version=0.0.4",
                                      "application/openmetrics-text2", "application/json", ";"}) {
    EXPECT_EQ(FormatOfContentType(type), ExpositionFormat::kText) << type;
  }
}

}  // namespace
}  // namespace vitals
