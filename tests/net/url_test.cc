#include "net/url.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vitals_test {
namespace {

using vitals::net::DecodePercent;
using vitals::net::ParseQuery;
using vitals::net::PlusSign;
using vitals::net::SplitTarget;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SplitTarget, CutsPathAndQuery) {
  struct Case {
    std::string_view target, path, query;
  };
  for (const Case& c :
       {Case{"/", "/", ""}, Case{"/a/b", "/a/b", ""}, Case{"/a?b=c", "/a", "b=c"},
        Case{"/a?", "/a", ""}, Case{"/a?b?c", "/a", "b?c"}, Case{"http://host:1/a?b", "/a", "b"},
        Case{"https://host", "/", ""}, Case{"http://host?x", "/", "x"}}) {
    const auto parts = SplitTarget(c.target);
    ASSERT_TRUE(parts.has_value()) << c.target;
    EXPECT_EQ(parts->path, c.path) << c.target;
    EXPECT_EQ(parts->query, c.query) << c.target;
  }
}

TEST(SplitTarget, RefusesOtherForms) {
  for (const std::string_view target : {"", "*", "a", "host:80", "ftp://host/a", "?a"}) {
    EXPECT_FALSE(SplitTarget(target).has_value()) << target;
  }
}

TEST(DecodePercent, Decodes) {
  EXPECT_EQ(DecodePercent("a%20b%2Fc%c3%A4", PlusSign::kLiteral), "a b/c\xc3\xa4");
  EXPECT_EQ(DecodePercent("a+b", PlusSign::kLiteral), "a+b");
  EXPECT_EQ(DecodePercent("a+b", PlusSign::kSpace), "a b");
  EXPECT_EQ(DecodePercent("%00", PlusSign::kLiteral), std::string(1, '\0'));
  EXPECT_EQ(DecodePercent("", PlusSign::kLiteral), "");
}

TEST(DecodePercent, RefusesBadEscapes) {
  for (const std::string_view text : {"%", "%1", "a%", "%g0", "%0g", "%%41", "%-1"}) {
    EXPECT_FALSE(DecodePercent(text, PlusSign::kLiteral).has_value()) << text;
  }
}

TEST(ParseQuery, SplitsAndDecodes) {
  EXPECT_THAT(*ParseQuery("name%5B%5D=up&b=2&b=3"),
              ElementsAre(Pair("name[]", "up"), Pair("b", "2"), Pair("b", "3")));
  EXPECT_THAT(*ParseQuery("a&=b&&c=d=e&"),
              ElementsAre(Pair("a", ""), Pair("", "b"), Pair("c", "d=e")));
  EXPECT_THAT(*ParseQuery("query=sum+by(x)"), ElementsAre(Pair("query", "sum by(x)")));
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  EXPECT_FALSE(ParseQuery("a=%zz").has_value());
  EXPECT_FALSE(ParseQuery("%=1").has_value());
}

}  // namespace
}  // namespace vitals_test
