#include "net/http_fields.h"

#include <chrono>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace vitals::net {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kExample(seconds(784'111'777));

TEST(HttpFieldsTest, DatesReadBack) {
  std::string text;
  AppendHttpDate(784'111'777, text);
  EXPECT_EQ(text, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(ParseHttpDate(text), kExample);
  for (const std::time_t time :
       {std::time_t{0}, std::time_t{951'782'400}, std::time_t{4'102'444'799}}) {
    text.clear();
    AppendHttpDate(time, text);
    EXPECT_EQ(ParseHttpDate(text), sys_seconds(seconds(time))) << text;
  }
}

TEST(HttpFieldsTest, WhatIsNoDateIsNone) {
  for (const char* const text : {"", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
                                 "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sun; 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

TEST(HttpFieldsTest, RetryAfterIsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter("0", kExample), seconds(0));
  EXPECT_EQ(ParseRetryAfter("120", kExample), seconds(120));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:47 GMT", kExample), seconds(10));
  EXPECT_EQ(
      ParseRetryAfter("Sun, 06 Nov 1994 08:49:38 GMT", kExample + std::chrono::milliseconds(900)),
      seconds(1));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:00 GMT", kExample), seconds(0));
  for (const char* const text : {"", "-1", "1.5", "soon", "99999999999", "10 s"}) {
    EXPECT_EQ(ParseRetryAfter(text, kExample), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace vitals::net
