#include "vitals/trace/trace_state.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Member = TraceState::Member;

std::string Repeat(std::size_t count, char c) { return std::string(count, c); }

// "bar01=01,bar02=02,...", this many.
std::string Numbered(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    const std::string number = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    text.append(text.empty() ? "" : ",").append("bar" + number).append("=" + number);
  }
  return text;
}

TraceState MustParse(std::string_view text) {
  const auto state = TraceState::Parse(text);
  EXPECT_TRUE(state.has_value()) << text;
  return state.value_or(TraceState());
}

// All that a value may have but for the comma and the equals sign.
std::string AllValueCharacters() {
  std::string text;
  for (char c = ' '; c <= '~'; ++c) {
    if (c != ',' && c != '=') text.push_back(c);
  }
  return text;
}

TEST(TraceStateTest, ParsesWhatIsValid) {
  const std::string all_key_characters = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
  struct Case {
    std::string text;
    std::string parsed;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"foo=1", "foo=1"},
      {"foo=1,bar=2", "foo=1,bar=2"},
      // Blanks and tabs around members; empty members.
      {"foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3"},
      {"foo=1\t \t,\t \tbar=2,\t \tbaz=3", "foo=1,bar=2,baz=3"},
      {"\t foo=1 \t", "foo=1"},
      {" ", ""},
      {",", ""},
      {"foo=1,", "foo=1"},
      {",foo=1", "foo=1"},
      {"foo=1, ,\t,,bar=2,", "foo=1,bar=2"},
      // Blanks at the front of a value are part of it.
      {"foo=  1 2 ", "foo=  1 2"},
      {all_key_characters + "=" + AllValueCharacters(),
       all_key_characters + "=" + AllValueCharacters()},
      {all_key_characters + "@a-z0-9_-*/=1", all_key_characters + "@a-z0-9_-*/=1"},
      {"1a=1,0@2b=2", "1a=1,0@2b=2"},
      {Repeat(256, 'z') + "=1", Repeat(256, 'z') + "=1"},
      {Repeat(241, 't') + "@" + Repeat(14, 'v') + "=1",
       Repeat(241, 't') + "@" + Repeat(14, 'v') + "=1"},
      {"foo=" + Repeat(256, 'v'), "foo=" + Repeat(256, 'v')},
      {Numbered(32), Numbered(32)},
      {Numbered(32) + ", ,", Numbered(32)},
      // One key is the beginning of another.
      {"foo=1,foo@bar=2,fo=3", "foo=1,foo@bar=2,fo=3"},
  };
  for (const Case& one : cases) {
    const auto state = TraceState::Parse(one.text);
    ASSERT_TRUE(state.has_value()) << one.text;
    EXPECT_EQ(state->text(), one.parsed);
    EXPECT_EQ(state->empty(), one.parsed.empty());
  }
}

TEST(TraceStateTest, RefusesWhatIsNotAsAWhole) {
  const std::vector<std::string> texts = {
      "foo",
      "=1",
      "foo=",
      "foo=,bar=3",
      "foo= ",
      "foo=bar=baz",
      "foo=1;bar=2=",
      "foo =1",
      "foo\t=1",
      "FOO=1",
      "foO=1",
      "foo.bar=1",
      "foo\xc3\xa9=1",
      "_foo=1",
      "-foo=1",
      "*=1",
      "/=1",
      "foo@=1,bar=2",
      "@foo=1,bar=2",
      "foo@@bar=1,bar=2",
      "foo@bar@baz=1,bar=2",
      "foo@_bar=1",
      "foo=1," + Repeat(257, 'z') + "=1",
      "foo=1," + Repeat(242, 't') + "@v=1",
      "foo=1,t@" + Repeat(15, 'v') + "=1",
      "foo=" + Repeat(257, 'v'),
      "foo=a\tb",
      "foo=a\nb",
      std::string("foo=a\0b", 7),
      "foo=a\x7f",
      "foo=\xc3\xa9",
      "foo=1,foo=1",
      "foo=1,foo=2",
      "foo=1,bar=2,foo=1",
      Numbered(33),
      Repeat(TraceState::kMaxInputBytes, ' ') + "foo=1",
  };
  for (const std::string& text : texts) EXPECT_FALSE(TraceState::Parse(text)) << text;
}

TEST(TraceStateTest, TellsItsMembers) {
  const TraceState state = MustParse("foo=1,t@s=x y,bar=2");
  EXPECT_THAT(state.members(),
              ElementsAre(Member{"foo", "1"}, Member{"t@s", "x y"}, Member{"bar", "2"}));
  EXPECT_EQ(state.Get("foo"), "1");
  EXPECT_EQ(state.Get("t@s"), "x y");
  EXPECT_EQ(state.Get("bar"), "2");
  for (const char* const other : {"", "fo", "foo=", "oo", "t", "2", "foo=1,t@s"}) {
    EXPECT_EQ(state.Get(other), std::nullopt) << other;
  }
  EXPECT_THAT(TraceState().members(), IsEmpty());
  EXPECT_EQ(TraceState().Get("foo"), std::nullopt);
}

TEST(TraceStateTest, WhatIsSetMovesToTheFront) {
  TraceState state;
  EXPECT_TRUE(state.Set("congo", "t61rcWkgMzE").ok());
  EXPECT_EQ(state.text(), "congo=t61rcWkgMzE");
  EXPECT_TRUE(state.Set("rojo", "00f067aa0ba902b7").ok());
  EXPECT_EQ(state.text(), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_TRUE(state.Set("blue", "1").ok());
  EXPECT_TRUE(state.Set("rojo", "2").ok());
  EXPECT_EQ(state.text(), "rojo=2,blue=1,congo=t61rcWkgMzE");
  EXPECT_TRUE(state.Set("rojo", "3").ok());
  EXPECT_EQ(state.text(), "rojo=3,blue=1,congo=t61rcWkgMzE");
}

TEST(TraceStateTest, TheLastGoesWhereThereAre32) {
  TraceState state = MustParse(Numbered(32));
  EXPECT_TRUE(state.Set("bar32", "x").ok());
  EXPECT_EQ(state.text(), "bar32=x," + Numbered(31));
  EXPECT_TRUE(state.Set("new", "y").ok());
  EXPECT_EQ(state.text(), "new=y,bar32=x," + Numbered(30));
  EXPECT_EQ(state.members().size(), TraceState::kMaxMembers);
}

TEST(TraceStateTest, SaysWhatIsWrongAndStays) {
  TraceState state = MustParse("foo=1");
  const absl::Status key = state.Set("Foo", "2");
  EXPECT_EQ(key.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(key.message()), HasSubstr("tracestate key 'Foo' must be lower-case"));
  const absl::Status value = state.Set("foo", "a,b");
  EXPECT_EQ(value.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(value.message()), HasSubstr("value 'a,b' of tracestate key 'foo'"));
  EXPECT_FALSE(state.Set("foo", "").ok());
  EXPECT_FALSE(state.Set("foo", "2 ").ok());
  EXPECT_FALSE(state.Set("", "2").ok());
  EXPECT_EQ(state.text(), "foo=1");
}

TEST(TraceStateTest, ErasesAnyMember) {
  TraceState state = MustParse("foo=1,bar=2,baz=3");
  EXPECT_FALSE(state.Erase("ba"));
  EXPECT_TRUE(state.Erase("bar"));
  EXPECT_EQ(state.text(), "foo=1,baz=3");
  EXPECT_TRUE(state.Erase("foo"));
  EXPECT_EQ(state.text(), "baz=3");
  EXPECT_FALSE(state.Erase("foo"));
  EXPECT_TRUE(state.Erase("baz"));
  EXPECT_EQ(state, TraceState());
}

TEST(TraceStateTest, TrimsLongMembersFirstThenFromTheEnd) {
  const std::string long_member = "long=" + Repeat(124, 'x');   // 129 characters
  const std::string short_member = "edge=" + Repeat(123, 'y');  // 128 of them
  struct Case {
    std::string text;
    std::size_t max_bytes;
    std::string trimmed;
  };
  const std::vector<Case> cases = {
      {"a=1,b=2,c=3", 11, "a=1,b=2,c=3"},
      {"a=1,b=2,c=3", 10, "a=1,b=2"},
      {"a=1,b=2,c=3", 3, "a=1"},
      {"a=1,b=2,c=3", 2, ""},
      {long_member + ",a=1,b=2", 133, "a=1,b=2"},
      {"a=1," + long_member + ",b=2", 100, "a=1,b=2"},
      {"a=1,b=2," + long_member, 7, "a=1,b=2"},
      {"a=1," + short_member + ",b=2", 100, "a=1"},
      // No more of them than must go.
      {long_member + ",x" + long_member, 140, long_member},
      {long_member + "," + short_member + ",x" + long_member, 130, short_member},
      {long_member + "," + short_member + ",x" + long_member, 100, ""},
  };
  for (const Case& one : cases) {
    TraceState state = MustParse(one.text);
    state.Trim(one.max_bytes);
    EXPECT_EQ(state.text(), one.trimmed) << one.text << " to " << one.max_bytes;
  }
}

}  // namespace
}  // namespace vitals
