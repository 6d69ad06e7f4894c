#ifndef VITALS_TRACE_TRACER_H_
#define VITALS_TRACE_TRACER_H_

#include <string_view>

#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_data.h"
#include "vitals/trace/span.h"

VITALS_NAMESPACE_BEGIN

/// Starts the spans of one component. A handle from TracerProvider::GetTracer(): trivially
/// copyable, thread-safe, and may outlive its provider; spans are not recorded then, as are those
/// of an empty tracer.
class VITALS_EXPORT Tracer {
 public:
  /// Records nothing.
  constexpr Tracer() noexcept = default;

  /// Starts a span under the thread's current context; see Span.
  [[nodiscard]] Span StartSpan(InternedName name,
                               SpanKind kind = SpanKind::kInternal) const noexcept {
    return Span(*this, name, kind);
  }
  [[nodiscard]] Span StartSpan(InternedName name, const SpanOptions& options) const noexcept {
    return Span(*this, name, options);
  }

  /// The present moment, for SpanOptions::start. About 10 ns. No moment while nothing is recorded.
  TraceTime Now() const noexcept;

  /// Whether spans may be recorded: its provider runs.
  bool IsEnabled() const noexcept;

  /// As given to GetTracer(); empty for an empty tracer.
  std::string_view component() const noexcept;

 private:
  friend class Span;
  friend class TracerProvider;
  explicit Tracer(const trace::TracerCore* core) noexcept : core_(core) {}

  const trace::TracerCore* core_ = nullptr;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_TRACER_H_
