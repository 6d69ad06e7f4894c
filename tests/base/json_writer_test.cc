#include "base/json_writer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "gtest/gtest.h"

namespace vitals::base {
namespace {

std::string Written(const std::function<void(JsonWriter&)>& write,
                    JsonWriter::NonFinite non_finite = JsonWriter::NonFinite::kNull) {
  std::string out;
  JsonWriter json(out, non_finite);
  write(json);
  return out;
}

std::string WrittenString(std::string_view text) {
  return Written([text](JsonWriter& json) { json.String(text); });
}

std::string WrittenDouble(double value, JsonWriter::NonFinite non_finite) {
  return Written([value](JsonWriter& json) { json.Double(value); }, non_finite);
}

TEST(JsonWriterTest, CommasStandBetweenValuesAlone) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginObject();
              json.Key("empty");
              json.BeginObject();
              json.EndObject();
              json.Key("list");
              json.BeginArray();
              json.BeginArray();
              json.EndArray();
              json.Null();
              json.BeginObject();
              json.Key("a");
              json.Bool(true);
              json.Key("b");
              json.Bool(false);
              json.EndObject();
              json.EndArray();
              json.Key("last");
              json.Int(-1);
              json.EndObject();
            }),
            R"({"empty":{},"list":[[],null,{"a":true,"b":false}],"last":-1})");
}

TEST(JsonWriterTest, AppendsToWhatIsThere) {
  std::string out = "line: ";
  JsonWriter json(out);
  json.BeginArray();
  json.EndArray();
  EXPECT_EQ(out, "line: []");
}

TEST(JsonWriterTest, IntegersKeepEveryDigit) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginArray();
              json.Int(std::numeric_limits<std::int64_t>::min());
              json.Uint(std::numeric_limits<std::uint64_t>::max());
              json.QuotedInt(std::numeric_limits<std::int64_t>::min());
              json.QuotedUint(std::numeric_limits<std::uint64_t>::max());
              json.EndArray();
            }),
            R"([-9223372036854775808,18446744073709551615,)"
            R"("-9223372036854775808","18446744073709551615"])");
}

TEST(JsonWriterTest, ThousandthsAreExact) {
  const auto written = [](std::uint64_t thousandths) {
    return Written([=](JsonWriter& json) { json.Thousandths(thousandths); });
  };
  EXPECT_EQ(written(0), "0");
  EXPECT_EQ(written(7), "0.007");
  EXPECT_EQ(written(120), "0.12");
  EXPECT_EQ(written(1'500), "1.5");
  EXPECT_EQ(written(100'000), "100");
  EXPECT_EQ(written(10'010), "10.01");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551.615");
}

TEST(JsonWriterTest, DoublesAreShortestAndReadBackTheSame) {
  using NonFinite = JsonWriter::NonFinite;
  EXPECT_EQ(WrittenDouble(0.1, NonFinite::kNull), "0.1");
  EXPECT_EQ(WrittenDouble(2, NonFinite::kNull), "2");
  EXPECT_EQ(WrittenDouble(-0.0, NonFinite::kNull), "-0");
  EXPECT_EQ(WrittenDouble(1e300, NonFinite::kNull), "1e+300");
  for (const double value : {std::numeric_limits<double>::denorm_min(),
                             -std::numeric_limits<double>::max(), 1.0 / 3, 1e22}) {
    EXPECT_EQ(std::strtod(WrittenDouble(value, NonFinite::kNull).c_str(), nullptr), value);
  }
}

TEST(JsonWriterTest, WhatIsNoNumberIsNullOrAWord) {
  using NonFinite = JsonWriter::NonFinite;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  for (const double value : {kInfinity, -kInfinity, kNaN}) {
    EXPECT_EQ(WrittenDouble(value, NonFinite::kNull), "null");
  }
  EXPECT_EQ(WrittenDouble(kInfinity, NonFinite::kString), R"("Infinity")");
  EXPECT_EQ(WrittenDouble(-kInfinity, NonFinite::kString), R"("-Infinity")");
  EXPECT_EQ(WrittenDouble(kNaN, NonFinite::kString), R"("NaN")");
  EXPECT_EQ(WrittenDouble(1.5, NonFinite::kString), "1.5");
}

TEST(JsonWriterTest, EscapesWhatMustBeEscapedAndNothingElse) {
  EXPECT_EQ(WrittenString(R"(say "hi" \ bye/)"), R"("say \"hi\" \\ bye/")");
  EXPECT_EQ(WrittenString("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(WrittenString(std::string_view("\0\x01\x1F\x7F", 4)), "\"\\u0000\\u0001\\u001f\x7F\"");
  EXPECT_EQ(WrittenString("caf\xC3\xA9 \xF0\x9F\x98\x80"), "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
}

TEST(JsonWriterTest, EveryByteIsFoundAtEveryPlace) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 10; ++after) {
      const std::string left(before, 'a');
      const std::string right(after, 'b');
      EXPECT_EQ(WrittenString(left + '"' + right), '"' + left + "\\\"" + right + '"');
      EXPECT_EQ(WrittenString(left + '\n' + right), '"' + left + "\\n" + right + '"');
      EXPECT_EQ(WrittenString(left + "!#[]" + right), '"' + left + "!#[]" + right + '"');
    }
  }
}

TEST(JsonWriterTest, IllFormedBytesBecomeTheReplacementCharacter) {
  for (const char* const text : {"\x80", "a\xFF\"b", "\xE2\x82", "\xED\xA0\x80", "\xE2\x28\xA1",
                                 "ok\xF0\x9F\x98", "\xC3\xA9\xC3"}) {
    EXPECT_EQ(WrittenString(text), WrittenString(ToValidUtf8(text)));
  }
  EXPECT_EQ(WrittenString("\xE2\x82!"), "\"\xEF\xBF\xBD!\"");
}

TEST(JsonWriterTest, KeysAreEscapedToo) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginObject();
              json.Key("a\"\xFF");
              json.Int(0);
              json.EndObject();
            }),
            "{\"a\\\"\xEF\xBF\xBD\":0}");
}

TEST(JsonWriterTest, NestsToTheGreatestDepth) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              for (int i = 0; i < JsonWriter::kMaxDepth; ++i) json.BeginArray();
              for (int i = 0; i < JsonWriter::kMaxDepth; ++i) json.EndArray();
            }),
            std::string(JsonWriter::kMaxDepth, '[') + std::string(JsonWriter::kMaxDepth, ']'));
}

#if !defined(NDEBUG)
TEST(JsonWriterDeathTest, MisuseIsAsserted) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  EXPECT_DEATH(json.Int(1), "needs its key");
  EXPECT_DEATH(json.EndArray(), "");
  json.Key("a");
  EXPECT_DEATH(json.Key("b"), "");
  EXPECT_DEATH(json.EndObject(), "");
  json.Int(1);
  json.EndObject();
  EXPECT_DEATH(json.Int(1), "second value");
}
#endif

}  // namespace
}  // namespace vitals::base
