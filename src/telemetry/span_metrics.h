#ifndef VITALS_SRC_TELEMETRY_SPAN_METRICS_H_
#define VITALS_SRC_TELEMETRY_SPAN_METRICS_H_

#include <cstdint>
#include <memory>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"
#include "vitals/telemetry/tracing.h"
#include "vitals/trace/span_processor.h"

VITALS_NAMESPACE_BEGIN

/// Counts spans, and observes their durations, by component, span name, kind and status: rate,
/// errors and durations. An exemplar is kept for one span of each series in each batch, since a
/// page shows one for each bucket anyway.
class SpanMetrics final : public SpanProcessor {
 public:
  /// Adds the families. Fails as Registry does, as when a constant label has the name of one of
  /// theirs.
  static absl::StatusOr<std::shared_ptr<SpanMetrics>> Create(const SpanMetricsOptions& options,
                                                             Registry& registry);

  void OnEnd(std::span<const SpanData> spans) override;

 private:
  using Spans = Family<Counter, 4>;
  using Durations = Family<Histogram, 3>;

  // Texts that are interned are compared by where they are.
  struct Key {
    const char* component;
    const char* name;
    SpanKind kind;
    SpanStatus status;

    friend bool operator==(const Key&, const Key&) = default;
    template <typename Hash>
    friend Hash AbslHashValue(Hash hash, const Key& key) {
      return Hash::combine(std::move(hash), key.component, key.name, key.kind, key.status);
    }
  };

  struct Series {
    Counter spans;
    Histogram duration;
    std::uint64_t exemplar_batch = 0;
  };

  SpanMetrics(const SpanMetricsOptions& options, Spans spans, Durations durations)
      : options_(options), spans_(std::move(spans)), durations_(std::move(durations)) {}

  Series& SeriesOf(const SpanData& span);

  const SpanMetricsOptions options_;
  const Spans spans_;
  const Durations durations_;
  std::uint64_t batch_ = 0;
  absl::flat_hash_map<Key, Series> series_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_SPAN_METRICS_H_
