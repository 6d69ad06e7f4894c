#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/trace/traced.h"
#include "vitals/trace/span.h"
#include "vitals/trace/trace_state.h"
#include "vitals/trace/tracer.h"

namespace vitals {
namespace {

using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kFirstUnixNs;
using testing::Traced;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

SpanAttribute Integer(std::string_view key, std::int64_t value) { return {key, value}; }
SpanAttribute Text(std::string_view key, std::string value) { return {key, std::move(value)}; }

// The attribute values that `set` leaves on a span.
template <typename Set>
SpanData Filled(Traced& traced, const Set& set) {
  Span span = traced.tracer.StartSpan("x");
  set(span);
  span.End();
  return traced.EndedSpan();
}

TEST(SpanContentTest, AttributesOfEveryType) {
  Traced traced;
  const SpanData span = Filled(traced, [](Span& open) {
    open.SetAttribute("int", -7);
    open.SetAttribute("size", std::size_t{9});
    open.SetAttribute("least", std::numeric_limits<std::int64_t>::min());
    open.SetAttribute("short", std::int16_t{-1});
    open.SetAttribute("double", 0.25);
    open.SetAttribute("float", 1.5F);
    open.SetAttribute("true", true);
    open.SetAttribute("false", false);
    open.SetAttribute("literal", "text");
    open.SetAttribute("string", std::string("made"));
    open.SetAttribute("view", std::string_view("a\0b", 3));
    const char* const pointer = "pointer";
    open.SetAttribute("pointer", pointer);
  });
  EXPECT_THAT(
      span.attributes,
      ElementsAre(Integer("int", -7), Integer("size", 9),
                  Integer("least", std::numeric_limits<std::int64_t>::min()), Integer("short", -1),
                  SpanAttribute{"double", 0.25}, SpanAttribute{"float", 1.5},
                  SpanAttribute{"true", true}, SpanAttribute{"false", false},
                  Text("literal", "text"), Text("string", "made"),
                  Text("view", std::string("a\0b", 3)), Text("pointer", "pointer")));
  EXPECT_EQ(span.dropped_attributes, 0u);
}

TEST(SpanContentTest, AKeyHasItsLastValue) {
  Traced traced;
  static constexpr char kSameKey[] = "key";
  const SpanData span = Filled(traced, [](Span& open) {
    open.SetAttribute("key", 1);
    open.SetAttribute("other", 2);
    open.SetAttribute(kSameKey, "now a text");
    open.SetAttribute(InternName("other"), 3.5);
  });
  EXPECT_THAT(span.attributes, ElementsAre(Text("key", "now a text"), SpanAttribute{"other", 3.5}));
  EXPECT_EQ(span.dropped_attributes, 0u);
}

TEST(SpanContentTest, AnAttributeWithoutAKeyIsDroppedAndCounted) {
  Traced traced;
  const SpanData span = Filled(traced, [](Span& open) {
    open.SetAttribute("", 1);
    open.SetAttribute(InternedName(), "x");
  });
  EXPECT_THAT(span.attributes, IsEmpty());
  EXPECT_EQ(span.dropped_attributes, 2u);
}

TEST(SpanContentTest, NullAndEmptyStringsAreEmpty) {
  Traced traced;
  const SpanData span = Filled(traced, [](Span& open) {
    const char* const null = nullptr;
    open.SetAttribute("null", null);
    open.SetAttribute("empty", "");
    open.SetAttribute("view", std::string_view());
    open.SetStatus(SpanStatus::kError, std::string_view());
  });
  EXPECT_THAT(span.attributes, ElementsAre(Text("null", ""), Text("empty", ""), Text("view", "")));
  EXPECT_EQ(span.status, SpanStatus::kError);
  EXPECT_EQ(span.status_message, "");
}

TEST(SpanContentTest, TextsOfEveryLengthArriveWhole) {
  Traced traced;
  const std::string alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (std::size_t size = 0; size <= kMaxSpanStringBytes; ++size) {
    std::string text;
    while (text.size() < size) text += alphabet;
    text.resize(size);
    const SpanData span = Filled(traced, [&](Span& open) {
      open.SetAttribute("before", 1);
      open.SetAttribute("text", text);
      open.SetAttribute("after", 2);
    });
    ASSERT_THAT(span.attributes,
                ElementsAre(Integer("before", 1), Text("text", text), Integer("after", 2)));
    ASSERT_EQ(span.truncated_values, 0u);
  }
}

TEST(SpanContentTest, ALongStringIsCutBetweenCharacters) {
  Traced traced;
  const struct {
    std::string text;
    std::string kept;
  } cases[] = {
      {std::string(129, 'a'), std::string(128, 'a')},
      {std::string(127, 'a') + "\xC3\xA9", std::string(127, 'a')},
      {std::string(126, 'a') + "\xE2\x82\xAC", std::string(126, 'a')},
      {std::string(125, 'a') + "\xF0\x9F\x98\x80", std::string(125, 'a')},
      {std::string(126, 'a') + "\xC3\xA9" + "b", std::string(126, 'a') + "\xC3\xA9"},
      {std::string(100'000, 'z'), std::string(128, 'z')},
  };
  for (const auto& [text, kept] : cases) {
    const SpanData span = Filled(traced, [&text = text](Span& open) {
      open.SetAttribute("text", text);
      open.SetStatus(SpanStatus::kError, text);
    });
    EXPECT_THAT(span.attributes, ElementsAre(Text("text", kept)));
    EXPECT_EQ(span.status_message, kept);
    EXPECT_EQ(span.truncated_values, 2u);
  }
}

TEST(SpanContentTest, IllFormedTextIsReplaced) {
  Traced traced;
  const SpanData span = Filled(traced, [](Span& open) {
    open.SetAttribute("text",
                      "a\xFF"
                      "b");
    open.SetStatus(SpanStatus::kError, "\xC3");
    open.AddEvent("\xFE", {{"\xFD", "\xFC"}});
  });
  EXPECT_THAT(span.attributes, ElementsAre(Text("text", "a" + std::string(kReplacement) + "b")));
  EXPECT_EQ(span.status_message, kReplacement);
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.events[0].name, kReplacement);
  EXPECT_THAT(span.events[0].attributes,
              ElementsAre(Text(kReplacement, std::string(kReplacement))));
}

TEST(SpanContentTest, BytesThatAreNoTextAreCutToo) {
  Traced traced;
  const SpanData span =
      Filled(traced, [](Span& open) { open.SetAttribute("bytes", std::string(200, '\x80')); });
  std::string replaced;
  for (std::size_t i = 0; i < kMaxSpanStringBytes; ++i) replaced += kReplacement;
  EXPECT_THAT(span.attributes, ElementsAre(Text("bytes", replaced)));
  EXPECT_EQ(span.truncated_values, 1u);
}

TEST(SpanContentTest, WhatFindsNoRoomIsCountedAndTheRestArrives) {
  Traced traced;
  const SpanData span = Filled(traced, [](Span& open) {
    // 17 bytes each: 25 of them fit.
    static std::vector<InternedName> keys;
    for (int i = 0; i < 30; ++i) keys.push_back(InternName("key" + std::to_string(i)));
    for (int i = 0; i < 30; ++i) open.SetAttribute(keys[static_cast<std::size_t>(i)], i);
    open.AddEvent("no room");
    open.AddLink({.trace_id = {1, 2}, .span_id = {3}});
    open.SetAttribute("b", true);
    open.SetAttribute("no room", true);
    open.SetStatus(SpanStatus::kError, "no room");
  });
  ASSERT_EQ(span.attributes.size(), 26u);
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(span.attributes[static_cast<std::size_t>(i)], Integer("key" + std::to_string(i), i));
  }
  EXPECT_EQ(span.attributes[25], (SpanAttribute{"b", true}));
  EXPECT_EQ(span.dropped_attributes, 6u);
  EXPECT_EQ(span.dropped_events, 1u);
  EXPECT_EQ(span.dropped_links, 1u);
  EXPECT_EQ(span.status, SpanStatus::kError) << "the status needs no room";
  EXPECT_EQ(span.status_message, "");
  EXPECT_EQ(span.truncated_values, 1u);
}

TEST(SpanContentTest, CountsStayAtTheirHighest) {
  Traced traced;
  const std::string text(kMaxSpanStringBytes + 1, 'a');
  const SpanData span = Filled(traced, [&](Span& open) {
    for (int i = 0; i < 1000; ++i) {
      open.SetAttribute("key", text);
      open.AddEvent("event");
      open.AddLink({});
    }
  });
  EXPECT_EQ(span.dropped_attributes, 255u);
  EXPECT_EQ(span.dropped_events, 255u);
  EXPECT_EQ(span.dropped_links, 255u);
  EXPECT_EQ(span.truncated_values, 255u);
}

TEST(SpanContentTest, EventsHaveTheirTimesAndAttributesInOrder) {
  Traced traced;
  const SpanData span = Filled(traced, [&](Span& open) {
    open.AddEvent("first");
    traced.clock->Advance(nanoseconds(10));
    open.SetAttribute("between", 1);
    open.AddEvent("second", {{"i", 1}, {"d", 0.5}, {"b", true}, {"s", "text"}, {"i", 2}, {"", 3}});
    traced.clock->Advance(nanoseconds(10));
    open.AddEvent(InternName("third"), {{"s", std::string("made")}});
  });
  EXPECT_THAT(span.attributes, ElementsAre(Integer("between", 1)));
  EXPECT_EQ(span.dropped_attributes, 1u);
  EXPECT_THAT(span.events,
              ElementsAre(SpanEvent{"first", kFirstUnixNs, {}},
                          SpanEvent{"second",
                                    kFirstUnixNs + 10,
                                    {Integer("i", 2), {"d", 0.5}, {"b", true}, Text("s", "text")}},
                          SpanEvent{"third", kFirstUnixNs + 20, {Text("s", "made")}}));
}

TEST(SpanContentTest, AnEventKeepsTheAttributesThatFit) {
  Traced traced;
  const std::string text(100, 'a');
  const SpanData span = Filled(traced, [&](Span& open) {
    // 18 bytes, 110 each: three fit.
    open.AddEvent("event", {{"1", text}, {"2", text}, {"3", text}, {"4", text}, {"5", true}});
    open.SetAttribute("6", text);
  });
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_THAT(span.events[0].attributes, ElementsAre(Text("1", text), Text("2", text),
                                                     Text("3", text), SpanAttribute{"5", true}));
  EXPECT_THAT(span.attributes, IsEmpty());
  EXPECT_EQ(span.dropped_attributes, 2u);
}

TEST(SpanContentTest, LinksTellTheOtherSpan) {
  Traced traced;
  const TraceStateHandle state = StoreTraceState("vendor=1");
  const SpanContext other{.trace_id = {1, 2},
                          .span_id = {3},
                          .trace_state = state,
                          .flags = kTraceFlagSampled | kTraceFlagRandom,
                          .is_remote = true};
  const SpanData span = Filled(traced, [&](Span& open) {
    open.AddLink(other, {{"why", "batch"}});
    open.AddLink({.trace_id = {4, 5}, .span_id = {6}});
    open.AddLink({.trace_id = {4, 5}});
    open.AddLink({.span_id = {6}});
  });
  EXPECT_THAT(span.links, ElementsAre(SpanLink{{1, 2}, {3}, 3, "vendor=1", {Text("why", "batch")}},
                                      SpanLink{{4, 5}, {6}, 0, "", {}}));
  EXPECT_EQ(span.dropped_links, 2u);
}

TEST(SpanContentTest, StatusRules) {
  Traced traced;
  const auto status_of = [&](const auto& set) {
    const SpanData span = Filled(traced, set);
    return std::pair(span.status, span.status_message);
  };
  using Pair = std::pair<SpanStatus, std::string>;
  EXPECT_EQ(status_of([](Span& open) { open.SetStatus(SpanStatus::kError, "why"); }),
            Pair(SpanStatus::kError, "why"));
  EXPECT_EQ(status_of([](Span& open) {
              open.SetStatus(SpanStatus::kError, "first");
              open.SetStatus(SpanStatus::kError, "last");
            }),
            Pair(SpanStatus::kError, "last"));
  EXPECT_EQ(status_of([](Span& open) {
              open.SetStatus(SpanStatus::kError, "first");
              open.SetStatus(SpanStatus::kError);
            }),
            Pair(SpanStatus::kError, ""));
  EXPECT_EQ(status_of([](Span& open) {
              open.SetStatus(SpanStatus::kError, "stays");
              open.SetStatus(SpanStatus::kUnset);
            }),
            Pair(SpanStatus::kError, "stays"));
  EXPECT_EQ(status_of([](Span& open) {
              open.SetStatus(SpanStatus::kError, "turned out well");
              open.SetStatus(SpanStatus::kOk, "no message");
            }),
            Pair(SpanStatus::kOk, ""));
  EXPECT_EQ(status_of([](Span& open) {
              open.SetStatus(SpanStatus::kOk);
              open.SetStatus(SpanStatus::kError, "too late");
            }),
            Pair(SpanStatus::kOk, ""));
}

TEST(SpanContentTest, NothingOfASpanIsInTheNext) {
  Traced traced;
  {
    Span full = traced.tracer.StartSpan("full");
    full.SetAttribute("a", std::string(200, 'a'));
    full.AddEvent("e", {{"a", 1}});
    full.AddLink(full.context(), {{"a", 1}});
    full.AddLink({});
    full.SetStatus(SpanStatus::kError, "m");
  }
  // Decoded into the same memory.
  traced.Ended();
  traced.tracer.StartSpan("empty").End();
  const SpanData span = traced.EndedSpan();
  EXPECT_THAT(span.attributes, IsEmpty());
  EXPECT_THAT(span.events, IsEmpty());
  EXPECT_THAT(span.links, IsEmpty());
  EXPECT_EQ(span.status_message, "");
  EXPECT_EQ(span.dropped_links + span.truncated_values, 0u);
}

}  // namespace
}  // namespace vitals
