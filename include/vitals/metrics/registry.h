#ifndef VITALS_METRICS_REGISTRY_H_
#define VITALS_METRICS_REGISTRY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/clock.h"
#include "vitals/base/config.h"
#include "vitals/metrics/bounds.h"
#include "vitals/metrics/callback.h"
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

/// What every family is made of.
struct FamilyOptions {
  std::string name;          ///< [a-zA-Z_:][a-zA-Z0-9_:]*
  std::string help = {};     ///< one line for people
  Labels const_labels = {};  ///< carried by every series, e.g. {{"shard", "3"}}
  /// Series beyond this number become one, whose label values are all "__overflow__".
  std::size_t max_series = kDefaultMaxSeries;
  /// Shown by OpenMetrics. The name must end in it, e.g. "seconds" for `request_seconds`.
  std::string unit = {};
  /// A series for which nothing was recorded for this long is removed by the registry's
  /// maintenance; 0 for never. A handle that was kept is dead then, so look series up by With()
  /// each time in a family that expires. What is recorded while the series is being removed may be
  /// lost. Not for Infos, to which nothing is recorded.
  std::chrono::nanoseconds expire_after{0};
};

/// What a family of histograms is made of.
struct HistogramOptions {
  std::string name;
  std::string help = {};
  Bounds bounds = Bounds::RequestSeconds();
  Labels const_labels = {};
  std::size_t max_series = kDefaultMaxSeries;
  std::string unit = {};                     ///< as in FamilyOptions
  std::chrono::nanoseconds expire_after{0};  ///< as in FamilyOptions
};

/// What a family of base-2 exponential histograms is made of: for values whose range nobody knows
/// beforehand. Its instruments are Histograms; a page shows their buckets from the one below the
/// first that is not empty to the last that is not.
struct ExponentialHistogramOptions {
  std::string name;
  std::string help = {};
  /// Buckets in each doubling are 2^schema: 8 for a schema of 3, so that a bucket ends 9% above its
  /// start. 0 to 8. (As OpenTelemetry's scale, and Prometheus' schema of native histograms.)
  int schema = 3;
  double min_value = 1e-9;  ///< > 0; smaller values go to the first bucket
  double max_value = 1e9;   ///< larger values go to +Inf. At most 500 buckets lie between the two
  Labels const_labels = {};
  std::size_t max_series = kDefaultMaxSeries;
  std::string unit = {};                     ///< as in FamilyOptions
  std::chrono::nanoseconds expire_after{0};  ///< as in FamilyOptions
};

/// What a family of summaries is made of.
struct SummaryOptions {
  std::string name;
  std::string help = {};
  std::vector<double> quantiles = {0.5, 0.9, 0.99};  ///< rising, each from 0 to 1
  /// How far back quantiles look. 1 s to 1 h.
  std::chrono::nanoseconds window = std::chrono::minutes(1);
  /// Steps in which the window moves on: by a fifth of it for 5. 1 to 6.
  std::uint32_t window_parts = 5;
  Labels const_labels = {};
  std::size_t max_series = kDefaultMaxSeries;
  std::string unit = {};                     ///< as in FamilyOptions
  std::chrono::nanoseconds expire_after{0};  ///< as in FamilyOptions
};

/// What a family of state sets is made of.
struct StateSetOptions {
  std::string name;  ///< also the name of the label that tells the state
  std::string help = {};
  std::vector<std::string> states = {};  ///< 1 to StateSet::kMaxStates different ones
  Labels const_labels = {};
  std::size_t max_series = kDefaultMaxSeries;
  std::chrono::nanoseconds expire_after{0};  ///< as in FamilyOptions
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
  /// How long a Gather waits for a collector or callback that another Gather is asking. One that
  /// takes longer is left out by all others until it returns, so that it holds up one page and no
  /// more. At most a year.
  std::chrono::nanoseconds collector_timeout = std::chrono::seconds(5);
  /// Tells when series begin, when windows move on and what is idle; null for the system's clocks.
  std::shared_ptr<const Clock> clock = nullptr;
};

/// A set of families and collectors that are gathered together. Thread-safe. A host may have any
/// number of them. When a registry dies its series are gone; handles and families stay safe to use.
///
/// The Add functions return the family that is already there when name, type, unit, labels,
/// constant labels, and bounds, quantiles, window or states are the same. They fail with
/// InvalidArgument for a name, label or bound that the data model refuses, and with AlreadyExists,
/// naming both definitions, when the name is taken by something else, or by what a histogram shows
/// as `_bucket`, `_sum` and `_count`.
///
/// Each has three forms: one instrument without labels; a family with as many labels as names are
/// written, `AddCounter({...}, {"method", "status"})`; and a family whose label names are known at
/// run time only.
class VITALS_EXPORT Registry : public Gatherer {
 public:
  template <typename Instrument, std::size_t N>
  using FamilyOr = absl::StatusOr<Family<Instrument, N>>;
  template <typename Instrument>
  using DynamicFamilyOr = absl::StatusOr<DynamicFamily<Instrument>>;
  template <std::size_t N>
  using LabelNames = const std::string_view (&)[N];

  Registry();
  explicit Registry(RegistryOptions options);
  ~Registry() override;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  absl::StatusOr<Counter> AddCounter(const FamilyOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Counter, N> AddCounter(const FamilyOptions& options,
                                                LabelNames<N> labels) {
    return Wrap<Family<Counter, N>>(Add(metrics::InstrumentType::kCounter, options, labels));
  }
  DynamicFamilyOr<Counter> AddCounter(const FamilyOptions& options, const DynamicLabels& labels);

  absl::StatusOr<DoubleCounter> AddDoubleCounter(const FamilyOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<DoubleCounter, N> AddDoubleCounter(const FamilyOptions& options,
                                                            LabelNames<N> labels) {
    return Wrap<Family<DoubleCounter, N>>(
        Add(metrics::InstrumentType::kDoubleCounter, options, labels));
  }
  DynamicFamilyOr<DoubleCounter> AddDoubleCounter(const FamilyOptions& options,
                                                  const DynamicLabels& labels);

  absl::StatusOr<UpDownCounter> AddUpDownCounter(const FamilyOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<UpDownCounter, N> AddUpDownCounter(const FamilyOptions& options,
                                                            LabelNames<N> labels) {
    return Wrap<Family<UpDownCounter, N>>(
        Add(metrics::InstrumentType::kUpDownCounter, options, labels));
  }
  DynamicFamilyOr<UpDownCounter> AddUpDownCounter(const FamilyOptions& options,
                                                  const DynamicLabels& labels);

  absl::StatusOr<Gauge> AddGauge(const FamilyOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Gauge, N> AddGauge(const FamilyOptions& options, LabelNames<N> labels) {
    return Wrap<Family<Gauge, N>>(Add(metrics::InstrumentType::kGauge, options, labels));
  }
  DynamicFamilyOr<Gauge> AddGauge(const FamilyOptions& options, const DynamicLabels& labels);

  absl::StatusOr<Histogram> AddHistogram(const HistogramOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Histogram, N> AddHistogram(const HistogramOptions& options,
                                                    LabelNames<N> labels) {
    return Wrap<Family<Histogram, N>>(Add(options, labels));
  }
  DynamicFamilyOr<Histogram> AddHistogram(const HistogramOptions& options,
                                          const DynamicLabels& labels);

  absl::StatusOr<Histogram> AddExponentialHistogram(const ExponentialHistogramOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Histogram, N> AddExponentialHistogram(
      const ExponentialHistogramOptions& options, LabelNames<N> labels) {
    return Wrap<Family<Histogram, N>>(Add(options, labels));
  }
  DynamicFamilyOr<Histogram> AddExponentialHistogram(const ExponentialHistogramOptions& options,
                                                     const DynamicLabels& labels);

  absl::StatusOr<Summary> AddSummary(const SummaryOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Summary, N> AddSummary(const SummaryOptions& options,
                                                LabelNames<N> labels) {
    return Wrap<Family<Summary, N>>(Add(options, labels));
  }
  DynamicFamilyOr<Summary> AddSummary(const SummaryOptions& options, const DynamicLabels& labels);

  absl::StatusOr<StateSet> AddStateSet(const StateSetOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<StateSet, N> AddStateSet(const StateSetOptions& options,
                                                  LabelNames<N> labels) {
    return Wrap<Family<StateSet, N>>(Add(options, labels));
  }
  DynamicFamilyOr<StateSet> AddStateSet(const StateSetOptions& options,
                                        const DynamicLabels& labels);

  /// The name must end in `_info`.
  absl::StatusOr<Info> AddInfo(const FamilyOptions& options);
  template <std::size_t N>
  VITALS_INLINE FamilyOr<Info, N> AddInfo(const FamilyOptions& options, LabelNames<N> labels) {
    return Wrap<Family<Info, N>>(Add(metrics::InstrumentType::kInfo, options, labels));
  }
  DynamicFamilyOr<Info> AddInfo(const FamilyOptions& options, const DynamicLabels& labels);

  /// Shows what `callback` returns at each Gather, as a gauge or a counter without labels but the
  /// constant ones; several of one name and different constant labels are one family. It stops when
  /// the registration dies: see there. It is called by one Gather at a time, without any lock of
  /// vitals; when it throws it is left out of the page, counted and logged. max_series and
  /// expire_after mean nothing here.
  absl::StatusOr<CallbackRegistration> AddCallbackGauge(const FamilyOptions& options,
                                                        std::function<double()> callback);
  absl::StatusOr<CallbackRegistration> AddCallbackCounter(const FamilyOptions& options,
                                                          std::function<double()> callback);

  /// Asks this collector at every Gather, until it is removed or the registry dies. InvalidArgument
  /// for null.
  absl::Status AddCollector(std::shared_ptr<Collector> collector);

  /// As above, for a collector that somebody else owns: it is asked for as long as it lives, and a
  /// Gather that is asking it keeps it alive until it has answered.
  absl::Status AddWeakCollector(std::weak_ptr<Collector> collector);

  /// Stops asking it; whether it was there. A Gather that runs may still be asking it, and holds
  /// it until it is done.
  bool RemoveCollector(const Collector* collector);

  /// Removes a family and its series by name; whether there was one.
  bool RemoveFamily(std::string_view name);

  /// Reads every family into `snapshot`, replacing what it held. Totals never go down from one
  /// Gather to the next. Families are read one by one: no record waits, a new series waits for one
  /// family at most. Several threads may gather at once, each into a snapshot of its own.
  void Gather(Snapshot& snapshot) override;

  /// What has to be done from time to time, by the registry's clock: windows of summaries move on,
  /// idle series are removed. Call it about every second, from any thread; Telemetry does.
  void RunMaintenance();

 private:
  template <typename Result>
  VITALS_INLINE static absl::StatusOr<Result> Wrap(
      absl::StatusOr<std::shared_ptr<metrics::FamilyCore>> core) {
    if (!core.ok()) return core.status();
    return Result(*std::move(core));
  }

  using CoreOr = absl::StatusOr<std::shared_ptr<metrics::FamilyCore>>;
  using LabelNameSpan = std::span<const std::string_view>;
  CoreOr Add(metrics::InstrumentType type, const FamilyOptions& options, LabelNameSpan labels);
  CoreOr Add(const HistogramOptions& options, LabelNameSpan labels);
  CoreOr Add(const ExponentialHistogramOptions& options, LabelNameSpan labels);
  CoreOr Add(const SummaryOptions& options, LabelNameSpan labels);
  CoreOr Add(const StateSetOptions& options, LabelNameSpan labels);

  class Impl;
  std::unique_ptr<Impl> impl_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_REGISTRY_H_
