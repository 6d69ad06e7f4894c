#ifndef VITALS_TRACE_CONTEXT_SCOPE_H_
#define VITALS_TRACE_CONTEXT_SCOPE_H_

#include <cstdint>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"

VITALS_NAMESPACE_BEGIN

namespace trace {

struct TraceThread;

/// Where a context is in the stack of a thread: see trace/trace_thread.h.
struct ContextFrame {
  TraceThread* thread = nullptr;  ///< null: nowhere
  std::uint8_t place;
  union {
    SpanContext below;  ///< the context before it, for one that found no place alone
  };

  ContextFrame() noexcept {}  // NOLINT(modernize-use-equals-default): leaves the rest as it is
};

}  // namespace trace

/// Makes a context that came with a message the calling thread's current one, for a scope: spans
/// that start within are its children.
///
///     void Actor::Receive(const Envelope& envelope) {
///       const vitals::ContextScope scope(envelope.span_context);
///       vitals::Span span = tracer_.StartSpan("receive", vitals::SpanKind::kConsumer);
///
/// An invalid context is one as well: spans that start within begin traces. Leave it on the thread
/// where it was entered, so never hold one across a co_await; one that is left on another thread
/// is taken out when the first thread next starts a span. Scopes and attached spans of a thread may
/// end in any order up to 64 of them; beyond, only in the reverse order. Costs 3 ns; noexcept.
class VITALS_EXPORT ContextScope {
 public:
  [[nodiscard]] explicit ContextScope(const SpanContext& context) noexcept;
  ~ContextScope();
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  SpanId span_id_;
  trace::ContextFrame frame_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_CONTEXT_SCOPE_H_
