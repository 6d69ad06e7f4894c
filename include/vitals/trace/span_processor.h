#ifndef VITALS_TRACE_SPAN_PROCESSOR_H_
#define VITALS_TRACE_SPAN_PROCESSOR_H_

#include <span>

#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN

/// Takes the ended spans of a TracerProvider: a store, an exporter's queue, metrics. Both calls
/// come from one thread at a time, that which drains (`vitals/trace`, or the host's), and hold up
/// all other processors, so they must be quick and never wait for a network. They must not call
/// their provider's Drain(), AddProcessor() or Stop(), which wait for them to return; and a span
/// that they start for each that they are given would never end.
class SpanProcessor {
 public:
  virtual ~SpanProcessor() = default;

  /// Takes some spans, which live for the length of the call. Those of one thread come in the order
  /// in which they ended, so children mostly before their parents; those of several threads in any
  /// order. What it throws is logged, and the spans are lost for this processor alone.
  virtual void OnEnd(std::span<const SpanData> spans) = 0;

  /// Called after every drain, also one that found nothing: for what depends on time.
  virtual void OnDrained() {}
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_SPAN_PROCESSOR_H_
