#ifndef VITALS_BENCH_TWINS_VITALS_H_
#define VITALS_BENCH_TWINS_VITALS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/workload.h"
#include "vitals/metrics/registry.h"

namespace bench {

/// Instruments of vitals, as the benchmarks of updates use them. PrometheusCpp, Bound and Atomic
/// are its twins: the same functions, the same number of series, the same labels.
struct Vitals {
  /// Handles of `count` series of one family with one label.
  static std::vector<vitals::Counter> Counters(std::size_t count) {
    return Instruments(NewRegistry().AddCounter({.name = "events_total"}, {"id"}).value(), count);
  }
  static std::vector<vitals::DoubleCounter> DoubleCounters(std::size_t count) {
    return Instruments(NewRegistry().AddDoubleCounter({.name = "joules_total"}, {"id"}).value(),
                       count);
  }
  static std::vector<vitals::UpDownCounter> UpDownCounters(std::size_t count) {
    return Instruments(NewRegistry().AddUpDownCounter({.name = "open"}, {"id"}).value(), count);
  }
  static std::vector<vitals::Gauge> Gauges(std::size_t count) {
    return Instruments(NewRegistry().AddGauge({.name = "level"}, {"id"}).value(), count);
  }
  static std::vector<vitals::Histogram> Histograms(std::size_t count) {
    return Instruments(
        NewRegistry()
            .AddHistogram({.name = "duration_seconds", .bounds = vitals::Bounds(DurationBounds())},
                          {"id"})
            .value(),
        count);
  }

  static std::vector<vitals::Histogram> ExponentialHistograms(std::size_t count) {
    return Instruments(
        NewRegistry().AddExponentialHistogram({.name = "duration_seconds"}, {"id"}).value(), count);
  }
  /// With the quantiles 0.5, 0.9 and 0.99 of the last minute.
  static std::vector<vitals::Summary> Summaries(std::size_t count) {
    return Instruments(NewRegistry().AddSummary({.name = "duration_seconds"}, {"id"}).value(),
                       count);
  }

  /// A family of counters with three labels, in which series 0 to `count` - 1 live.
  class LabelledCounters {
   public:
    explicit LabelledCounters(std::size_t count)
        : family_(NewRegistry()
                      .AddCounter({.name = "calls_total"}, {"worker", "operation", "status"})
                      .value()) {
      for (std::size_t index = 0; index < count; ++index) Increment(MakeLabelValues(index));
    }

    void Increment(const LabelValues& values) const {
      family_.With(values[0], values[1], values[2]).Increment();
    }

   private:
    vitals::Family<vitals::Counter, 3> family_;
  };

 private:
  /// Lives until the process ends, as its instruments do.
  static vitals::Registry& NewRegistry() { return *new vitals::Registry; }

  template <typename Instrument>
  static std::vector<Instrument> Instruments(const vitals::Family<Instrument, 1>& family,
                                             std::size_t count) {
    std::vector<Instrument> instruments;
    for (std::size_t id = 0; id < count; ++id)
      instruments.push_back(family.With(std::to_string(id)));
    return instruments;
  }
};

}  // namespace bench

#endif  // VITALS_BENCH_TWINS_VITALS_H_
