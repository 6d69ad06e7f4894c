#ifndef VITALS_BENCH_TWINS_PROMETHEUS_CPP_H_
#define VITALS_BENCH_TWINS_PROMETHEUS_CPP_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>

#include <cstddef>
#include <string>
#include <vector>

#include "bench/workload.h"

namespace bench {

/// The same instruments from prometheus-cpp. All its counters are doubles; a total that goes up and
/// down is a gauge.
struct PrometheusCpp {
  struct Counter {
    prometheus::Counter* counter;
    void Increment() const { counter->Increment(); }
    void Increment(double amount) const { counter->Increment(amount); }
  };
  struct Gauge {
    prometheus::Gauge* gauge;
    void Increment() const { gauge->Increment(); }
    void Set(double value) const { gauge->Set(value); }
    void Add(double amount) const { gauge->Increment(amount); }
  };
  struct Histogram {
    prometheus::Histogram* histogram;
    void Observe(double value) const { histogram->Observe(value); }
  };
  struct Summary {
    prometheus::Summary* summary;
    void Observe(double value) const { summary->Observe(value); }
  };

  static std::vector<Counter> Counters(std::size_t count) {
    auto& family = prometheus::BuildCounter().Name("events_total").Register(NewRegistry());
    std::vector<Counter> counters;
    for (std::size_t id = 0; id < count; ++id) {
      counters.push_back({&family.Add({{"id", std::to_string(id)}})});
    }
    return counters;
  }
  static std::vector<Counter> DoubleCounters(std::size_t count) { return Counters(count); }
  static std::vector<Gauge> Gauges(std::size_t count) {
    auto& family = prometheus::BuildGauge().Name("level").Register(NewRegistry());
    std::vector<Gauge> gauges;
    for (std::size_t id = 0; id < count; ++id) {
      gauges.push_back({&family.Add({{"id", std::to_string(id)}})});
    }
    return gauges;
  }
  static std::vector<Gauge> UpDownCounters(std::size_t count) { return Gauges(count); }
  static std::vector<Histogram> Histograms(std::size_t count) {
    auto& family = prometheus::BuildHistogram().Name("duration_seconds").Register(NewRegistry());
    std::vector<Histogram> histograms;
    for (std::size_t id = 0; id < count; ++id) {
      histograms.push_back({&family.Add({{"id", std::to_string(id)}}, DurationBounds())});
    }
    return histograms;
  }

  /// Each quantile with the error that its documentation has.
  static std::vector<Summary> Summaries(std::size_t count) {
    const prometheus::Summary::Quantiles quantiles{{0.5, 0.05}, {0.9, 0.01}, {0.99, 0.001}};
    auto& family = prometheus::BuildSummary().Name("duration_seconds").Register(NewRegistry());
    std::vector<Summary> summaries;
    for (std::size_t id = 0; id < count; ++id) {
      summaries.push_back({&family.Add({{"id", std::to_string(id)}}, quantiles)});
    }
    return summaries;
  }

  class LabelledCounters {
   public:
    explicit LabelledCounters(std::size_t count)
        : family_(prometheus::BuildCounter().Name("calls_total").Register(NewRegistry())) {
      for (std::size_t index = 0; index < count; ++index) Increment(MakeLabelValues(index));
    }

    void Increment(const LabelValues& values) const {
      family_.Add({{"worker", values[0]}, {"operation", values[1]}, {"status", values[2]}})
          .Increment();
    }

   private:
    prometheus::Family<prometheus::Counter>& family_;
  };

 private:
  static prometheus::Registry& NewRegistry() { return *new prometheus::Registry; }
};

}  // namespace bench

#endif  // VITALS_BENCH_TWINS_PROMETHEUS_CPP_H_
