#ifndef VITALS_TRACE_SPAN_EXPORTER_H_
#define VITALS_TRACE_SPAN_EXPORTER_H_

#include <span>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN

/// Sends ended spans somewhere, and may take its time. Called by one thread at a time.
class SpanExporter {
 public:
  virtual ~SpanExporter() = default;

  /// Sends a batch; the spans live for the length of the call. When it fails none, some or all of
  /// them may have arrived.
  virtual absl::Status Export(std::span<const SpanData> spans) = 0;
};

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_SPAN_EXPORTER_H_
