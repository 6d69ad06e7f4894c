#include "vitals/export/simple_span_processor.h"

#include <string>

#include "fmt/format.h"
#include "vitals/base/log.h"

VITALS_NAMESPACE_BEGIN

void SimpleSpanProcessor::OnEnd(std::span<const SpanData> spans) {
  const absl::Status status = exporter_->Export(spans);
  // Relaxed: a count that orders nothing.
  if (!status.ok()) failed_spans_.fetch_add(spans.size(), std::memory_order_relaxed);
  if (status.ok() != failing_) return;
  failing_ = !failing_;
  if (failing_) {
    Log(LogSeverity::kWarning, fmt::format("spans are lost: {}", std::string(status.message())));
  } else {
    Log(LogSeverity::kInfo, "spans are exported again");
  }
}

VITALS_NAMESPACE_END
