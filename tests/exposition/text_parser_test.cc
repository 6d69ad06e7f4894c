#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vitals/exposition/parser.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

// Each family as `name type: samples`.
std::vector<std::string> Families(std::string_view text) {
  const auto page = ParsePage(text, ParseOptions());
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> families;
  if (!page.ok()) return families;
  for (const ParsedFamily& family : page->families()) {
    std::string& line = families.emplace_back(std::string(family.name) + ' ' +
                                              std::string(MetricTypeName(family.type)) + ':');
    for (const ParsedSample& sample : page->samples(family)) line += ' ' + std::string(sample.name);
  }
  return families;
}

std::string FailureOf(std::string_view page) {
  return std::string(ParsePage(page, ParseOptions()).status().message());
}

TEST(TextParserTest, EmptyPages) {
  EXPECT_THAT(Families(""), ElementsAre());
  EXPECT_THAT(Families("\n \n\t\n# \n#\n"), ElementsAre());
}

TEST(TextParserTest, BlanksTabsCommentsAndALastLineWithoutNewline) {
  const std::string text =
      "# a comment\n#HELP x no metadata\n# EOF\n"
      "\t# \tHELP  x \t A \\\\ back\\nslash, \\\"quotes\\\" stay. \n"
      "# TYPE x\tgauge \n"
      "  x { a = \"1\" ,\tb=\"\\\"2\\\\\\n\", } \t 1.5 \t -123 \n"
      "x{}2\n"
      "x 3";
  const auto page = ParsePage(text, ParseOptions());
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->format(), ExpositionFormat::kText);
  ASSERT_EQ(page->families().size(), 1u);
  const ParsedFamily& family = page->families()[0];
  EXPECT_EQ(family.type, MetricType::kGauge);
  EXPECT_EQ(page->Help(family), "A \\ back\nslash, \\\"quotes\\\" stay. ");
  ASSERT_EQ(page->samples(family).size(), 3u);
  const ParsedSample& sample = page->samples(family)[0];
  EXPECT_EQ(sample.labels.ToLabels(), (Labels{{"a", "1"}, {"b", "\"2\\\n"}}));
  EXPECT_EQ(sample.value, 1.5);
  EXPECT_EQ(sample.timestamp_ms, -123);
  EXPECT_EQ(sample.series_text(), "x { a = \"1\" ,\tb=\"\\\"2\\\\\\n\", }");
  EXPECT_EQ(page->samples()[1].series_text(), "x{}");
  EXPECT_EQ(page->samples()[2].series_text(), "x");
}

TEST(TextParserTest, SamplesAreOfTheirFamily) {
  EXPECT_THAT(
      Families("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"
               "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\ns_bucket 1\n"
               "# TYPE c counter\nc_total 1\nc 1\n"),
      ElementsAre("h histogram: h_bucket h_sum h_count", "s summary: s s_sum s_count",
                  "s_bucket untyped: s_bucket", "c counter: c", "c_total untyped: c_total"));
  // A family of that very name comes first.
  EXPECT_THAT(Families("# TYPE h histogram\n# TYPE h_sum gauge\nh_sum 1\nh_count 1\n"),
              ElementsAre("h histogram: h_count", "h_sum gauge: h_sum"));
}

TEST(TextParserTest, SamplesInAnyOrder) {
  EXPECT_THAT(Families("a 1\nb 1\na 2\na 3\nb 2\n"),
              ElementsAre("a untyped: a", "b untyped: b", "a untyped: a a", "b untyped: b"));
}

TEST(TextParserTest, LateAndRepeatedMetadata) {
  const std::string text = "a 1\n# HELP a first\nb 1\na 2\n# TYPE a counter\n# HELP a last\n";
  const ParsedPage page = ParsePage(text, ParseOptions()).value();
  ASSERT_EQ(page.families().size(), 3u);
  for (const std::size_t run : {0u, 2u}) {
    EXPECT_EQ(page.families()[run].name, "a");
    EXPECT_EQ(page.families()[run].type, MetricType::kCounter);
    EXPECT_EQ(page.Help(page.families()[run]), "last");
  }
  // From where the type stands, its samples are known.
  EXPECT_THAT(Families("h_sum 1\n# TYPE h histogram\nh_count 1\nh_sum 1\n"),
              ElementsAre("h_sum untyped: h_sum", "h histogram: h_count", "h_sum untyped: h_sum"));
}

TEST(TextParserTest, Failures) {
  const struct {
    std::string_view page;
    std::string_view message;
  } cases[] = {
      {"a\n", "line 1, column 2: expected a value, found the end of the line"},
      {"a 1\n\n  1a 1\n", "line 3, column 3: expected a metric name, found '1'"},
      {"a x\n", "line 1, column 3: expected a value: a decimal number, +Inf, -Inf or NaN"},
      {"a 0x10\n", "line 1, column 3: expected a value: a decimal number"},
      {"a 1e999\n", "line 1, column 3: a value beyond the range of a double"},
      {"a 1 1.5\n", "line 1, column 5: expected a timestamp in whole milliseconds"},
      {"a 1 99999999999999999999\n",
       "line 1, column 5: expected a timestamp in whole milliseconds"},
      {"a 1 2 3\n", "line 1, column 7: expected the end of the line, found '3'"},
      {"a 1 # {} 1\n", "line 1, column 5: expected a timestamp in whole milliseconds"},
      {"a 1\r\n", "line 1, column 3: expected a value: a decimal number"},
      {"a{b=\"1\"\n", "line 1, column 8: expected ',' or '}' after the label"},
      {"a{b=\"1\",,} 1\n", "line 1, column 9: expected a label name, found ','"},
      {"a{b=\"1\",b=\"1\"} 1\n", "line 1, column 9: label \"b\" is given twice"},
      {"a{b=\"\xFF\"} 1\n", "line 1, column 6: the label value is not UTF-8"},
      {"# HELP a \xFF\n", "line 1, column 10: the help text is not UTF-8"},
      {"# HELP 1 x\n", "line 1, column 8: expected a metric name after HELP"},
      {"# TYPE a.b gauge\n", "line 1, column 9: expected a metric name after TYPE"},
      {"# TYPE a info\n",
       "line 1, column 10: expected counter, gauge, histogram, summary or untyped"},
      {"# TYPE a\n", "line 1, column 9: expected counter, gauge, histogram, summary or untyped"},
  };
  for (const auto& [page, message] : cases) {
    EXPECT_THAT(FailureOf(page), StartsWith(std::string(message))) << page;
  }
}

TEST(TextParserTest, CommentsMayHoldAnything) {
  EXPECT_THAT(Families("# \xFF\na{b=\"\xC3\xA9\"} 1\n"), ElementsAre("a untyped: a"));
}

TEST(TextParserTest, FamiliesAreLimited) {
  const ParseOptions options = {.max_families = 1};
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\nb 1\n", options).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\n# HELP b x\n", options).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\n# TYPE b gauge\n", options).status()));
}

}  // namespace
}  // namespace vitals
