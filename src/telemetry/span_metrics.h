#ifndef VITALS_SRC_TELEMETRY_SPAN_METRICS_H_
#define VITALS_SRC_TELEMETRY_SPAN_METRICS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"
#include "vitals/telemetry/tracing.h"
#include "vitals/trace/span_processor.h"

VITALS_NAMESPACE_BEGIN

/// Counts spans, and observes their durations, by component, span name, kind and status: rate,
/// errors and durations. Of each batch the first span of a series leaves an exemplar, and each that
/// took longer than those before it: a page shows one for each bucket, and the slow are looked for.
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

  // The texts are compared, not where they are: a plugin's literal may go, and another come to its
  // place. Those of a key are interned.
  struct Key {
    std::string_view component;
    std::string_view name;
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
    std::uint64_t batch = 0;       // that of its last exemplar
    std::uint64_t slowest_ns = 0;  // of that batch
  };

  SpanMetrics(const SpanMetricsOptions& options, Spans spans, Durations durations)
      : options_(options), spans_(std::move(spans)), durations_(std::move(durations)) {}

  Series& SeriesOf(const SpanData& span);
  bool WantsExemplar(Series& series, std::uint64_t duration_ns) const;

  const SpanMetricsOptions options_;
  const Spans spans_;
  const Durations durations_;
  std::uint64_t batch_ = 0;
  absl::flat_hash_map<Key, Series> series_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TELEMETRY_SPAN_METRICS_H_
