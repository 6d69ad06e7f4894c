#ifndef VITALS_METRICS_REGISTRY_H_
#define VITALS_METRICS_REGISTRY_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/metrics/bounds.h"
#include "vitals/metrics/collector.h"
#include "vitals/metrics/family.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/model/labels.h"
#include "vitals/model/snapshot.h"

/// \file
/// Where instruments come from and where their values are gathered.
///
///     vitals::Registry registry;
///     auto jobs = registry.AddCounter({.name = "jobs_total", .help = "Jobs done."}, {"status"});
///     if (!jobs.ok()) return jobs.status();
///     jobs->With("completed").Increment();

VITALS_NAMESPACE_BEGIN

/// Series that a family may have unless it says otherwise.
inline constexpr std::size_t kDefaultMaxSeries = 10'000;

/// What a family of any type but histogram is made of.
struct FamilyOptions {
  std::string name;          ///< [a-zA-Z_:][a-zA-Z0-9_:]*
  std::string help = {};     ///< one line for people
  Labels const_labels = {};  ///< carried by every series, e.g. {{"shard", "3"}}
  /// Series beyond this number become one, whose label values are all "__overflow__".
  std::size_t max_series = kDefaultMaxSeries;
};

/// What a family of histograms is made of.
struct HistogramOptions {
  std::string name;
  std::string help = {};
  Bounds bounds = Bounds::RequestSeconds();
  Labels const_labels = {};
  std::size_t max_series = kDefaultMaxSeries;
};

/// Label names that are known at run time only; asks for a DynamicFamily.
struct DynamicLabels {
  std::vector<std::string> names;
};

/// What holds for a whole registry.
struct RegistryOptions {
  /// Carried by every series of every family.
  Labels const_labels = {};
  /// Show `vitals_dropped_records_total` once records were dropped. It counts for the whole
  /// process, so one registry of a process is to show it; Telemetry's does.
  bool show_dropped_records = false;
};

/// A set of families and collectors that are gathered together. Thread-safe. A host may have any
/// number of them. When a registry dies its series are gone; handles and families stay safe to use.
///
/// The Add functions return the family that is already there when name, type, labels, bounds and
/// constant labels are the same. They fail with InvalidArgument for a name, label or bound that the
/// data model refuses, and with AlreadyExists, naming both definitions, when the name is taken by
/// something else, or by what a histogram shows as `_bucket`, `_sum` and `_count`.
class VITALS_EXPORT Registry : public Gatherer {
 public:
  Registry();
  explicit Registry(RegistryOptions options);
  ~Registry() override;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// One instrument without labels.
  absl::StatusOr<Counter> AddCounter(const FamilyOptions& options);
  absl::StatusOr<DoubleCounter> AddDoubleCounter(const FamilyOptions& options);
  absl::StatusOr<UpDownCounter> AddUpDownCounter(const FamilyOptions& options);
  absl::StatusOr<Gauge> AddGauge(const FamilyOptions& options);
  absl::StatusOr<Histogram> AddHistogram(const HistogramOptions& options);

  /// A family with as many labels as names are written: `AddCounter({...}, {"method", "status"})`.
  template <std::size_t N>
  VITALS_INLINE absl::StatusOr<Family<Counter, N>> AddCounter(const FamilyOptions& options,
                                                              const std::string_view (&labels)[N]) {
    return Wrap<Family<Counter, N>>(AddFamily(metrics::InstrumentType::kCounter, options, labels));
  }
  template <std::size_t N>
  VITALS_INLINE absl::StatusOr<Family<DoubleCounter, N>> AddDoubleCounter(
      const FamilyOptions& options, const std::string_view (&labels)[N]) {
    return Wrap<Family<DoubleCounter, N>>(
        AddFamily(metrics::InstrumentType::kDoubleCounter, options, labels));
  }
  template <std::size_t N>
  VITALS_INLINE absl::StatusOr<Family<UpDownCounter, N>> AddUpDownCounter(
      const FamilyOptions& options, const std::string_view (&labels)[N]) {
    return Wrap<Family<UpDownCounter, N>>(
        AddFamily(metrics::InstrumentType::kUpDownCounter, options, labels));
  }
  template <std::size_t N>
  VITALS_INLINE absl::StatusOr<Family<Gauge, N>> AddGauge(const FamilyOptions& options,
                                                          const std::string_view (&labels)[N]) {
    return Wrap<Family<Gauge, N>>(AddFamily(metrics::InstrumentType::kGauge, options, labels));
  }
  template <std::size_t N>
  VITALS_INLINE absl::StatusOr<Family<Histogram, N>> AddHistogram(
      const HistogramOptions& options, const std::string_view (&labels)[N]) {
    return Wrap<Family<Histogram, N>>(AddHistogramFamily(options, labels));
  }

  /// A family whose label names are known at run time only.
  absl::StatusOr<DynamicFamily<Counter>> AddCounter(const FamilyOptions& options,
                                                    const DynamicLabels& labels);
  absl::StatusOr<DynamicFamily<DoubleCounter>> AddDoubleCounter(const FamilyOptions& options,
                                                                const DynamicLabels& labels);
  absl::StatusOr<DynamicFamily<UpDownCounter>> AddUpDownCounter(const FamilyOptions& options,
                                                                const DynamicLabels& labels);
  absl::StatusOr<DynamicFamily<Gauge>> AddGauge(const FamilyOptions& options,
                                                const DynamicLabels& labels);
  absl::StatusOr<DynamicFamily<Histogram>> AddHistogram(const HistogramOptions& options,
                                                        const DynamicLabels& labels);

  /// Asks this collector at every Gather, until it is removed or the registry dies. InvalidArgument
  /// for null.
  absl::Status AddCollector(std::shared_ptr<Collector> collector);

  /// Stops asking it; whether it was there. A Gather that runs may still be asking it, and holds
  /// it until it is done.
  bool RemoveCollector(const Collector* collector);

  /// Removes a family and its series by name; whether there was one.
  bool RemoveFamily(std::string_view name);

  /// Reads every family into `snapshot`, replacing what it held. Totals never go down from one
  /// Gather to the next. Families are read one by one: no record waits, a new series waits for one
  /// family at most. Several threads may gather at once, each into a snapshot of its own.
  void Gather(Snapshot& snapshot) override;

 private:
  template <typename Result>
  VITALS_INLINE static absl::StatusOr<Result> Wrap(
      absl::StatusOr<std::shared_ptr<metrics::FamilyCore>> core) {
    if (!core.ok()) return core.status();
    return Result(*std::move(core));
  }

  absl::StatusOr<std::shared_ptr<metrics::FamilyCore>> AddFamily(
      metrics::InstrumentType type, const FamilyOptions& options,
      std::span<const std::string_view> labels);
  absl::StatusOr<std::shared_ptr<metrics::FamilyCore>> AddHistogramFamily(
      const HistogramOptions& options, std::span<const std::string_view> labels);

  class Impl;
  std::unique_ptr<Impl> impl_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_REGISTRY_H_
