#include "vitals/trace/propagation.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

// The cases are those of the W3C's test suite (w3c/trace-context, test/test.py), and more.

namespace vitals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kParent = "00-12345678901234567890123456789012-1234567890123456-01";
constexpr TraceId kTraceId = {0x1234567890123456, 0x7890123456789012};
constexpr SpanId kSpanId = {0x1234567890123456};

std::string Format(const SpanContext& context) {
  const auto text = FormatTraceParent(context);
  return {text.data(), text.size()};
}

// What the headers of a message that carries `context` are.
Headers Injected(const SpanContext& context) {
  Headers headers;
  Inject(context, [&headers](std::string_view name, std::string_view value) {
    headers.emplace_back(name, value);
  });
  return headers;
}

// The tracestate that goes out where these headers came in.
std::string StateOf(std::vector<std::string> states) {
  Headers headers = {{"traceparent", std::string(kParent)}};
  for (std::string& state : states) headers.emplace_back("tracestate", std::move(state));
  const SpanContext context = Extract(headers);
  EXPECT_EQ(context.trace_id, kTraceId) << "a bad tracestate never harms the traceparent";
  return TraceStateText(context.trace_state);
}

TEST(ParseTraceParentTest, ReadsVersion00) {
  const auto context = ParseTraceParent(kParent);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTraceId);
  EXPECT_EQ(context->span_id, kSpanId);
  EXPECT_EQ(context->flags, kTraceFlagSampled);
  EXPECT_EQ(context->trace_state, 0U);
  EXPECT_TRUE(context->is_remote);
  EXPECT_TRUE(context->IsSampled());
}

TEST(ParseTraceParentTest, CarriesKnownFlagsAndDropsOthers) {
  const std::string start = "00-12345678901234567890123456789012-1234567890123456-";
  const std::vector<std::pair<std::string, int>> cases = {
      {"00", 0}, {"01", 1}, {"02", 2}, {"03", 3}, {"04", 0},
      {"08", 0}, {"09", 1}, {"fc", 0}, {"ff", 3}, {"fe", 2}};
  for (const auto& [digits, flags] : cases) {
    const auto context = ParseTraceParent(start + digits);
    ASSERT_TRUE(context) << digits;
    EXPECT_EQ(context->flags, flags) << digits;
    EXPECT_EQ(Format(*context), start + '0' + static_cast<char>('0' + flags));
  }
}

TEST(ParseTraceParentTest, ReadsHigherVersionsByTheirFirst55Characters) {
  for (const std::string_view text : {
           "cc-12345678901234567890123456789012-1234567890123456-01",
           "01-12345678901234567890123456789012-1234567890123456-01",
           "fe-12345678901234567890123456789012-1234567890123456-01",
           "cc-12345678901234567890123456789012-1234567890123456-01-",
           "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
       }) {
    const auto context = ParseTraceParent(text);
    ASSERT_TRUE(context) << text;
    EXPECT_EQ(Format(*context), kParent) << "passed on as version 00";
  }
}

TEST(ParseTraceParentTest, RefusesWhatIsNotValid) {
  for (const std::string_view text : {
           "",
           "00",
           "00-",
           // Behind the end of version 00, or of a higher one.
           "00-12345678901234567890123456789012-1234567890123456-01.",
           "00-12345678901234567890123456789012-1234567890123456-01-",
           "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
           "00-12345678901234567890123456789012-1234567890123456-01 ",
           "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
           "cc-12345678901234567890123456789012-1234567890123456-011",
           "cc-12345678901234567890123456789012-1234567890123456-0",
           // The version.
           "ff-12345678901234567890123456789012-1234567890123456-01",
           "ff-12345678901234567890123456789012-1234567890123456-01-more",
           ".0-12345678901234567890123456789012-1234567890123456-01",
           "0.-12345678901234567890123456789012-1234567890123456-01",
           "0A-12345678901234567890123456789012-1234567890123456-01",
           "000-12345678901234567890123456789012-1234567890123456-01",
           "0000-12345678901234567890123456789012-1234567890123456-01",
           "0-12345678901234567890123456789012-1234567890123456-01",
           "-12345678901234567890123456789012-1234567890123456-01",
           // The trace id.
           "00-00000000000000000000000000000000-1234567890123456-01",
           "00-.2345678901234567890123456789012-1234567890123456-01",
           "00-1234567890123456789012345678901.-1234567890123456-01",
           "00-1234567890123456789012345678901A-1234567890123456-01",
           "00-123456789012345678901234567890123-1234567890123456-01",
           "00-1234567890123456789012345678901-1234567890123456-01",
           // The span id.
           "00-12345678901234567890123456789012-0000000000000000-01",
           "00-12345678901234567890123456789012-.234567890123456-01",
           "00-12345678901234567890123456789012-123456789012345.-01",
           "00-12345678901234567890123456789012-123456789012345F-01",
           "00-12345678901234567890123456789012-12345678901234567-01",
           "00-12345678901234567890123456789012-123456789012345-01",
           // The flags.
           "00-12345678901234567890123456789012-1234567890123456-.0",
           "00-12345678901234567890123456789012-1234567890123456-0.",
           "00-12345678901234567890123456789012-1234567890123456-0A",
           "00-12345678901234567890123456789012-1234567890123456-001",
           "00-12345678901234567890123456789012-1234567890123456-1",
           "00-12345678901234567890123456789012-1234567890123456-",
           // The dashes.
           "00_12345678901234567890123456789012-1234567890123456-01",
           "00-12345678901234567890123456789012_1234567890123456-01",
           "00-12345678901234567890123456789012-1234567890123456_01",
       }) {
    EXPECT_FALSE(ParseTraceParent(text)) << text;
  }
}

TEST(FormatTraceParentTest, WritesVersion00WithKnownFlags) {
  SpanContext context;
  context.trace_id = {0x0af7651916cd43dd, 0x8448eb211c80319c};
  context.span_id = {0x00f067aa0ba902b7};
  EXPECT_EQ(Format(context), "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00");
  context.flags = 0xff;
  EXPECT_EQ(Format(context), "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-03");
  EXPECT_FALSE(ParseTraceParent(Format({}))) << "no reader takes an invalid one";
}

TEST(ExtractTest, NoHeadersAreNoContext) {
  EXPECT_EQ(Extract(Headers()), SpanContext());
  EXPECT_EQ(Extract(Headers{{"tracestate", "foo=1"}}), SpanContext());
  EXPECT_EQ(Extract(Headers{{"traceparent", ""}, {"tracestate", "foo=1"}}), SpanContext());
}

TEST(ExtractTest, NamesAreOfAnyCaseAndNothingElse) {
  for (const char* const name : {"traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT"}) {
    EXPECT_EQ(Extract(Headers{{name, std::string(kParent)}}).trace_id, kTraceId) << name;
  }
  for (const char* const name :
       {"trace-parent", "trace.parent", "traceparent ", "traceparen", ""}) {
    EXPECT_FALSE(Extract(Headers{{name, std::string(kParent)}}).IsValid()) << name;
  }
  const std::pair<std::string, std::string> parent = {"traceparent", std::string(kParent)};
  for (const char* const name : {"tracestate", "TraceState", "TrAcEsTaTe", "TRACESTATE"}) {
    const SpanContext context = Extract(Headers{{name, "foo=1"}, parent});
    EXPECT_EQ(TraceStateText(context.trace_state), "foo=1") << name;
  }
  for (const char* const name : {"trace-state", "trace.state"}) {
    EXPECT_EQ(Extract(Headers{parent, {name, "foo=1"}}).trace_state, 0U) << name;
  }
}

TEST(ExtractTest, BlanksAroundATraceParentDoNotCount) {
  const std::string parent(kParent);
  for (const std::string& value :
       {" " + parent, "\t" + parent, parent + " ", parent + "\t", "\t " + parent + " \t"}) {
    EXPECT_EQ(Extract(Headers{{"traceparent", value}}).trace_id, kTraceId);
  }
  EXPECT_FALSE(Extract(Headers{{"traceparent", "\n" + parent}}).IsValid());
}

TEST(ExtractTest, SeveralTraceParentsRestartTheTrace) {
  const std::string other = "00-12345678901234567890123456789011-1234567890123456-01";
  const std::string parent(kParent);
  for (const auto& values : std::vector<std::vector<std::string>>{
           {other, parent}, {parent, parent}, {"", parent}, {parent, ""}, {"not valid", parent}}) {
    Headers headers = {{"tracestate", "foo=1"}};
    for (const std::string& value : values) headers.emplace_back("traceparent", value);
    EXPECT_EQ(Extract(headers), SpanContext());
  }
  // As some proxies join them.
  EXPECT_FALSE(Extract(Headers{{"traceparent", parent + "," + parent}}).IsValid());
  EXPECT_FALSE(Extract(Headers{{"TraceParent", parent}, {"traceparent", parent}}).IsValid());
}

TEST(ExtractTest, SeveralTraceStatesAreCombinedInOrder) {
  EXPECT_EQ(StateOf({"foo=1,bar=2"}), "foo=1,bar=2");
  EXPECT_EQ(StateOf({"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}),
            "foo=1,bar=2,rojo=1,congo=2,baz=3");
  EXPECT_EQ(StateOf({"foo=1", ""}), "foo=1");
  EXPECT_EQ(StateOf({"", "foo=1"}), "foo=1");
  EXPECT_EQ(StateOf({" ", "foo=1,", "\t, bar=2"}), "foo=1,bar=2");
  EXPECT_EQ(StateOf({""}), "");
  const std::string key(256, 'z');
  EXPECT_EQ(StateOf({"foo=1", key + "=1"}), "foo=1," + key + "=1");
}

TEST(ExtractTest, ABadTraceStateIsDiscardedAsAWhole) {
  EXPECT_EQ(StateOf({"foo=1", "foo=1"}), "");
  EXPECT_EQ(StateOf({"foo=1", "foo=2"}), "");
  EXPECT_EQ(StateOf({"foo=1", "bar"}), "");
  EXPECT_EQ(StateOf({"foo=1", std::string(257, 'z') + "=1"}), "");
  std::vector<std::string> one_each;
  for (char c = 'a'; c <= 'z'; ++c) one_each.push_back(std::string(1, c) + "=1");
  for (char c = '0'; c <= '5'; ++c) one_each.push_back(std::string(1, c) + "=1");
  EXPECT_EQ(StateOf(one_each).size(), 32 * 4 - 1U);
  one_each.emplace_back("6=1");
  EXPECT_EQ(StateOf(one_each), "");
}

TEST(ExtractTest, TakesNoMoreTraceStateThanItMust) {
  const std::string blanks(TraceState::kMaxInputBytes / 4, ' ');
  EXPECT_EQ(StateOf({"foo=1", blanks, blanks, blanks}), "foo=1");
  EXPECT_EQ(StateOf({"foo=1", blanks, blanks, blanks, blanks}), "");
  EXPECT_EQ(StateOf({blanks + blanks + blanks + blanks, "foo=1"}), "");
}

TEST(ExtractTest, WalksWhatHoldsHeaders) {
  const std::vector<std::pair<std::string_view, std::string_view>> views = {
      {"Host", "a"}, {"traceparent", kParent}, {"tracestate", "foo=1"}};
  const std::map<std::string, std::string> map = {{"traceparent", std::string(kParent)},
                                                  {"tracestate", "foo=1"}};
  const std::unordered_map<std::string, std::string> hashed(map.begin(), map.end());
  const std::multimap<std::string, const char*> multimap = {
      {"traceparent", kParent.data()}, {"tracestate", "foo=1"}, {"tracestate", "bar=2"}};
  const std::map<std::string, std::vector<std::string>> lists = {
      {"traceparent", {std::string(kParent)}}, {"tracestate", {"foo=1", "bar=2"}}};
  const std::pair<const char*, std::string_view> array[] = {{"traceparent", kParent}};
  EXPECT_EQ(TraceStateText(Extract(views).trace_state), "foo=1");
  EXPECT_EQ(TraceStateText(Extract(map).trace_state), "foo=1");
  EXPECT_EQ(TraceStateText(Extract(hashed).trace_state), "foo=1");
  EXPECT_EQ(TraceStateText(Extract(multimap).trace_state), "foo=1,bar=2");
  EXPECT_EQ(TraceStateText(Extract(lists).trace_state), "foo=1,bar=2");
  EXPECT_EQ(Extract(array).trace_id, kTraceId);
}

TEST(ExtractTest, OneByOne) {
  SpanContextExtractor extractor;
  EXPECT_FALSE(extractor.Context().IsValid());
  extractor.Add("tracestate", "foo=1");
  extractor.Add("traceparent", kParent);
  EXPECT_EQ(TraceStateText(extractor.Context().trace_state), "foo=1");
  extractor.Add("tracestate", "bar=1");
  EXPECT_EQ(TraceStateText(extractor.Context().trace_state), "foo=1,bar=1");
  extractor.Add("traceparent", kParent);
  EXPECT_FALSE(extractor.Context().IsValid());
}

TEST(InjectTest, WritesWhatExtractReads) {
  const Headers headers = {{"traceparent", std::string(kParent)}, {"tracestate", "foo=1,bar=2"}};
  const SpanContext context = Extract(headers);
  EXPECT_EQ(Injected(context), headers);
  EXPECT_EQ(Extract(Injected(context)), context);
}

TEST(InjectTest, LeavesOutAnEmptyTraceState) {
  const SpanContext context = ParseTraceParent(kParent).value();
  EXPECT_THAT(Injected(context), ElementsAre(Pair("traceparent", kParent)));
}

TEST(InjectTest, AnInvalidContextWritesNothing) {
  SpanContext context;
  context.trace_state = StoreTraceState("foo=1");
  EXPECT_THAT(Injected(context), IsEmpty());
  context.trace_id = kTraceId;
  EXPECT_THAT(Injected(context), IsEmpty());
  context.trace_id = {};
  context.span_id = kSpanId;
  EXPECT_THAT(Injected(context), IsEmpty());
}

TEST(InjectTest, AMutatedMemberGoesFirst) {
  SpanContext context =
      Extract(Headers{{"traceparent", std::string(kParent)}, {"tracestate", "foo=1,bar=2"}});
  TraceState state = LoadTraceState(context.trace_state);
  ASSERT_TRUE(state.Set("bar", "3").ok());
  context.trace_state = StoreTraceState(state);
  EXPECT_THAT(Injected(context),
              ElementsAre(Pair("traceparent", kParent), Pair("tracestate", "bar=3,foo=1")));
}

}  // namespace
}  // namespace vitals
