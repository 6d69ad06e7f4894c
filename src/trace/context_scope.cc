#include "vitals/trace/context_scope.h"

#include "trace/context_words.h"
#include "trace/trace_thread.h"

VITALS_NAMESPACE_BEGIN

ContextScope::ContextScope(const SpanContext& context) noexcept : span_id_(context.span_id) {
  trace::TraceThread* const thread = trace::SettledTraceThread();
  if (thread == nullptr) return;
  trace::PushContext(*thread, trace::TakeContextPlace(*thread), trace::ContextWords::Load(context),
                     frame_);
}

ContextScope::~ContextScope() {
  if (frame_.thread == nullptr) return;
  trace::TraceThread& thread = *frame_.thread;
  trace::PopContext(frame_, span_id_);
  if (frame_.place != trace::TraceThread::kNoPlace) trace::ReturnPlace(thread, frame_.place);
}

VITALS_NAMESPACE_END
