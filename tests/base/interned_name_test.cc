#include "vitals/base/interned_name.h"

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace vitals {
namespace {

TEST(InternedNameTest, ALiteralIsKeptAsItIs) {
  constexpr InternedName name("compress");
  EXPECT_EQ(name.view(), "compress");
  EXPECT_STREQ(name.c_str(), "compress");
  constexpr InternedName cut("a\0b");
  EXPECT_EQ(cut.view(), "a");
  EXPECT_EQ(InternedName().view(), "");
}

TEST(InternedNameTest, NamesAreEqualByTheirText) {
  static constexpr char kElsewhere[] = "name";
  EXPECT_EQ(InternedName("name"), InternedName(kElsewhere));
  EXPECT_EQ(InternedName("name"), InternName("name"));
  EXPECT_FALSE(InternedName("name") == InternedName("other"));
}

TEST(InternedNameTest, TheSameTextIsTheSamePointer) {
  std::string text = "made at run time";
  const InternedName name = InternName(text);
  EXPECT_EQ(InternName(std::string(text)).c_str(), name.c_str());
  text[0] = 'x';
  EXPECT_EQ(name.view(), "made at run time");
  EXPECT_NE(InternName(text).c_str(), name.c_str());
}

TEST(InternedNameTest, ThreadsGetTheSamePointer) {
  std::vector<const char*> names(4);
  std::vector<std::thread> threads;
  for (const char*& name : names) {
    threads.emplace_back([&name] { name = InternName("from all threads").c_str(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char* const name : names) EXPECT_EQ(name, names.front());
}

TEST(InternedNameTest, TextsAreMadeNames) {
  EXPECT_EQ(InternName("").view(), "");
  EXPECT_EQ(InternName(std::string_view()).view(), "");
  EXPECT_EQ(InternName(std::string_view("ends\0here", 9)).view(), "ends");
  EXPECT_EQ(InternName("bad \xC3 text").view(), "bad \xEF\xBF\xBD text");
  const std::string longest(kMaxInternedNameBytes, 'n');
  EXPECT_EQ(InternName(longest).view(), longest);
  EXPECT_EQ(InternName(longest + "n").view(), longest);
  const std::string shorter(kMaxInternedNameBytes - 1, 'n');
  EXPECT_EQ(InternName(shorter + "\xC3\xA9").view(), shorter);
}

TEST(InternedNameTest, ThereAreOnlySoMany) {
  // The last test of the process: it leaves no room.
  std::size_t made = 0;
  while (InternName("name " + std::to_string(made)).view() != kTooManyNames) {
    ++made;
    ASSERT_LE(made, kMaxInternedNames);
  }
  EXPECT_GT(made, kMaxInternedNames - 100) << "the tests before need few";
  const std::size_t refused = RefusedNames();
  EXPECT_GE(refused, 1u);
  EXPECT_EQ(InternName("one more").view(), kTooManyNames);
  EXPECT_EQ(RefusedNames(), refused + 1);
  EXPECT_EQ(InternName("name 0").view(), "name 0") << "what is there is found";
}

}  // namespace
}  // namespace vitals
