#include "vitals/export/otlp_json.h"

#include <errno.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/export/spans.h"

namespace vitals_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using vitals::Resource;
using vitals::SpanData;
using vitals::SpanKind;
using vitals::SpanStatus;

std::string Encoded(const std::vector<SpanData>& spans, const Resource& resource = {}) {
  std::string out;
  vitals::EncodeOtlpJson(spans, resource, out);
  return out;
}

// One span, without what stands around it.
std::string EncodedSpan(const SpanData& span) {
  const std::string request = Encoded({span});
  const std::size_t begin = request.find("\"spans\":[") + 9;
  return request.substr(begin, request.size() - begin - std::string("]}]}]}").size());
}

TEST(OtlpJsonTest, AFullSpanHasEveryField) {
  EXPECT_EQ(
      EncodedSpan(FullSpan()),
      R"({"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",)"
      R"("traceState":"vendor=t61rcWkgMzE,other=1","parentSpanId":"00f067aa0ba902b7","flags":771,)"
      R"("name":"GET \"/jobs\"","kind":2,"startTimeUnixNano":"1700000000123456789",)"
      R"("endTimeUnixNano":"1700000000223456790","attributes":[)"
      R"({"key":"count","value":{"intValue":"9007199254740993"}},)"
      R"({"key":"ratio","value":{"doubleValue":0.1}},)"
      R"({"key":"cached","value":{"boolValue":false}},)"
      R"({"key":"path","value":{"stringValue":"a\nb"}},)"
      R"({"key":"thread.id","value":{"intValue":"4711"}},)"
      R"({"key":"thread.name","value":{"stringValue":"worker/0"}}],"droppedAttributesCount":5,)"
      R"("events":[{"timeUnixNano":"1700000000150000000","name":"retry","attributes":[)"
      R"({"key":"attempt","value":{"intValue":"2"}}]},)"
      R"({"timeUnixNano":"1700000000200000001","name":"done"}],"droppedEventsCount":6,)"
      R"("links":[{"traceId":"00000000000000010000000000000002","spanId":"0000000000000003",)"
      R"("traceState":"k=v","attributes":[{"key":"why","value":{"stringValue":"batch"}}],)"
      R"("flags":1}],"droppedLinksCount":7,)"
      "\"status\":{\"message\":\"caf\xC3\xA9 is closed\",\"code\":2}}");
}

TEST(OtlpJsonTest, DefaultsAreLeftOut) {
  EXPECT_EQ(EncodedSpan(PlainSpan(0xAB)),
            R"({"traceId":"000000000000000000000000000000ab","spanId":"00000000000000ab",)"
            R"("flags":256,"name":"step","kind":1,"startTimeUnixNano":"1000",)"
            R"("endTimeUnixNano":"2000"})");
}

TEST(OtlpJsonTest, MarksOfAStoredTraceAreAttributes) {
  vitals::StoredTrace trace;
  trace.spans = {PlainSpan(1, "b"), PlainSpan(2, "a"), PlainSpan(3, "c")};
  trace.spans[2].attributes = {{"vitals.span.marks", std::string("own")}};
  trace.span_marks = {vitals::kSpanMarkLate | vitals::kSpanMarkOrphan, vitals::kSpanMarkNone,
                      vitals::kSpanMarkLate};
  const auto text = [](const char* key, const char* value) {
    return std::string(R"({"key":")") + key + R"(","value":{"stringValue":")" + value + R"("}})";
  };
  const auto encoded = [&trace] {
    std::string out;
    vitals::EncodeOtlpJson(trace, Resource(), out);
    return out;
  };
  // In the order of the components.
  const auto expected = [&](const std::vector<std::string>& attributes) {
    std::vector<SpanData> plain = {trace.spans[1], trace.spans[0], trace.spans[2]};
    plain[2].attributes.clear();
    std::string page = Encoded(plain);
    const std::string end = R"("endTimeUnixNano":"2000")";
    std::size_t at = 0;
    for (const std::string& list : attributes) {
      at = page.find(end, at) + end.size();
      if (!list.empty()) page.insert(at, R"(,"attributes":[)" + list + "]");
    }
    return page;
  };
  EXPECT_EQ(encoded(), expected({"", text("vitals.span.marks", "late,orphan"),
                                 text("vitals.span.marks", "own")}));

  trace.summary.marks = vitals::kTraceMarkIncomplete | vitals::kTraceMarkTruncated;
  trace.summary.refused_spans = 7;
  const std::string of_trace = text("vitals.trace.marks", "incomplete,truncated") +
                               R"(,{"key":"vitals.trace.refused_spans","value":{"intValue":"7"}})";
  EXPECT_EQ(encoded(),
            expected({of_trace, of_trace + "," + text("vitals.span.marks", "late,orphan"),
                      text("vitals.span.marks", "own") + "," + of_trace}));
}

TEST(OtlpJsonTest, KindsAndStatusesAreNumbers) {
  SpanData span = PlainSpan(1);
  span.kind = SpanKind::kConsumer;
  span.status = SpanStatus::kOk;
  EXPECT_THAT(EncodedSpan(span), HasSubstr(R"("kind":5,)"));
  EXPECT_THAT(EncodedSpan(span), HasSubstr(R"("status":{"code":1}})"));
}

TEST(OtlpJsonTest, FlagsSayWhetherTheParentIsRemote) {
  SpanData span = PlainSpan(1);
  span.parent_span_id = {2};
  EXPECT_THAT(EncodedSpan(span), HasSubstr(R"("flags":256,)"));
  span.parent_is_remote = true;
  EXPECT_THAT(EncodedSpan(span), HasSubstr(R"("flags":768,)"));
}

TEST(OtlpJsonTest, DoublesThatAreNotFiniteAreWords) {
  SpanData span = PlainSpan(1);
  span.attributes = {{"a", std::numeric_limits<double>::quiet_NaN()},
                     {"b", -std::numeric_limits<double>::infinity()}};
  EXPECT_THAT(EncodedSpan(span), HasSubstr(R"({"key":"a","value":{"doubleValue":"NaN"}},)"
                                           R"({"key":"b","value":{"doubleValue":"-Infinity"}})"));
}

TEST(OtlpJsonTest, TheSpansOwnThreadAttributesStand) {
  SpanData span = PlainSpan(1);
  span.thread_id = 1;
  span.thread_name = "main";
  span.attributes = {{"thread.id", std::int64_t{2}}, {"thread.name", std::string("own")}};
  const std::string encoded = EncodedSpan(span);
  EXPECT_THAT(encoded, HasSubstr(R"({"key":"thread.id","value":{"intValue":"2"}},)"
                                 R"({"key":"thread.name","value":{"stringValue":"own"}}])"));
  EXPECT_THAT(encoded, Not(HasSubstr("main")));
}

TEST(OtlpJsonTest, ComponentsAreScopes) {
  Resource resource;
  resource.Set("service.name", std::string("jobs"));
  EXPECT_EQ(
      Encoded({PlainSpan(3, "b"), PlainSpan(1, "a"), PlainSpan(2, "b"), PlainSpan(4, "")}, resource)
          .substr(0, 150),
      std::string(R"({"resourceSpans":[{"resource":{"attributes":[)"
                  R"({"key":"service.name","value":{"stringValue":"jobs"}}]},)"
                  R"("scopeSpans":[{"scope":{},"spans":[{"traceId":"00000000000000000000)")
          .substr(0, 150));
  const std::string encoded = Encoded({PlainSpan(3, "b"), PlainSpan(1, "a"), PlainSpan(2, "b")});
  const std::size_t a = encoded.find(R"({"scope":{"name":"a"},"spans":[{)");
  const std::size_t b = encoded.find(R"({"scope":{"name":"b"},"spans":[{)");
  const std::size_t third = encoded.find(R"("spanId":"0000000000000003")");
  const std::size_t second = encoded.find(R"("spanId":"0000000000000002")");
  EXPECT_LT(a, b);
  EXPECT_LT(b, third);
  EXPECT_LT(third, second);
  EXPECT_LT(second, encoded.size());
}

TEST(OtlpJsonTest, NoSpansAreARequestToo) { EXPECT_EQ(Encoded({}), R"({"resourceSpans":[]})"); }

TEST(ResourceTest, DefaultNamesTheProcess) {
  const std::string executable = program_invocation_short_name;
  std::string text;
  const Resource resource = Resource::Default();
  for (const auto& [key, value] : resource.attributes()) {
    text += key + "=" + vitals::AttributeValueText(value) + "\n";
  }
  EXPECT_EQ(text, "service.name=unknown_service:" + executable + "\nprocess.pid=" +
                      std::to_string(::getpid()) + "\nprocess.executable.name=" + executable +
                      "\ntelemetry.sdk.name=vitals\ntelemetry.sdk.language=cpp\n"
                      "telemetry.sdk.version=" VITALS_VERSION "\n");
}

TEST(ResourceTest, SetReplaces) {
  Resource resource;
  resource.Set("a", std::int64_t{1});
  resource.Set("b", true);
  resource.Set("a", std::string("x"));
  ASSERT_EQ(resource.attributes().size(), 2u);
  EXPECT_EQ(resource.attributes()[0].key, "a");
  EXPECT_EQ(vitals::AttributeValueText(resource.attributes()[0].value), "x");
}

}  // namespace
}  // namespace vitals_test
