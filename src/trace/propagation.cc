#include "vitals/trace/propagation.h"

#include <algorithm>
#include <cstdint>

#include "model/hex.h"
#include "trace/blanks.h"

VITALS_NAMESPACE_BEGIN
namespace {

// traceparent = version "-" trace-id "-" parent-id "-" trace-flags
constexpr std::size_t kVersionAt = 0;
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kSpanIdAt = kTraceIdAt + TraceId::kHexDigits + 1;
constexpr std::size_t kFlagsAt = kSpanIdAt + SpanId::kHexDigits + 1;
static_assert(kFlagsAt + 2 == kTraceParentBytes);

constexpr std::uint8_t kKnownFlags = kTraceFlagSampled | kTraceFlagRandom;
constexpr std::uint64_t kForbiddenVersion = 0xff;

// The byte that two hex digits at `at` name.
std::optional<std::uint64_t> ParseByte(std::string_view text, std::size_t at) noexcept {
  return model::ParseLowerHex(text.substr(at, 2));
}

char LowerCase(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsHeader(std::string_view name, std::string_view header) noexcept {
  return std::equal(name.begin(), name.end(), header.begin(), header.end(),
                    [](char c, char expected) { return LowerCase(c) == expected; });
}

}  // namespace

std::optional<SpanContext> ParseTraceParent(std::string_view text) noexcept {
  if (text.size() < kTraceParentBytes || text[kTraceIdAt - 1] != '-' ||
      text[kSpanIdAt - 1] != '-' || text[kFlagsAt - 1] != '-') {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> version = ParseByte(text, kVersionAt);
  if (!version || *version == kForbiddenVersion) return std::nullopt;
  if (text.size() > kTraceParentBytes && (*version == 0 || text[kTraceParentBytes] != '-')) {
    return std::nullopt;
  }
  const auto trace_id = TraceId::FromHex(text.substr(kTraceIdAt, TraceId::kHexDigits));
  const auto span_id = SpanId::FromHex(text.substr(kSpanIdAt, SpanId::kHexDigits));
  const std::optional<std::uint64_t> flags = ParseByte(text, kFlagsAt);
  if (!trace_id || !span_id || !flags) return std::nullopt;
  SpanContext context;
  context.trace_id = *trace_id;
  context.span_id = *span_id;
  context.flags = static_cast<std::uint8_t>(*flags & kKnownFlags);
  context.is_remote = true;
  return context;
}

std::array<char, kTraceParentBytes> FormatTraceParent(const SpanContext& context) noexcept {
  std::array<char, kTraceParentBytes> text;
  text.fill('-');
  text[kVersionAt] = text[kVersionAt + 1] = '0';
  const auto trace_id = context.trace_id.ToHex();
  std::copy(trace_id.begin(), trace_id.end(), text.begin() + kTraceIdAt);
  const auto span_id = context.span_id.ToHex();
  std::copy(span_id.begin(), span_id.end(), text.begin() + kSpanIdAt);
  text[kFlagsAt] = '0';
  text[kFlagsAt + 1] = static_cast<char>('0' + (context.flags & kKnownFlags));
  return text;
}

void SpanContextExtractor::Add(std::string_view name, std::string_view value) {
  if (IsHeader(name, kTraceParentHeader)) {
    parent_ = ParseTraceParent(trace::StripBlanks(value));
    ++parent_headers_;
  } else if (IsHeader(name, kTraceStateHeader)) {
    if (trace_state_.size() + 1 + value.size() > TraceState::kMaxInputBytes) {
      trace_state_too_long_ = true;
      return;
    }
    trace_state_.append(value).push_back(',');
  }
}

SpanContext SpanContextExtractor::Context() const noexcept {
  if (parent_headers_ != 1 || !parent_) return {};
  SpanContext context = *parent_;
  if (!trace_state_too_long_) context.trace_state = StoreTraceState(trace_state_);
  return context;
}

VITALS_NAMESPACE_END
