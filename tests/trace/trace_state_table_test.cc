#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/child_process.h"
#include "vitals/trace/trace_state.h"

namespace vitals {
namespace {

// A tracestate that no other test has.
std::string Unique() {
  static std::atomic<int> number{0};
  return "unique=" + std::to_string(++number);
}

// Stores as many new ones as the table holds.
void FillTable() {
  for (std::size_t i = 0; i < kMaxTraceStates; ++i) ASSERT_NE(StoreTraceState(Unique()), 0U);
}

TEST(TraceStateTableTest, KeepsATextBehindItsHandle) {
  const TraceStateHandle handle = StoreTraceState(" foo=1 , bar=2,");
  EXPECT_NE(handle, 0U);
  EXPECT_EQ(TraceStateText(handle), "foo=1,bar=2");
  EXPECT_EQ(LoadTraceState(handle).Get("bar"), "2");
  TraceState state;
  ASSERT_TRUE(state.Set("congo", "3").ok());
  EXPECT_EQ(TraceStateText(StoreTraceState(state)), "congo=3");
}

TEST(TraceStateTableTest, NothingIsZero) {
  EXPECT_EQ(StoreTraceState(""), 0U);
  EXPECT_EQ(StoreTraceState(" , "), 0U);
  EXPECT_EQ(StoreTraceState(TraceState()), 0U);
  EXPECT_EQ(StoreTraceState("not valid"), 0U);
  EXPECT_EQ(TraceStateText(0), "");
  EXPECT_TRUE(LoadTraceState(0).empty());
}

TEST(TraceStateTableTest, UnknownHandlesReadAsEmpty) {
  const TraceStateHandle handle = StoreTraceState(Unique());
  for (const TraceStateHandle other :
       {handle + (1U << 12), handle - (1U << 12), 0xFFFF'FFFFU, 1U, 0xFFFU, 0xFFFF'F000U}) {
    EXPECT_EQ(TraceStateText(other), "") << other;
  }
}

TEST(TraceStateTableTest, EqualTextsShareAnEntry) {
  const std::string text = Unique();
  const TraceStateHandle handle = StoreTraceState(text);
  EXPECT_EQ(StoreTraceState(text), handle);
  EXPECT_EQ(StoreTraceState(text + " ,"), handle);
  EXPECT_NE(StoreTraceState(text + ",a=1"), handle);
}

TEST(TraceStateTableTest, Carries512CharactersAndTrimsBeyond) {
  const std::string value(120, 'v');
  // Four members of 122, 124, 124 and 139, with three commas: 512.
  const std::string start = "a=" + value + ",bcd=" + value + ",efg=" + value;
  const std::string longest = start + ",long=" + std::string(134, 'x');
  ASSERT_EQ(longest.size(), kMaxTraceStateBytes);
  EXPECT_EQ(TraceStateText(StoreTraceState(longest)), longest);
  EXPECT_EQ(TraceStateText(StoreTraceState(longest + ",z=1")), start + ",z=1");
  const std::string too_long = std::string(256, 'k') + "=" + std::string(256, 'v');
  EXPECT_EQ(StoreTraceState(too_long), 0U);
}

TEST(TraceStateTableTest, EvictedHandlesReadAsEmptyAndNeverAsAnothers) {
  std::vector<TraceStateHandle> handles;
  for (int round = 0; round < 3; ++round) {
    handles.push_back(StoreTraceState(Unique()));
    const std::uint64_t before = EvictedTraceStates();
    // The first time round each is passed over, having been used.
    FillTable();
    FillTable();
    EXPECT_GT(EvictedTraceStates(), before);
    for (const TraceStateHandle handle : handles) EXPECT_EQ(TraceStateText(handle), "");
  }
}

TEST(TraceStateTableTest, WhatIsUsedStays) {
  const std::string read_text = Unique();
  const std::string stored_text = Unique();
  const TraceStateHandle read = StoreTraceState(read_text);
  const TraceStateHandle stored = StoreTraceState(stored_text);
  for (std::size_t i = 0; i < 3 * kMaxTraceStates; ++i) {
    ASSERT_NE(StoreTraceState(Unique()), 0U);
    ASSERT_EQ(TraceStateText(read), read_text);
    ASSERT_EQ(StoreTraceState(stored_text), stored);
  }
}

TEST(TraceStateTableTest, ThreadsReadTheirOwnOrNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread, &wrong] {
      for (int i = 0; i < 3000; ++i) {
        const std::string text = "t" + std::to_string(thread) + "=" + std::to_string(i);
        const TraceStateHandle handle = StoreTraceState(text);
        const std::string read = TraceStateText(handle);
        if (read != text && !read.empty()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(TraceStateTableTest, IsFreeInAForkChildWhateverOtherThreadsDid) {
  const std::string text = Unique();
  const TraceStateHandle handle = StoreTraceState(text);
  std::atomic<bool> stopped{false};
  std::thread busy([&stopped] {
    while (!stopped) StoreTraceState("busy=1");
  });
  for (int i = 0; i < 20; ++i) {
    vitals_test::ExpectInForkChild(
        [&] { return TraceStateText(handle) == text && StoreTraceState("child=1") != 0; });
  }
  stopped = true;
  busy.join();
}

}  // namespace
}  // namespace vitals
