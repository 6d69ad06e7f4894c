#include "export/partial_success.h"

#include <string>

#include "gtest/gtest.h"

namespace vitals::otlp {
namespace {

TEST(PartialSuccessTest, IsFoundAmongOtherMembers) {
  const PartialSuccess partial = ParsePartialSuccess(
      R"( { "a" : [1, {"partialSuccess": {"rejectedSpans": 9}}, []], "b": {}, "c": null,
           "partialSuccess" : { "x": -1.5e3, "rejectedSpans" : "12",
                                "errorMessage" : "say \"no\" {" } , "d": true } )");
  EXPECT_EQ(partial.rejected_spans, 12u);
  EXPECT_EQ(partial.error_message, R"(say \"no\" {)");
}

TEST(PartialSuccessTest, CountsAreNumbersOrStrings) {
  EXPECT_EQ(ParsePartialSuccess(R"({"partialSuccess":{"rejectedSpans":3}})").rejected_spans, 3u);
  EXPECT_EQ(ParsePartialSuccess(R"({"partialSuccess":{"rejectedSpans":"3"}})").rejected_spans, 3u);
  for (const char* const count : {"-1", "1.5", "\"\"", "\"x\"", "99999999999999999999", "null"}) {
    EXPECT_EQ(
        ParsePartialSuccess(std::string(R"({"partialSuccess":{"rejectedSpans":)") + count + "}}")
            .rejected_spans,
        0u);
  }
}

TEST(PartialSuccessTest, WhatIsNoneIsEmpty) {
  for (const char* const body :
       {"", "{}", "null", "[]", "ok", "<html>", R"({"partialSuccess":null})",
        R"({"partialSuccess":{}})", R"({"partialSuccess":{"rejectedSpans":3)",
        R"({"partialSuccess":{"rejectedSpans":3})", R"({"partialSuccess":{"rejectedSpans" 3}})",
        R"({"partialSuccess":{"rejectedSpans":3}],"a":1})", "{\"partialSuccess", "{\"a\":\"\n\"}",
        "{\"a\":\"\\\n\"}", "{\"a\":[1 2]}", "{\"a\":\"\\"}) {
    const PartialSuccess partial = ParsePartialSuccess(body);
    EXPECT_EQ(partial.rejected_spans, 0u) << body;
    EXPECT_EQ(partial.error_message, "") << body;
  }
}

TEST(PartialSuccessTest, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return R"({"partialSuccess":{"rejectedSpans":1},"a":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_EQ(ParsePartialSuccess(nested(30)).rejected_spans, 1u);
  EXPECT_EQ(ParsePartialSuccess(nested(40)).rejected_spans, 0u);
  EXPECT_EQ(ParsePartialSuccess(nested(1'000'000)).rejected_spans, 0u);
}

}  // namespace
}  // namespace vitals::otlp
