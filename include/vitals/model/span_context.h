#ifndef VITALS_MODEL_SPAN_CONTEXT_H_
#define VITALS_MODEL_SPAN_CONTEXT_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "vitals/base/config.h"

/// \file
/// Who a span is, as messages carry it, and which one the calling thread works under. Terms and
/// limits are those of W3C Trace Context, level 2.

VITALS_NAMESPACE_BEGIN

/// Names a trace: 16 bytes, of which at least one is not zero. Zero is no trace.
struct TraceId {
  std::uint64_t high = 0;  ///< the first 8 bytes, the first of them highest
  std::uint64_t low = 0;

  static constexpr std::size_t kHexDigits = 32;

  constexpr bool IsValid() const noexcept { return (high | low) != 0; }

  /// 32 lower-case hex digits.
  VITALS_EXPORT std::array<char, kHexDigits> ToHex() const noexcept;
  VITALS_EXPORT std::string ToString() const;

  /// The id that exactly 32 lower-case hex digits name. Nothing for another text, nor for zero.
  VITALS_EXPORT static std::optional<TraceId> FromHex(std::string_view text) noexcept;

  friend constexpr auto operator<=>(const TraceId&, const TraceId&) noexcept = default;

  template <typename Hash>
  friend Hash AbslHashValue(Hash hash, const TraceId& id) {
    return Hash::combine(std::move(hash), id.high, id.low);
  }
};

/// Names a span within its trace: 8 bytes, not all zero. Zero is no span.
struct SpanId {
  std::uint64_t value = 0;  ///< the first byte is the highest

  static constexpr std::size_t kHexDigits = 16;

  constexpr bool IsValid() const noexcept { return value != 0; }

  /// 16 lower-case hex digits.
  VITALS_EXPORT std::array<char, kHexDigits> ToHex() const noexcept;
  VITALS_EXPORT std::string ToString() const;

  /// The id that exactly 16 lower-case hex digits name. Nothing for another text, nor for zero.
  VITALS_EXPORT static std::optional<SpanId> FromHex(std::string_view text) noexcept;

  friend constexpr auto operator<=>(const SpanId&, const SpanId&) noexcept = default;

  template <typename Hash>
  friend Hash AbslHashValue(Hash hash, const SpanId& id) {
    return Hash::combine(std::move(hash), id.value);
  }
};

/// The trace-flags of a traceparent.
enum TraceFlags : std::uint8_t {
  kTraceFlagNone = 0,
  kTraceFlagSampled = 1,  ///< the caller may have recorded its span
  kTraceFlagRandom = 2,   ///< the low 7 bytes of the trace id were chosen at random (level 2)
};

/// Names an entry of the process's bounded table of tracestates ("vitals/trace/trace_state.h"); 0
/// is the empty tracestate. A handle whose entry is gone reads as empty.
using TraceStateHandle = std::uint32_t;

/// What of a span crosses threads, actors and processes. 32 bytes, trivially copyable: put it into
/// message envelopes by value.
struct SpanContext {
  TraceId trace_id = {};
  SpanId span_id = {};
  TraceStateHandle trace_state = 0;
  std::uint8_t flags = kTraceFlagNone;  ///< of TraceFlags; other bits are zero
  bool is_remote = false;               ///< whether it came from another process

  constexpr bool IsValid() const noexcept { return trace_id.IsValid() && span_id.IsValid(); }
  constexpr bool IsSampled() const noexcept { return (flags & kTraceFlagSampled) != 0; }

  friend bool operator==(const SpanContext&, const SpanContext&) noexcept = default;
};
static_assert(sizeof(SpanContext) == 32 && std::is_trivially_copyable_v<SpanContext>);

namespace model {

/// The calling thread's current context, written by the module trace alone. Initial-exec, as
/// base::current_thread.
extern VITALS_EXPORT constinit thread_local SpanContext current_span_context
    __attribute__((tls_model("initial-exec")));

}  // namespace model

/// The context that the calling thread works under: that of its innermost open span or
/// ContextScope. Invalid where there is none. Costs a load.
VITALS_INLINE const SpanContext& CurrentSpanContext() noexcept {
  return model::current_span_context;
}

VITALS_NAMESPACE_END

#endif  // VITALS_MODEL_SPAN_CONTEXT_H_
