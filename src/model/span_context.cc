#include "vitals/model/span_context.h"

#include "model/hex.h"

VITALS_NAMESPACE_BEGIN

namespace model {

constinit thread_local SpanContext current_span_context;

}  // namespace model

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void AppendHex(std::uint64_t value, char* digits) noexcept {
  for (int i = 15; i >= 0; --i) {
    digits[i] = kHexDigits[value & 0xF];
    value >>= 4;
  }
}

}  // namespace

std::optional<std::uint64_t> model::ParseLowerHex(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit >= '0' && digit <= '9') {
      value = value << 4 | static_cast<std::uint64_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      value = value << 4 | static_cast<std::uint64_t>(digit - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::array<char, TraceId::kHexDigits> TraceId::ToHex() const noexcept {
  std::array<char, kHexDigits> digits;
  AppendHex(high, digits.data());
  AppendHex(low, digits.data() + SpanId::kHexDigits);
  return digits;
}

std::string TraceId::ToString() const {
  const auto digits = ToHex();
  return {digits.data(), digits.size()};
}

std::optional<TraceId> TraceId::FromHex(std::string_view text) noexcept {
  if (text.size() != kHexDigits) return std::nullopt;
  const auto high = model::ParseLowerHex(text.substr(0, SpanId::kHexDigits));
  const auto low = model::ParseLowerHex(text.substr(SpanId::kHexDigits));
  if (!high || !low || (*high | *low) == 0) return std::nullopt;
  return TraceId{*high, *low};
}

std::array<char, SpanId::kHexDigits> SpanId::ToHex() const noexcept {
  std::array<char, kHexDigits> digits;
  AppendHex(value, digits.data());
  return digits;
}

std::string SpanId::ToString() const {
  const auto digits = ToHex();
  return {digits.data(), digits.size()};
}

std::optional<SpanId> SpanId::FromHex(std::string_view text) noexcept {
  if (text.size() != kHexDigits) return std::nullopt;
  const auto value = model::ParseLowerHex(text);
  if (!value || *value == 0) return std::nullopt;
  return SpanId{*value};
}

VITALS_NAMESPACE_END
