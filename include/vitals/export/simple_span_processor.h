#ifndef VITALS_EXPORT_SIMPLE_SPAN_PROCESSOR_H_
#define VITALS_EXPORT_SIMPLE_SPAN_PROCESSOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/trace/span_exporter.h"
#include "vitals/trace/span_processor.h"

VITALS_NAMESPACE_BEGIN

/// Hands ended spans to an exporter at once, on the thread that drains. For an exporter that is
/// quick, such as OtlpFileExporter: while it works, all other processors wait.
class VITALS_EXPORT SimpleSpanProcessor final : public SpanProcessor {
 public:
  explicit SimpleSpanProcessor(std::unique_ptr<SpanExporter> exporter)
      : exporter_(std::move(exporter)) {}

  /// Failures are counted, and logged when they begin and when they end.
  void OnEnd(std::span<const SpanData> spans) override;

  /// Spans of which the exporter said that they, or some of them, were not exported. Thread-safe.
  std::uint64_t failed_spans() const noexcept {
    // Relaxed: a number of its own that only grows.
    return failed_spans_.load(std::memory_order_relaxed);
  }

 private:
  const std::unique_ptr<SpanExporter> exporter_;
  std::atomic<std::uint64_t> failed_spans_{0};
  bool failing_ = false;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_SIMPLE_SPAN_PROCESSOR_H_
