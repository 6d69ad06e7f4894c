#include "base/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace vitals::base {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

TEST(Utf8Test, WellFormedTextStaysAsItIs) {
  for (const char* const text : {"", "plain", "caf\xC3\xA9", "\xE2\x82\xAC", "\xED\x9F\xBF",
                                 "\xEE\x80\x80", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(text));
    EXPECT_EQ(ToValidUtf8(text), text);
  }
  EXPECT_TRUE(IsValidUtf8(std::string_view("a\0b", 3)));
}

TEST(Utf8Test, IllFormedSequencesAreReplacedOneByOne) {
  const struct {
    const char* text;
    int replacements;
  } kCases[] = {
      {"\x80", 1},              // a continuation alone
      {"\xC0\xAF", 2},          // overlong
      {"\xE0\x80\xAF", 3},      // overlong
      {"\xF0\x80\x80\xAF", 4},  // overlong
      {"\xED\xA0\x80", 3},      // a surrogate
      {"\xF4\x90\x80\x80", 4},  // above U+10FFFF
      {"\xF5\x80\x80\x80", 4},  // no lead byte
      {"\xE2\x82", 1},          // cut short
      {"\xF0\x9F\x98", 1},      // cut short
      {"\xE2\x28\xA1", 2},      // broken off; the ( stays
      {"\xFF\xFE", 2},
  };
  for (const auto& test : kCases) {
    EXPECT_FALSE(IsValidUtf8(test.text));
    const std::string valid = ToValidUtf8(test.text);
    EXPECT_TRUE(IsValidUtf8(valid));
    int replacements = 0;
    for (std::size_t i = 0; (i = valid.find(kReplacement, i)) != std::string::npos; ++i) {
      ++replacements;
    }
    EXPECT_EQ(replacements, test.replacements);
  }
  EXPECT_EQ(ToValidUtf8("a\xFF"
                        "b"),
            std::string("a") + kReplacement + "b");
}

TEST(Utf8Test, PrefixEndsAtTheFirstIllFormedSequence) {
  EXPECT_EQ(ValidUtf8Prefix(""), 0u);
  for (std::size_t ascii = 0; ascii < 40; ++ascii) {
    const std::string start(ascii, 'a');
    EXPECT_EQ(ValidUtf8Prefix(start), ascii);
    EXPECT_EQ(ValidUtf8Prefix(start + "\xC3\xA9" + start), 2 * ascii + 2);
    EXPECT_EQ(ValidUtf8Prefix(start + "\xC3\xA9\xFF" + start), ascii + 2);
    EXPECT_EQ(ValidUtf8Prefix(start + "\xE2\x82"), ascii);
  }
}

TEST(Utf8Test, AnIllFormedStartHasItsSize) {
  EXPECT_EQ(IllFormedUtf8Prefix(""), 0u);
  EXPECT_EQ(IllFormedUtf8Prefix("a\xFF"), 0u);
  EXPECT_EQ(IllFormedUtf8Prefix("\xC3\xA9"), 0u);
  EXPECT_EQ(IllFormedUtf8Prefix("\xFFxyz"), 1u);
  EXPECT_EQ(IllFormedUtf8Prefix("\xE2\x82xyz"), 2u);
  EXPECT_EQ(IllFormedUtf8Prefix("\xF0\x9F\x98\xF0"), 3u);
}

TEST(Utf8Test, CutsBetweenCharacters) {
  EXPECT_EQ(CutUtf8("abc", 3), "abc");
  EXPECT_EQ(CutUtf8("abcd", 3), "abc");
  EXPECT_EQ(CutUtf8("abc", 0), "");
  EXPECT_EQ(CutUtf8("ab\xC3\xA9", 3), "ab");
  EXPECT_EQ(CutUtf8("\xC3\xA9", 1), "");
  EXPECT_EQ(CutUtf8("\xF0\x9F\x98\x80", 3), "");
  EXPECT_EQ(CutUtf8("a\xF0\x9F\x98\x80", 4), "a");
  EXPECT_EQ(CutUtf8("a\xF0\x9F\x98\x80"
                    "b",
                    5),
            "a\xF0\x9F\x98\x80");
  // No character has more than three bytes after its first.
  EXPECT_EQ(CutUtf8("\x80\x80\x80\x80\x80\x80", 5), "\x80\x80\x80\x80\x80");
  EXPECT_EQ(CutUtf8("\x80\x80\x80", 2), "\x80\x80");
}

}  // namespace
}  // namespace vitals::base
