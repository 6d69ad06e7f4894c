#include "vitals/model/span_context.h"

#include <string>

#include "gtest/gtest.h"

namespace vitals {
namespace {

TEST(SpanContextTest, TraceIdsAreWrittenFirstByteFirst) {
  const TraceId id{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736};
  EXPECT_EQ(id.ToString(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(TraceId::FromHex("4bf92f3577b34da6a3ce929d0e0e4736"), id);
  EXPECT_EQ((TraceId{0, 1}.ToString()), "00000000000000000000000000000001");
}

TEST(SpanContextTest, SpanIdsAreWrittenFirstByteFirst) {
  const SpanId id{0x00f067aa0ba902b7};
  EXPECT_EQ(id.ToString(), "00f067aa0ba902b7");
  EXPECT_EQ(SpanId::FromHex("00f067aa0ba902b7"), id);
}

TEST(SpanContextTest, EveryDigitGoesThereAndBack) {
  for (std::uint64_t digit = 0; digit < 16; ++digit) {
    for (int place = 0; place < 64; place += 4) {
      const SpanId span_id{digit << place | 1};
      EXPECT_EQ(SpanId::FromHex(span_id.ToString()), span_id);
      const TraceId high{digit << place, 1};
      EXPECT_EQ(TraceId::FromHex(high.ToString()), high);
      const TraceId low{1, digit << place};
      EXPECT_EQ(TraceId::FromHex(low.ToString()), low);
    }
  }
}

TEST(SpanContextTest, OtherTextsAreNoIds) {
  for (const std::string text :
       {"", "0", "00000000000000000000000000000000", "4bf92f3577b34da6a3ce929d0e0e473",
        "4bf92f3577b34da6a3ce929d0e0e47360", "4BF92F3577B34DA6A3CE929D0E0E4736",
        "4bf92f3577b34da6a3ce929d0e0e473g", " bf92f3577b34da6a3ce929d0e0e4736",
        "0xf92f3577b34da6a3ce929d0e0e4736", "-bf92f3577b34da6a3ce929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e473\xFF"}) {
    EXPECT_EQ(TraceId::FromHex(text), std::nullopt) << text;
  }
  for (const std::string text :
       {"", "0", "0000000000000000", "00f067aa0ba902b", "00f067aa0ba902b70", "00F067AA0BA902B7",
        "00f067aa0ba902b:", "00f067aa0ba902b`", "00f067aa0ba902b/", "+0f067aa0ba902b7"}) {
    EXPECT_EQ(SpanId::FromHex(text), std::nullopt) << text;
  }
  EXPECT_EQ(SpanId::FromHex(std::string(16, '\0')), std::nullopt);
}

TEST(SpanContextTest, IsValidWithBothIds) {
  EXPECT_FALSE(SpanContext().IsValid());
  EXPECT_FALSE((SpanContext{.trace_id = {1, 0}}).IsValid());
  EXPECT_FALSE((SpanContext{.span_id = {1}}).IsValid());
  EXPECT_TRUE((SpanContext{.trace_id = {1, 0}, .span_id = {1}}).IsValid());
  EXPECT_TRUE((SpanContext{.trace_id = {0, 1}, .span_id = {1}}).IsValid());
  EXPECT_FALSE((SpanContext{.flags = kTraceFlagRandom}).IsSampled());
  EXPECT_TRUE((SpanContext{.flags = kTraceFlagRandom | kTraceFlagSampled}).IsSampled());
}

TEST(SpanContextTest, IdsHaveAnOrder) {
  EXPECT_LT((TraceId{0, 9}), (TraceId{1, 0}));
  EXPECT_LT((TraceId{1, 0}), (TraceId{1, 1}));
  EXPECT_LT(SpanId{1}, SpanId{2});
}

TEST(SpanContextTest, AThreadBeginsWithoutOne) { EXPECT_FALSE(CurrentSpanContext().IsValid()); }

}  // namespace
}  // namespace vitals
