#include "vitals/exposition/parser.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

// What holds for both formats.

namespace vitals {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr ParseOptions kOpenMetrics = {.format = ExpositionFormat::kOpenMetrics};

static_assert(sizeof(ParsedSample) == 64);

TEST(ParserTest, Limits) {
  const std::string page =
      "# TYPE a counter\na_total{b=\"1\",c=\"2\"} 1 # {d=\"3\",e=\"4\"} 1\nb 1\n# EOF\n";
  const auto expect = [&](std::size_t ParseOptions::*limit, std::size_t enough,
                          const char* message) {
    ParseOptions options = kOpenMetrics;
    options.*limit = enough;
    EXPECT_TRUE(ParsePage(page, options).ok());
    options.*limit = enough - 1;
    const absl::Status status = ParsePage(page, options).status();
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

TEST(ParserTest, AResultIsUsedAgain) {
  const std::string first = "# TYPE a counter\na_total 1 # {b=\"c\"} 1\n# EOF\n";
  const std::string second = "b 2\n# EOF\n";
  ParsedPage page;
  ASSERT_TRUE(ParsePage(first, kOpenMetrics, page).ok());
  EXPECT_FALSE(ParsePage("a 1\n", kOpenMetrics, page).ok());
  ASSERT_TRUE(ParsePage(second, kOpenMetrics, page).ok());
  ASSERT_EQ(page.families().size(), 1u);
  EXPECT_EQ(page.families()[0].name, "b");
  ASSERT_EQ(page.samples().size(), 1u);
  EXPECT_EQ(page.samples()[0].value, 2);
}

TEST(ParserTest, FormatOfContentType) {
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

TEST(ParserTest, FamiliesOfTheTextFormatAreLimited) {
  const ParseOptions options = {.max_families = 1};
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\nb 1\n", options).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\n# HELP b x\n", options).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ParsePage("a 1\n# TYPE b gauge\n", options).status()));
}

}  // namespace
}  // namespace vitals
