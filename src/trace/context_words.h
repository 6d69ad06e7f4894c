#ifndef VITALS_SRC_TRACE_CONTEXT_WORDS_H_
#define VITALS_SRC_TRACE_CONTEXT_WORDS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// A SpanContext as four words, in which the recording path handles it. What was written a moment
/// ago in pieces stalls the processor when it is read as a larger piece; as words it is written and
/// read in the same pieces everywhere. src/CMakeLists.txt keeps the compiler from merging them.
struct ContextWords {
  static constexpr int kFlagsShift = 32;
  static constexpr std::uint64_t kRemote = std::uint64_t{1} << 40;
  static constexpr std::uint64_t kSampled = std::uint64_t{kTraceFlagSampled} << kFlagsShift;
  /// What of `rest` a child has as its parent: the tracestate and the random flag.
  static constexpr std::uint64_t kInherited =
      std::uint64_t{kTraceFlagRandom} << kFlagsShift | 0xFFFFFFFF;

  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span_id = 0;
  std::uint64_t rest = 0;  ///< 32 bits trace_state, 8 flags, 8 is_remote

  ContextWords() = default;
  // One by one: a copy of the whole would be one of larger pieces.
  ContextWords(const ContextWords& other) noexcept
      : trace_high(other.trace_high),
        trace_low(other.trace_low),
        span_id(other.span_id),
        rest(other.rest) {}
  ContextWords& operator=(const ContextWords&) = delete;

  bool IsValid() const noexcept { return (trace_high | trace_low) != 0 && span_id != 0; }
  bool IsSampled() const noexcept { return (rest & kSampled) != 0; }
  bool IsRemote() const noexcept { return (rest & kRemote) != 0; }
  std::uint8_t flags() const noexcept { return static_cast<std::uint8_t>(rest >> kFlagsShift); }
  std::uint32_t trace_state() const noexcept { return static_cast<std::uint32_t>(rest); }

  static ContextWords Load(const SpanContext& context) noexcept {
    const auto* const bytes = reinterpret_cast<const char*>(&context);
    ContextWords words;
    std::memcpy(&words.trace_high, bytes, kWordBytes);
    std::memcpy(&words.trace_low, bytes + kWordBytes, kWordBytes);
    std::memcpy(&words.span_id, bytes + 2 * kWordBytes, kWordBytes);
    std::memcpy(&words.rest, bytes + 3 * kWordBytes, kWordBytes);
    return words;
  }

  void Store(SpanContext& context) const noexcept {
    auto* const bytes = reinterpret_cast<char*>(&context);
    std::memcpy(bytes, &trace_high, kWordBytes);
    std::memcpy(bytes + kWordBytes, &trace_low, kWordBytes);
    std::memcpy(bytes + 2 * kWordBytes, &span_id, kWordBytes);
    std::memcpy(bytes + 3 * kWordBytes, &rest, kWordBytes);
  }

 private:
  static constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
};
static_assert(sizeof(ContextWords) == sizeof(SpanContext));
static_assert(offsetof(SpanContext, span_id) == 16 && offsetof(SpanContext, trace_state) == 24 &&
              offsetof(SpanContext, flags) == 28 && offsetof(SpanContext, is_remote) == 29 &&
              std::endian::native == std::endian::little);

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_CONTEXT_WORDS_H_
